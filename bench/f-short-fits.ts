/**
 * F: twenty short fits one after the other, 70 steps each, every network made anew: 20 → 32 → 1, Adam. In `fw` each has another
 * width, so that no two are of one kind.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dataset, Dense, fit, Random, ReLU, Sequential, saveTensors, stateDict, tf } from "../entry/index.js";
import type { Engine, Workload } from "./compare.js";
import type { Python } from "./python.js";
import { checkedSteps, type Recipe } from "./recipe.js";
import { lossOf, optimizerOf } from "./training.js";

const [count, rows, columns, batchSize, epochs] = [20, 210, 20, 32, 10];
const steps = epochs * Math.ceil(rows / batchSize);
const recipe: Recipe = {
  loss: { name: "meanSquaredError" },
  optimizer: { name: "Adam", learningRate: 0.001 },
};

function network(k: number, width: number): Sequential {
  const random = new Random(k);
  return new Sequential(
    new Dense(columns, width, { random: random.split(0) }),
    new ReLU(),
    new Dense(width, 1, { random: random.split(1) }),
  );
}

function examples(): Dataset {
  const x = tf.tensor2d(new Random(5).normals(rows * columns), [rows, columns]);
  return new Dataset(x, tf.sum(x, 1, true));
}

const numbers = Array.from({ length: count }, (_, k) => k);

/** The library, asked anew for each network. */
function own(data: Dataset, widthOf: (k: number) => number): Engine {
  const shuffle = new Random(1);
  const train = async (k: number, options: { shuffle: Random | false; steps: number; valSteps?: number }) => {
    const [model, optimizer] = [network(k, widthOf(k)), optimizerOf(recipe)];
    const { loss } = await fit(model, data, { loss: lossOf(recipe), optimizer, batchSize, ...options });
    model.dispose();
    optimizer.dispose();
    return loss;
  };
  return {
    name: "gradbook",
    peer: false,
    check: async () => {
      const losses: number[] = [];
      for (const k of numbers) losses.push(...(await train(k, { shuffle: false, steps: checkedSteps, valSteps: 1 })));
      return losses;
    },
    time: async () => {
      const begin = performance.now();
      for (const k of numbers) await train(k, { shuffle, steps });
      return performance.now() - begin;
    },
  };
}

async function peers(
  name: string,
  { x, y }: Dataset,
  widthOf: (k: number) => number,
  python: Python,
  threadCounts: readonly number[],
): Promise<Engine[]> {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-bench-"));
  const engines: Engine[] = [];
  try {
    for (const [engine, label] of [
      ["numpy", "numpy"],
      ["torch", "PyTorch"],
    ] as const) {
      for (const threads of threadCounts) {
        const ids = numbers.map((k) => `${name} ${engine} ${threads} ${k}`);
        for (const [k, id] of ids.entries()) {
          const model = network(k, widthOf(k));
          const file = join(folder, "given.safetensors");
          saveTensors(file, { ...stateDict(model), x, y });
          const workload = { config: model.config, ...recipe, batchSize, shuffle: true };
          await python.call("training.open", { id, engine, threads, file, workload });
          model.dispose();
        }
        const each = async <Result>(call: string, args: { steps?: number }) => {
          const results: Result[] = [];
          for (const id of ids) results.push(await python.call<Result>(call, { id, ...args }));
          return results;
        };
        engines.push({
          name: `${label}, ${threads} thread${threads > 1 ? "s" : ""}`,
          peer: true,
          check: async () => (await each<number[]>("training.check", { steps: checkedSteps })).flat(),
          time: async () => (await each<number>("training.fit_anew", { steps })).reduce((sum, ms) => sum + ms),
          close: async () => {
            await each("training.close", {});
          },
        });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return engines;
}

const workload = (name: string, title: string, widthOf: (k: number) => number): Workload => ({
  name,
  title: `${count} fits of ${steps} steps, ${title}, Adam`,
  unit: "ms in all",
  engines: async (python, threads) => {
    const data = examples();
    return [own(data, widthOf), ...(python ? await peers(name, data, widthOf, python, threads) : [])];
  },
});

export const f = [workload("F", "20 → 32 → 1", () => 32), workload("FW", "20 → 16, 20, … 92 → 1", (k) => 16 + 4 * k)];
