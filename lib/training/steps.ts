/**
 * Steps: training steps on rows of a dataset as graphs, many in one native call. The data stay on the engine; a call is told the
 * row numbers of its batches only.
 */
import { announce } from "gradbook-engine/compile/announce";
import { type Graph, isWhole } from "gradbook-engine/compile/graph";
import { loop } from "gradbook-engine/compile/loop";
import { announceGraph, forgetGraph, restGraph, runGraph } from "gradbook-engine/compile/session";
import { changeSince } from "gradbook-engine/compile/trace";
import { TraceError } from "gradbook-engine/compile/trace-error";
import { type Tensor, type Tensor1D, tf } from "gradbook-engine/tensor";
import { Dropout } from "../layers/dropout.js";
import type { Layer } from "../layers/layer.js";
import { noteCounters } from "./counters.js";
import type { Dataset } from "./dataset.js";
import { traceStep } from "./trace-step.js";
import type { StepOptions } from "./train-step.js";
import type { Batches } from "./upcoming-rows.js";

/** How long a call may compute, in ms, so that an interrupt and the progress bar stay live. */
const callMs = 25;

/** So many graphs are made anew before it is said what helps. */
const manyChanges = 3;

/** Steps traced for one batch size. */
interface Traced {
  /** One step, as it was traced. */
  step: Graph;
  /** Whether nothing can have changed in it since that was last looked at. */
  isSure: boolean;
  /** A loop over steps. */
  loop: Graph;
  /** Of the predictions for a batch. */
  shape: number[];
}

/** What each model was trained by last: training that goes on, or is done again, needs no new graph. */
const known = new WeakMap<Layer, Steps>();

/** The training steps of a model with one loss, optimizer and regularizers. */
export class Steps {
  readonly #model: Layer;
  readonly #options: StepOptions;
  readonly #dropouts: Dropout[];
  /** By batch size, shapes of the data and frozen parameters. */
  readonly #traced = new Map<string, Traced>();
  /** Data whose targets have been checked: a graph cannot do it, and a batch with a bad one may be the last. */
  readonly #checked = new WeakSet<Dataset>();
  #compiles = true;
  /** How many graphs had to be made anew. */
  #changes = 0;
  /** Steps to take in the next call; grows as long as calls are short. */
  #pace = 1;

  private constructor(model: Layer, options: StepOptions) {
    this.#model = model;
    this.#options = options;
    this.#dropouts = [...model.walk()].flatMap(([, layer]) => (layer instanceof Dropout ? [layer] : []));
  }

