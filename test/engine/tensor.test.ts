import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bindingPath } from "../../engine/setup/load-test.js";
import { writeManifest } from "../../engine/setup/manifest.js";
import { noteProven } from "../../engine/setup/proof.js";
import {
  crashing,
  damage,
  falseEngine,
  libraryWithEngine,
  libraryWithout,
  runModule,
  temporaryFolder,
} from "../helpers/engine.js";
import { needing } from "../helpers/needs.js";

const program = `
import { engine, tf } from "./dist/entry/ready.js";
const x = tf.tensor2d([[1, 2], [3, 4]]);
console.log(JSON.stringify([engine.name, engine.description, tf.getBackend(), x.matMul(x).arraySync()]));`;
const product = [
  [7, 10],
  [15, 22],
];

/** The program has run on WebAssembly, for this reason, which was said in one line. */
function expectWasm({ status, stdout, stderr }: ReturnType<typeof runModule>, reason: RegExp): void {
  expect(status, stderr).toBe(0);
  expect(JSON.parse(stdout)).toEqual(["wasm", "wasm (1 thread)", "wasm", product]);
  expect(stderr).toMatch(
    /^gradbook: engine wasm \(the native engine is not ready: .*`gradbook doctor` tells how to mend it\)$/,
  );
  expect(stderr).toMatch(reason);
}

describe("the engine of a process", () => {
  needing("Python and a compiler")("is native TensorFlow, without a word", () => {
    const { status, stdout, stderr } = runModule(program);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual(["native", "native (TensorFlow 2.21.0, 1 thread)", "tensorflow", product]);
  });

  needing("Python and a compiler", "all")("uses the threads the user asks for", () => {
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
    expectWasm(runModule(program, {}, folder), /@tensorflow\/tfjs-node is not installed/);
  });

  for (const [harm, harmed, reason, all] of [
    ["is cut short", (file: string) => truncateSync(file, 1000), /expected \d+ bytes, received 1000/, "all"],
    ["has zeros for some bytes", damage, /expected sha256 \w+, received \w+/, undefined],
  ] as const) {
    needing("Python and a compiler", all)(`is WebAssembly where the binding ${harm}, and says so`, async () => {
      const { folder, tfjsNode } = await libraryWithEngine();
      await writeManifest(tfjsNode, "a test", "2.21.0");
      harmed(join(tfjsNode, bindingPath));
      const cache = { GRADBOOK_CACHE: join(folder, "cache") };
      expectWasm(runModule(program, cache, folder), reason);
      const demanded = runModule(program, { ...cache, GRADBOOK_ENGINE: "native" }, folder);
      expect([demanded.status, demanded.stdout]).toEqual([1, ""]);
      expect(demanded.stderr).toMatch(/GRADBOOK_ENGINE=native: Expected .* received: .*tfjs_binding.node: expected/);
    });
  }

  needing("Python and a compiler", "all")(
    "is WebAssembly where loading the binding crashes, which ends no one",
    async () => {
      const { folder, tfjsNode } = await libraryWithEngine();
      crashing(tfjsNode, join(folder, "loads"));
      await writeManifest(tfjsNode, "a test", "2.21.0");
      expectWasm(runModule(program, { GRADBOOK_CACHE: join(folder, "cache") }, folder), /received SIG/);
    },
  );

  it("is WebAssembly where the binding is refused although it was proven to load", { tags: "all" }, async () => {
    const { folder, tfjsNode } = await libraryWithEngine(falseEngine());
    writeFileSync(join(tfjsNode, "deps", "lib", "library"), "library");
    const manifest = await writeManifest(tfjsNode, "a test", "2.21.0");
    const cache = join(folder, "cache");
    noteProven(tfjsNode, manifest, cache);
    expectWasm(runModule(program, { GRADBOOK_CACHE: cache }, folder), /it does not load here \(.*tfjs_binding\.node/);
  });

  it("tells what to wait for where a tensor comes before WebAssembly is ready", () => {
    const text = `
import { createRequire } from "node:module";
const load = createRequire(process.cwd() + "/any.cjs");
const attempt = (make) => {
  try {
    return String(make());
  } catch (error) {
    return error.message;
  }
};
const { Dataset, Dense, engine, Sequential, tf } = load("gradbook");
const { DataFrame } = load("gradbook/danfo");
const makes = [
  () => tf.tensor1d([1, 2]).shape,
  () => tf.linspace(0, 1, 3).shape,
  () => new Dataset([1, 2], [3, 4]).length,
  () => new Sequential(new Dense(2, 1)) instanceof Sequential,
  () => new DataFrame([[1, 2]]).tensor.shape,
  () => tf.memory().numTensors,
];
const early = makes.map(attempt);
await engine.ready;
console.log(JSON.stringify({ early, late: makes.map(attempt) }));`;
    const { status, stdout, stderr } = runModule(text, { GRADBOOK_ENGINE: "wasm" });
    expect(status, stderr).toBe(0);
    const { early, late } = JSON.parse(stdout) as Record<"early" | "late", string[]>;
    for (const message of early)
      expect(message).toMatch(/^Expected the WebAssembly engine .* write `await engine\.ready`/);
    expect(late).toEqual(["2", "3", "2", "true", "1,2", expect.stringMatching(/^\d+$/)]);
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
