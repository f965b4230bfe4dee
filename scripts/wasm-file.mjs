/**
 * Writes WebAssembly's part of TensorFlow.js as a module, `engine/dist/browser/wasm-file.js`: a bundler takes it along like any
 * other, and a page needs no path to it. `prepare.mjs` calls it when it compiles; `engine/browser/tensor.ts` unpacks it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

export function writeWasmFile(root) {
  const { resolve } = createRequire(join(root, "engine/package.json"));
  const file = join(dirname(resolve("@tensorflow/tfjs-backend-wasm")), "tfjs-backend-wasm-simd.wasm");
  const packed = gzipSync(readFileSync(file), { level: 9 }).toString("base64");
  writeFileSync(join(root, "engine/dist/browser/wasm-file.js"), `export const simd = "${packed}";\n`);
}