  static of(model: Layer, { loss, optimizer, regularizers = [] }: StepOptions): Steps {
    const before = known.get(model);
    if (before) {
      if (before.#trains({ loss, optimizer, regularizers })) return before;
      before.#forget();
    }
    const steps = new Steps(model, { loss, optimizer, regularizers });
    known.set(model, steps);
    return steps;
  }

  /** So many steps make a call of the length it should have. */
  get pace(): number {
    return this.#pace;
  }

  /** Whether the next steps are graphs: not where dropout is given a mask, or a step could not be traced. */
  get areGraphs(): boolean {
    return this.#compiles && !this.#masked;
  }

  /** Makes the graphs for batches of these sizes, which the first step then loads together. */
  prepare(data: Dataset, sizes: readonly number[]): void {
    for (const size of sizes) {
      const traced = this.#trace(data, size);
      if (traced) announceGraph(traced.loop);
    }
  }

  /** Takes a step on each batch and returns the losses; nothing where the steps cannot be a graph. */
  take(data: Dataset, batches: Batches): ArrayLike<number> | undefined {
    const { rows, size, count } = batches;
    const traced = this.#trace(data, size);
    if (!traced) return undefined;
    this.#check(data, traced.shape);
    const start = performance.now();
    const restoreCounters = noteCounters(this.#model, this.#options.optimizer);
    let losses: ArrayLike<number>;
    try {
      losses = this.#run(traced, data, batches);
    } catch (error) {
      // A rate, for example, that a later step refuses: that step has to say so, not this one.
      restoreCounters();
      if (count === 1) throw error;
      return this.take(data, { rows: rows.subarray(0, size), size, count: 1 });
    }
    const perStep = (performance.now() - start) / count;
    this.#pace = Math.max(1, Math.min(Math.max(4 * count, this.#pace), Math.floor(callMs / perStep)));
    return losses;
  }

  /** Other code has run: numbers that the graphs have as constants may have changed. */
  doubt(): void {
    for (const traced of this.#traced.values()) traced.isSure = false;
  }

  /** No more steps for a while. */
  rest(): void {
    for (const { loop } of this.#traced.values()) restGraph(loop);
  }

  /** Whether dropout is given its masks. */
  get #masked(): boolean {
    return this.#dropouts.some(({ mask }) => mask !== undefined);
  }

  #trains({ loss, optimizer, regularizers = [] }: StepOptions): boolean {
    const own = this.#options.regularizers ?? [];
    const same = own.length === regularizers.length && own.every((regularizer, i) => regularizer === regularizers[i]);
    return same && loss === this.#options.loss && optimizer === this.#options.optimizer;
  }

  #forget(): void {
    for (const { loop } of this.#traced.values()) forgetGraph(loop);
  }

  #run({ loop }: Traced, { x, y }: Dataset, { rows, size, count }: Batches): ArrayLike<number> {
    return tf.tidy(() => {
      const batches = tf.tensor2d(rows, [count, size], "int32");
      return runGraph(loop, [x, y, batches, tf.scalar(count, "int32")], count)[0]!.dataSync();
    });
  }

  #check(data: Dataset, [, ...shape]: readonly number[]): void {
    if (this.#checked.has(data)) return;
    this.#options.loss.checkTargets?.([data.length, ...shape], data.y);
    this.#checked.add(data);
  }

  /** The loop for batches of this size; none where steps are no graphs. That a step cannot be traced is said. */
  #trace({ x, y }: Dataset, batchSize: number): Traced | undefined {
    if (!this.areGraphs) return undefined;
    const frozen = [...this.#model.parameters].filter(([, { frozen }]) => frozen).map(([name]) => name);
    const key = JSON.stringify([batchSize, x.shape.slice(1), y.dtype, y.shape.slice(1), frozen]);
    let traced = this.#traced.get(key);
    if (traced && isWhole(traced.loop) && this.#isStill(traced)) return traced;
    if (traced) forgetGraph(traced.loop);
    const rows = tf.tensor1d(new Int32Array(batchSize), "int32");
    try {
      traced = this.#traceLoop(x, y, rows, key);
      this.#traced.set(key, traced);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      announce(`fit trains operation by operation: ${error.message}`);
      this.#compiles = false;
    } finally {
      rows.dispose();
    }
    return traced;
  }

  /** Whether a graph is still what the step would be now; where it is not, time and again, what helps is said. */
  #isStill(traced: Traced): boolean {
    const change = traced.isSure ? undefined : changeSince(traced.step);
    traced.isSure = change === undefined;
    if (change === undefined) return true;
    this.#changes += 1;
    if (this.#changes === manyChanges) {
      announce(`fit makes its graph anew each time that a number changes (${change}): ask for it by live(() => …).`);
    }
    return false;
  }

  #traceLoop(x: Tensor, y: Tensor, rows: Tensor1D, key: string): Traced {
    const { graph: step, shape } = traceStep(this.#model, { x, y }, rows, this.#options);
    // Other data of the same kind, such as another fold's, then have the same graph.
    for (const { attributes, outputs } of step.inputs.slice(0, 2)) {
      attributes.shape = { shape: [-1, ...outputs[0]!.shape!.slice(1)] };
    }
    return { step, isSure: true, loop: loop(step, [2], key), shape };
  }
}
