/** The bench runs: every engine shows the same losses before it is timed. How long it takes is no test. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "./helpers/folder.js";
import { root } from "./helpers/needs.js";

it("measures workloads without Python: engines, figures, a JSON file", { tags: "all" }, () => {
  const folder = temporaryFolder();
  const file = join(folder.path, "bench.json");
  const words = ["dist/bench/main.js", "w3", "t", "c", "wasm-predict1", "--rounds", "1", "--no-python", "--out", file];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  console.log(stdout);
  const { machine, workloads, rows } = JSON.parse(readFileSync(file, "utf8"));
  expect(Object.keys(machine)).toEqual(["processor", "system", "node", "engine"]);
  expect(workloads[0]).toEqual({ name: "W3", title: "linear, 64×331 → 1, Adam", unit: "ms a step" });
  const engines = rows.map(({ workload, engine }: { workload: string; engine: string }) => `${workload}: ${engine}`);
  expect(engines).toEqual([
    "W3: gradbook",
    "W3: gradbook, jit",
    "W3: gradbook, op by op",
    "W3: tf.layers",
    "C: gradbook",
    "wasm-predict1: gradbook",
    "wasm-predict1: tf.layers",
    "T: tf.layers, compiled",
    "T: tf.layers, as it is",
    "T: tf.layers, trainOnBatch",
  ]);
  for (const { ms } of rows) expect(ms).toBeGreaterThan(0);
});

it("refuses a workload that it does not know", () => {
  const { status, stderr } = spawnSync(process.execPath, ["dist/bench/main.js", "w9"], { cwd: root, encoding: "utf8" });
  expect(status).not.toBe(0);
  expect(stderr).toContain("received w9");
});
