/**
 * Loads an engine in a process of its own and multiplies two matrices with it, so that an engine that crashes, or lacks a
 * system library, takes nothing else down and is never accepted.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Manifest } from "./manifest.js";
import { run, runNow } from "./programs.js";

/** Ends each script: computes and prints what came out. */
const compute = `
const product = tf.tensor2d([[1, 2], [3, 4]]).matMul(tf.tensor2d([[5, 6], [7, 8]])).arraySync();
console.log(JSON.stringify({ product, version: tf.backend().binding?.TF_Version }));
`;

/** Compares the hashes of the files in the third word, then loads the addon in the second with the package in the first. */
const nativeScript = `
const [, tfjsNode, addon, files] = process.argv;
const { createHash } = require("node:crypto");
const { openSync, readSync } = require("node:fs");
const part = Buffer.alloc(1 << 20);
function check({ path, file, sha256 }) {
  const hash = createHash("sha256");
  const descriptor = openSync(file);
  for (let length; (length = readSync(descriptor, part)) > 0; ) hash.update(part.subarray(0, length));
  const found = hash.digest("hex");
  if (found !== sha256) throw new Error(path + ": expected sha256 " + sha256 + ", received " + found);
}
try {
  JSON.parse(files).forEach(check);
  const load = require("node:module").createRequire(tfjsNode);
  load("@mapbox/node-pre-gyp/lib/pre-binding.js").find = () => addon;
  Object.assign(require("node:util"), { isNullOrUndefined: (value) => value == null, isArray: Array.isArray });
  const tf = load("./dist/index.js");
  ${compute}
} catch (error) {
  console.log(JSON.stringify({ problem: error.message }));
}`;

const wasmScript = `
const load = require("node:module").createRequire(process.argv[1]);
const { dirname, sep } = require("node:path");
const tf = load("@tensorflow/tfjs");
load("@tensorflow/tfjs-backend-wasm").setWasmPaths(dirname(load.resolve("@tensorflow/tfjs-backend-wasm")) + sep);
tf.setBackend("wasm").then(() => {${compute}});
`;

/** The addon inside an engine's folder. */
export const bindingPath = join("lib", "napi-v8", "tfjs_binding.node");

/** What a native engine is tested in: nothing that the user has Node do at its start belongs there. */
const environment = () => ({
  ...process.env,
  NODE_OPTIONS: "",
  TF_CPP_MIN_LOG_LEVEL: "2",
  TF_ENABLE_ONEDNN_OPTS: "0",
});

/** The words for Node to test the engine in `folder`, and the files that `manifest` lists. */
function words(folder: string, tfjsNode: string, manifest?: Manifest): string[] {
  const files = manifest?.files.map(({ path, sha256 }) => ({ path, file: join(folder, path), sha256 })) ?? [];
  return ["-e", nativeScript, join(tfjsNode, "package.json"), join(folder, bindingPath), JSON.stringify(files)];
}

/** The version of TensorFlow in what a script has printed. */
function versionIn(output: string): string {
  const { product, version, problem } = JSON.parse(output.trim().split("\n").at(-1) ?? "") as {
    product?: number[][];
    version?: string;
    problem?: string;
  };
  if (problem !== undefined) throw new Error(problem);
  const expected = "[[19,22],[43,50]]";
  const received = JSON.stringify(product);
  if (received !== expected) throw new Error(`Matrix product: Expected ${expected}, received ${received}.`);
  return version ?? "unknown";
}

/**
 * @param folder the native engine's folder, finished or not
 * @param tfjsNode the folder of `@tensorflow/tfjs-node`, whose JavaScript loads it
 * @param manifest what the engine's files must hash to; default: no file is hashed
 * @returns the version of TensorFlow it reports
 * @throws Error when a file has changed, or when the engine does not load or computes something else
 */
export async function testLoading(folder: string, tfjsNode: string, manifest?: Manifest): Promise<string> {
  return versionIn(await run(process.execPath, words(folder, tfjsNode, manifest), { env: environment() }));
}

/** As `testLoading`, while this process waits: an `import` that must know now. */
export function testLoadingNow(folder: string, tfjsNode: string, manifest: Manifest): string {
  return versionIn(runNow(process.execPath, words(folder, tfjsNode, manifest), environment()));
}

/** @throws Error when the WebAssembly engine does not load or computes something wrong */
export async function testWasm(): Promise<void> {
  versionIn(await run(process.execPath, ["-e", wasmScript, fileURLToPath(import.meta.url)], { env: environment() }));
}
