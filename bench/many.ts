/** Many networks of one shape, for the workloads S and K: trained by `fit` one after the other, or all at once. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Dataset,
  type FitOptions,
  fit,
  fitAll,
  type Layer,
  type Metric,
  type NamedTensors,
  Random,
  saveTensors,
  search,
  stateDict,
  tf,
  workers,
} from "../entry/index.js";
import type { Engine, Workload } from "./compare.js";
import type { Python } from "./python.js";
import type { Recipe } from "./recipe.js";
import { lossOf, optimizerOf } from "./training.js";

/** Networks that differ in their weights only. */
export interface Group {
  name: string;
  /** Network k. */
  model(k: number): Layer;
}

/** What is trained on what. */
export interface Many extends Recipe {
  groups: readonly Group[];
  /** Networks in each group. */
  count: number;
  /** All examples. */
  data(): Dataset;
  /** The rows that network k trains on and validates on; default: all train, none validate. */
  folds?: readonly { train: Int32Array; validation: Int32Array }[];
  batchSize: number;
  /** Whether batches are drawn with replacement. */
  replacement: boolean;
  /** In all. */
  steps: number;
  /** Metrics after so many steps; 0: after each epoch. */
  every: number;
  metric: { name: "accuracy" | "logRmse"; compute: Metric };
}

/** Steps that are compared before anything is timed. */
const checkedSteps = 4;

/** What `fit` is called with for network k; for the check the examples come in order. */
export type Arguments = [model: Layer, data: Dataset, options: FitOptions];

/** A workload of many networks. */
export function manyWorkload(name: string, title: string, many: Many): Workload {
  return { name, title, unit: "ms in all", engines: (python, threads) => manyEngines(name, many, python, threads) };
}

/** The networks of a workload with their data, which are loaded once. */
export class Networks {
  readonly data: Dataset;
  readonly #folds?: { train: Dataset; validation: Dataset }[];
  readonly #random = new Random(1);

  constructor(readonly many: Many) {
    this.data = many.data();
    this.#folds = many.folds?.map(({ train, validation }) => ({
      train: this.data.rows(train),
      validation: this.data.rows(validation),
    }));
  }

  /** What trains network k of `group`. */
  call(group: Group, k: number, steps: number, shuffled: boolean): Arguments {
    const { batchSize, replacement, every, metric } = this.many;
    const options: FitOptions = {
      loss: lossOf(this.many),
      optimizer: optimizerOf(this.many),
      steps,
      batchSize,
      shuffle: shuffled ? this.#random.split(k) : false,
      replacement: shuffled && replacement,
      valSteps: shuffled ? every : 1,
      metrics: { [metric.name]: metric.compute },
    };
    const examples = this.#folds?.[k];
    if (examples) options.validation = examples.validation;
    return [group.model(k), examples?.train ?? this.data, options];
  }
}

async function manyEngines(
  name: string,
  many: Many,
  python: Python | undefined,
  threads: readonly number[],
): Promise<Engine[]> {
  const networks = new Networks(many);
  const calls = (group: Group, steps: number, shuffled: boolean): Arguments[] =>
    Array.from({ length: many.count }, (_, k) => networks.call(group, k, steps, shuffled));

  /** The losses of all networks, and the ms of the training alone: as for the peers, initial weights are drawn before. */
  async function train(train: (calls: Arguments[]) => Promise<number[][]>, steps: number, shuffled: boolean) {
    const losses: number[] = [];
    let ms = 0;
    for (const group of many.groups) {
      const prepared = calls(group, steps, shuffled);
      const begin = performance.now();
      losses.push(...(await train(prepared)).flat());
      ms += performance.now() - begin;
      for (const [model, , { optimizer }] of prepared) {
        model.dispose();
        optimizer.dispose();
      }
    }
    return { losses, ms };
  }
  const own = (label: string, run: (calls: Arguments[]) => Promise<number[][]>): Engine => ({
    name: label,
    peer: false,
    check: async () => (await train(run, checkedSteps, false)).losses,
    time: async () => (await train(run, many.steps, true)).ms,
  });
  const atOnce = async (calls: Arguments[]) => (await fitAll(calls)).map(({ loss }) => loss);
  const engines = [
    own("gradbook, all at once", atOnce),
    own("gradbook, one by one", serially),
    inProcesses(name, many),
  ];
  if (python) engines.push(...(await pythonEngines(name, many, networks.data, python, threads)));
  return engines;
}

