/** Predicting: the digits' network of three layers asked for one row, for a hundred and for 10,000. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engine, type Tensor } from "gradbook-engine/tensor";
import { Dataset, Dense, predict, Random, ReLU, Sequential, saveTensors, stateDict, tf } from "../entry/index.js";
import type { Engine, Workload } from "./compare.js";
import { layersModel } from "./layers-model.js";
import type { Python } from "./python.js";

function network(): Sequential {
  const random = new Random(0);
  const dense = (i: number, from: number, to: number) => new Dense(from, to, { random: random.split(i) });
  return new Sequential(dense(0, 784, 100), new ReLU(), dense(1, 100, 100), new ReLU(), dense(2, 100, 10));
}

async function engines(rows: number, python: Python | undefined, threads: readonly number[]): Promise<Engine[]> {
  const model = network();
  const x = tf.tensor2d(new Random(1).normals(rows * 784), [rows, 784]);
  const layers = layersModel(model, [784]);
  const asking = (name: string, peer: boolean, predicted: () => Tensor, close: () => void): Engine => ({
    name,
    peer,
    check: async () => {
      const y = tf.tidy(() => tf.sum(predicted()));
      const [value] = y.dataSync();
      y.dispose();
      return [value!];
    },
    time: async (calls) => {
      const begin = performance.now();
      for (let i = 0; i < calls; i++) {
        const y = predicted();
        y.dataSync();
        y.dispose();
      }
      return (performance.now() - begin) / calls;
    },
    close,
  });
  const own = [
    asking(
      "gradbook",
      false,
      () => predict(model, x),
      () => model.dispose(),
    ),
    asking(
      "tf.layers",
      engine.name === "wasm",
      () => layers.predict(x) as Tensor,
      () => void layers.dispose(),
    ),
  ];
  const given = () => new Dataset(x, tf.zeros([rows, 10]));
  return [...own, ...(python ? await inPython(rows, model, given(), python, threads) : [])];
}

async function inPython(
  rows: number,
  model: Sequential,
  { x, y }: Dataset,
  python: Python,
  threads: readonly number[],
): Promise<Engine[]> {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-bench-"));
  const file = join(folder, "given.safetensors");
  saveTensors(file, { ...stateDict(model), x, y });
  const loss = { name: "meanSquaredError" };
  const optimizer = { name: "SGD", learningRate: 0.1 };
  const workload = { config: model.config, loss, optimizer, batchSize: rows, shuffle: false };
  const engines: Engine[] = [];
  try {
    for (const engine of ["numpy", "torch"]) {
      for (const count of threads) {
        const id = `predict ${rows} ${engine} ${count}`;
        await python.call("training.open", { id, engine, threads: count, file, workload });
        engines.push({
          name: `${engine === "numpy" ? "numpy" : "PyTorch"}, ${count} thread${count > 1 ? "s" : ""}`,
          peer: true,
          check: () => python.call("training.predicted", { id }),
          time: (calls) => python.call("training.predict", { id, calls }),
          close: () => python.call("training.close", { id }),
        });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return engines;
}

const workload = (rows: number, calls: number): Workload => ({
  name: `predict${rows}`,
  title: `predict, ${rows.toLocaleString("en")} row${rows > 1 ? "s" : ""} through 784 → 100 → 100 → 10`,
  unit: "ms a call",
  steps: calls,
  engines: (python, threads) => engines(rows, python, threads),
});

export const predicting = [workload(1, 1000), workload(100, 300), workload(10_000, 10)];
