/**
 * The door to TensorFlow.js in a browser: WebAssembly with SIMD on one thread, as in Node, so that digits are the same in both. It
 * stands in the place of `../tensor.ts` where a program is bundled for browsers (`browser` in package.json), under the same names.
 */
import * as converter from "@tensorflow/tfjs-converter";
import * as core from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as data from "@tensorflow/tfjs-data";
import * as layers from "@tensorflow/tfjs-layers";
import { startWasm } from "../start-wasm.js";
import type { Engine } from "../tensor.js";
import { simd } from "./wasm-file.js";

export type * from "../tensor.js";

/** TensorFlow.js as the package `@tensorflow/tfjs` gives it, without the backends that would compute other digits. */
export const tf = { ...core, ...layers, ...converter, data } as unknown as typeof import("@tensorflow/tfjs");

/** Where the backend finds its file, which comes with the program: no other request, and no path to configure. */
async function urlOfFile(): Promise<string> {
  const packed = Uint8Array.from(atob(simd), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const file = await new Response(stream, { headers: { "content-type": "application/wasm" } }).blob();
  return URL.createObjectURL(file);
}

async function chooseWasm(): Promise<boolean> {
  const env = core.env();
  if (!(await env.getAsync("WASM_HAS_SIMD_SUPPORT"))) {
    throw new Error(
      "Expected a browser with WebAssembly's SIMD, received one without: use Chrome 91, Firefox 89, Safari 16.4 or newer.",
    );
  }
  env.set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  const url = await urlOfFile();
  const names = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"];
  setWasmPaths(Object.fromEntries(names.map((name) => [name, url])));
  try {
    return await core.setBackend("wasm");
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The engine that computes in this page or worker. */
export const engine: Engine = {
  name: "wasm",
  description: "wasm (1 thread)",
  reason: "in a browser",
  ready: startWasm(tf, chooseWasm),
};
