/**
 * Loads an engine in a process of its own and multiplies two matrices with it, so that an engine that crashes, or lacks a
 * system library, takes nothing else down and is never accepted.
 */
import { join } from "node:path";
import { run } from "./programs.js";

const script = `
const load = require("node:module").createRequire(process.argv[1]);
load("@mapbox/node-pre-gyp/lib/pre-binding.js").find = () => process.argv[2];
require("node:util").isNullOrUndefined = (value) => value === null || value === undefined;
const tf = load("./dist/index.js");
const product = tf.tensor2d([[1, 2], [3, 4]]).matMul(tf.tensor2d([[5, 6], [7, 8]])).arraySync();
console.log(JSON.stringify({ product, tensorflow: tf.backend().binding.TF_Version }));
`;

/** The addon inside an engine's folder. */
export const bindingPath = join("lib", "napi-v8", "tfjs_binding.node");

/**
 * @param engine the engine's folder, finished or not
 * @param tfjsNode the folder of `@tensorflow/tfjs-node`, whose JavaScript loads it
 * @returns the version of TensorFlow it reports
 * @throws Error when it does not load or computes something else
 */
export async function testLoading(engine: string, tfjsNode: string): Promise<string> {
  const output = await run(
    process.execPath,
    ["-e", script, join(tfjsNode, "package.json"), join(engine, bindingPath)],
    { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" } },
  );
  const { product, tensorflow } = JSON.parse(output.trim().split("\n").at(-1) ?? "") as {
    product: number[][];
    tensorflow: string;
  };
  const expected = "[[19,22],[43,50]]";
  if (JSON.stringify(product) !== expected) {
    throw new Error(
      `Matrix product: Expected ${expected}, received ${JSON.stringify(product)} from the engine in ${engine}.`,
    );
  }
  return tensorflow;
}
