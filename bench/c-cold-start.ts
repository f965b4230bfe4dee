/**
 * C: the first epoch from a cold process: from its start until the loss of an epoch of W4 (20 batches of 32) is printed. Every engine is
 * a process of its own, which reads weights and examples from a file.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Random, saveTensors, stateDict } from "../entry/index.js";
import type { Engine, Workload } from "./compare.js";
import { quadratic } from "./w4-quadratic.js";

/** The last line that a process prints, and how long it took. */
function run(command: string, words: string[]): { ms: number; loss: number } {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: "utf8" });
  const ms = performance.now() - begin;
  if (status !== 0) throw new Error(`${[command, ...words].join(" ")} failed:\n${stderr}`);
  return { ms, loss: Number(stdout.trim().split("\n").at(-1)) };
}

export const c: Workload = {
  name: "C",
  title: "the first epoch of 1 → 128 → 256 → 1 from a cold process",
  unit: "ms in all",
  engines: async (python) => {
    const folder = mkdtempSync(join(tmpdir(), "gradbook-bench-"));
    const file = join(folder, "given.safetensors");
    const model = quadratic.model(new Random(0));
    const { x, y } = quadratic.data();
    saveTensors(file, { ...stateDict(model), x, y });
    const { loss, optimizer, batchSize } = quadratic;
    const workload = JSON.stringify({ config: model.config, loss, optimizer, batchSize });
    model.dispose();
    const engine = (name: string, peer: boolean, command: string, words: string[]): Engine => ({
      name,
      peer,
      check: async () => [run(command, words).loss],
      time: async () => run(command, words).ms,
    });
    const script = fileURLToPath(new URL("./cold-epoch.js", import.meta.url));
    const inPython = (kind: string) => [
      fileURLToPath(new URL("../../bench/python/cold_epoch.py", import.meta.url)),
      kind,
      file,
      workload,
    ];
    const own = engine("gradbook", false, process.execPath, [script, file]);
    return [
      { ...own, close: () => rmSync(folder, { recursive: true, force: true }) },
      ...(python ? [engine("numpy", true, python.command, inPython("numpy"))] : []),
      ...(python ? [engine("PyTorch", true, python.command, inPython("torch"))] : []),
    ];
  },
};
