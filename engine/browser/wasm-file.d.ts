/** WebAssembly's part of TensorFlow.js as a string, so that no bundler has to be told of it: `scripts/wasm-file.mjs` writes it. */

/** The file with SIMD, packed by gzip, in base64. */
export const simd: string;