/** `search` with a process for each core, which have been started: a network is a trial. */
function inProcesses(name: string, { groups, count, steps }: Many): Engine {
  const executor = workers();
  const run = async (taken: number, shuffled: boolean) => {
    const { trials } = await search({
      module: new URL("./many-trial.js", import.meta.url),
      export: "train",
      space: {
        workload: [name],
        group: groups.map((group) => group.name),
        network: Array.from({ length: count }, (_, k) => k),
        steps: [taken],
        shuffled: [shuffled],
      },
      trials: "grid",
      seed: 0,
      executor,
      progress: false,
    });
    const failed = trials.find(({ status }) => status !== "done");
    if (failed) throw new Error(`${name}: expected every network to be trained, received: ${failed.reason}`);
    return trials.map(({ metrics }) => metrics);
  };
  return {
    name: `gradbook, ${executor.parallel} processes`,
    peer: false,
    check: async () =>
      (await run(checkedSteps, false)).flatMap((losses) =>
        Array.from({ length: checkedSteps }, (_, i) => losses[`loss ${i}`] ?? null),
      ),
    time: async () => {
      await run(1, true);
      const begin = performance.now();
      await run(steps, true);
      return performance.now() - begin;
    },
  };
}

async function serially(calls: Arguments[]): Promise<number[][]> {
  const losses: number[][] = [];
  for (const call of calls) losses.push((await fit(...call)).loss);
  return losses;
}

/** The states of all networks of `group`, stacked. */
function stackedStates(group: Group, count: number): NamedTensors {
  const models = Array.from({ length: count }, (_, k) => group.model(k));
  const states = models.map(stateDict);
  const stacks = Object.keys(states[0]!).map((key) => [
    `${group.name}.${key}`,
    tf.stack(states.map((state) => state[key]!)),
  ]);
  for (const model of models) model.dispose();
  return Object.fromEntries(stacks);
}

async function pythonEngines(
  name: string,
  many: Many,
  data: Dataset,
  python: Python,
  threadCounts: readonly number[],
): Promise<Engine[]> {
  const { groups, count, folds, loss, optimizer, batchSize, replacement, steps, every, metric } = many;
  const folder = mkdtempSync(join(tmpdir(), "gradbook-bench-"));
  const file = join(folder, "given.safetensors");
  const engines: Engine[] = [];
  try {
    tf.tidy(() => {
      const rows = (part: "train" | "validation") =>
        folds && { [part]: tf.stack(folds.map((fold) => tf.tensor1d(fold[part], "int32"))) };
      const states = groups.map((group) => stackedStates(group, count));
      saveTensors(file, Object.assign({ x: data.x, y: data.y }, rows("train"), rows("validation"), ...states));
    });
    const described = groups.map((group) => {
      const model = group.model(0);
      const { config } = model;
      model.dispose();
      return { name: group.name, config };
    });
    for (const stacked of [false, true]) {
      for (const engine of ["numpy", "torch"]) {
        for (const threads of threadCounts) {
          const id = `${name} ${engine} ${stacked} ${threads}`;
          const recipe = { loss, optimizer, batchSize, replacement, steps, every, metric: metric.name };
          const workload = { groups: described, count, ...recipe };
          await python.call("many.open", { id, engine, threads, stacked, file, workload });
          engines.push({
            name: `${engine === "numpy" ? "numpy" : "PyTorch"}, ${stacked ? "stacked" : "one by one"}, ${threads} thread${threads > 1 ? "s" : ""}`,
            peer: true,
            check: () => python.call("many.check", { id, steps: checkedSteps }),
            time: () => python.call("many.run", { id }),
            close: () => python.call("many.close", { id }),
          });
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return engines;
}
