import { copyFileSync, mkdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bindingPath } from "../../engine/setup/load-test.js";
import { writeManifest } from "../../engine/setup/manifest.js";
import { consoleProgress } from "../../engine/setup/progress.js";
import { installed, libraryWithout, realEngine, runModule, temporaryFolder } from "../helpers/engine.js";
import { needing } from "../helpers/needs.js";

const program = `
import { engine, tf } from "./dist/entry/ready.js";
const x = tf.tensor2d([[1, 2], [3, 4]]);
console.log(JSON.stringify([engine.name, engine.description, tf.getBackend(), x.matMul(x).arraySync()]));`;
const product = [
  [7, 10],
  [15, 22],
];

describe("the engine of a process", () => {
  needing("Python and a compiler")("is native TensorFlow, without a word", () => {
    const { status, stdout, stderr } = runModule(program);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual(["native", "native (TensorFlow 2.21.0, 1 thread)", "tensorflow", product]);
  });

  needing("Python and a compiler")("uses the threads the user asks for", () => {
    const { stdout } = runModule(program, { GRADBOOK_THREADS: "2" });
    expect(JSON.parse(stdout)[1]).toBe("native (TensorFlow 2.21.0, 2 threads)");
    const own = runModule(program, { TF_NUM_INTRAOP_THREADS: "3" });
    expect(JSON.parse(own.stdout)[1]).toBe("native (TensorFlow 2.21.0, 3 threads)");
    const { status, stderr } = runModule(program, { GRADBOOK_THREADS: "all" });
    expect([status, stderr]).toEqual([1, expect.stringContaining('Expected a positive integer, received "all"')]);
  });

  it("is WebAssembly on demand, said once", () => {
    const { status, stdout, stderr } = runModule(program, { GRADBOOK_ENGINE: "wasm" });
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual(["wasm", "wasm (1 thread)", "wasm", product]);
    expect(stderr).toBe("gradbook: engine wasm (GRADBOOK_ENGINE=wasm)");
  });

  it("is WebAssembly where npm left the native package out, and says so", () => {
    const folder = libraryWithout(temporaryFolder(), "@tensorflow/tfjs-node");
    const { status, stdout, stderr } = runModule(program, {}, folder);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual(["wasm", "wasm (1 thread)", "wasm", product]);
    expect(stderr).toMatch(
      /^gradbook: engine wasm \(.*@tensorflow\/tfjs-node is not installed; `gradbook doctor`.*\)$/,
    );
  });

  needing("Python and a compiler")("is WebAssembly where a native file is cut short, and says so", async () => {
    const folder = libraryWithout(temporaryFolder(), "@tensorflow/tfjs-node");
    const tfjsNode = join(folder, "node_modules", "@tensorflow", "tfjs-node");
    mkdirSync(tfjsNode);
    copyFileSync(join(installed, "package.json"), join(tfjsNode, "package.json"));
    await realEngine().make({ folder: tfjsNode, tfjsNode: installed, progress: consoleProgress });
    await writeManifest(tfjsNode, "a test", "2.21.0");
    truncateSync(join(tfjsNode, bindingPath), 1000);
    const { status, stdout, stderr } = runModule(program, {}, folder);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)[0]).toBe("wasm");
    expect(stderr).toMatch(/tfjs_binding.node: expected \d+ bytes, received 1000/);
    const demanded = runModule(program, { GRADBOOK_ENGINE: "native" }, folder);
    expect([demanded.status, demanded.stdout]).toEqual([1, ""]);
    expect(demanded.stderr).toMatch(/GRADBOOK_ENGINE=native: Expected .* received: .*received 1000/);
  });

  it("leaves the process's uncaught errors to whoever listens", () => {
    const text = `
import "./dist/entry/ready.js";
process.on("uncaughtException", (error) => console.log("caught", error.message));
process.on("unhandledRejection", (error) => console.log("caught", error.message));
setTimeout(() => { throw new Error("one"); });
Promise.reject(new Error("two"));`;
    const { status, stdout, stderr } = runModule(text, { GRADBOOK_ENGINE: "wasm" });
    expect([status, stdout.split("\n").sort()], stderr).toEqual([0, ["caught one", "caught two"]]);
  });

  it("is refused under an unknown name", () => {
    const { status, stderr } = runModule(program, { GRADBOOK_ENGINE: "gpu" });
    expect(status).toBe(1);
    expect(stderr).toContain('GRADBOOK_ENGINE: Expected "native" or "wasm", received "gpu"');
  });
});
