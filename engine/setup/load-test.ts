/**
 * Loads an engine in a process of its own and multiplies two matrices with it, so that an engine that crashes, or lacks a
 * system library, takes nothing else down and is never accepted.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./programs.js";

/** Ends each script: computes and prints what came out. */
const compute = `
const product = tf.tensor2d([[1, 2], [3, 4]]).matMul(tf.tensor2d([[5, 6], [7, 8]])).arraySync();
console.log(JSON.stringify({ product, version: tf.backend().binding?.TF_Version }));
`;

/** Loads the addon named by the second word with the JavaScript of the package named by the first. */
const nativeScript = `
const load = require("node:module").createRequire(process.argv[1]);
load("@mapbox/node-pre-gyp/lib/pre-binding.js").find = () => process.argv[2];
require("node:util").isNullOrUndefined = (value) => value === null || value === undefined;
const tf = load("./dist/index.js");
${compute}`;

const wasmScript = `
const load = require("node:module").createRequire(process.argv[1]);
const { dirname, sep } = require("node:path");
const tf = load("@tensorflow/tfjs");
load("@tensorflow/tfjs-backend-wasm").setWasmPaths(dirname(load.resolve("@tensorflow/tfjs-backend-wasm")) + sep);
tf.setBackend("wasm").then(() => {${compute}});
`;

/** The addon inside an engine's folder. */
export const bindingPath = join("lib", "napi-v8", "tfjs_binding.node");

/** Runs a script that ends in `compute`; gives the version it reports. */
async function runScript(script: string, ...words: string[]): Promise<string> {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2", TF_ENABLE_ONEDNN_OPTS: "0" };
  const output = await run(process.execPath, ["-e", script, ...words], { env });
  const result = JSON.parse(output.trim().split("\n").at(-1) ?? "") as { product: number[][]; version?: string };
  const expected = "[[19,22],[43,50]]";
  const received = JSON.stringify(result.product);
  if (received !== expected) throw new Error(`Matrix product: Expected ${expected}, received ${received}.`);
  return result.version ?? "unknown";
}

/**
 * @param engine the native engine's folder, finished or not
 * @param tfjsNode the folder of `@tensorflow/tfjs-node`, whose JavaScript loads it
 * @returns the version of TensorFlow it reports
 * @throws Error when it does not load or computes something else
 */
export const testLoading = (engine: string, tfjsNode: string): Promise<string> =>
  runScript(nativeScript, join(tfjsNode, "package.json"), join(engine, bindingPath));

/** @throws Error when the WebAssembly engine does not load or computes something wrong */
export async function testWasm(): Promise<void> {
  await runScript(wasmScript, fileURLToPath(import.meta.url));
}
