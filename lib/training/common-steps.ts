/** Common steps: the training steps and evaluations of several networks at once, what `Steps` and `Evaluator` are for one. */
import { announce } from "gradbook-engine/compile/announce";
import { disposeGraph, type Graph } from "gradbook-engine/compile/graph";
import { jitFailure } from "gradbook-engine/compile/jit";
import { announceGraph, forgetGraph, runGraph } from "gradbook-engine/compile/session";
import { sideBySide } from "gradbook-engine/compile/side-by-side";
import { tf } from "gradbook-engine/tensor";
import { noteCounters } from "./counters.js";
import { tensorsOf } from "./dataset.js";
import type { Evaluation } from "./evaluation.js";
import { Lane } from "./lane.js";
import { nextPace } from "./pace.js";
import type { FitArguments } from "./run.js";

/** So many steps a call has room for where XLA compiles it. */
const capacity = 256;

/** What an evaluation of a network finds. */
interface Scores {
  /** On the training data, by name. */
  metrics: Record<string, number>;
  validation?: Evaluation;
}

/** Networks in lanes side by side, until `end`. */
export class CommonSteps {
  readonly #lanes: readonly Lane[];
  readonly #batchSize: number;
  readonly #metrics: readonly string[];
  /** Loops over steps, by batch size. */
  readonly #loops = new Map<number, Graph>();
  /** Where there is something to evaluate. */
  #evaluation: Graph | undefined;
  #pace = 1;
  #jits: boolean;

  /**
   * Traces all that will be needed.
   * @param stacks the networks of each lane
   * @throws TraceError where networks cannot be traced, or those of one lane not be stacked
   */
  constructor(stacks: readonly (readonly FitArguments[])[]) {
    this.#lanes = stacks.map((runs) => new Lane(runs));
    const [, data, options] = stacks[0]![0]!;
    const { batchSize = 32, dropLast = false, replacement = false, metrics = {}, jit = false } = options;
    this.#jits = jit;
    this.#batchSize = batchSize;
    this.#metrics = Object.keys(metrics);
    const rest = data.length % batchSize;
    try {
      const sizes = [
        ...(data.length >= batchSize || replacement ? [batchSize] : []),
        ...(rest > 0 && !dropLast && !replacement ? [rest] : []),
      ];
      for (const size of sizes) this.#loops.set(size, this.#steps(size));
      if (this.#lanes[0]!.evaluated.length > 0) this.#evaluation = this.#beside((lane) => lane.evaluation());
    } catch (error) {
      this.end();
      throw error;
    }
    for (const graph of this.#graphs) announceGraph(graph);
  }

  /**
   * Takes some steps with every network, at least one.
   * @param orders for each network the rows of an epoch, and `start`, where in them its next batch begins
   * @param most so many steps at most
   * @returns for each network the losses of the steps taken
   */
  take(orders: readonly Int32Array[], start: number, most: number): number[][] {
    if (!this.#jits) return this.#take(orders, start, most);
    const runs = this.#lanes.flatMap((lane) => lane.runs);
    const counters = runs.map(([model, , { optimizer }]) => noteCounters(model, optimizer));
    try {
      return this.#take(orders, start, most);
    } catch (error) {
      const what = jitFailure(error);
      if (what === undefined) throw error;
      announce(`fitAll trains without jit: XLA cannot compile ${what}.`);
      this.#jits = false;
      for (const back of counters) back();
      for (const [size, graph] of this.#loops) {
        forgetGraph(graph);
        this.#loops.set(size, this.#steps(size));
      }
      return this.#take(orders, start, most);
    }
  }

  #take(orders: readonly Int32Array[], start: number, most: number): number[][] {
    const left = orders[0]!.length - start;
    const size = Math.min(this.#batchSize, left);
    const count = Math.max(1, Math.min(most, this.#pace, Math.floor(left / size), this.#jits ? capacity : most));
    const room = this.#jits ? capacity : count;
    const begin = performance.now();
    const losses = tf.tidy(() => {
      let network = 0;
      const inputs = this.#lanes.flatMap((lane) => {
        const own = orders.slice(network, network + lane.runs.length);
        network += own.length;
        const rows = new Int32Array(room * own.length * size);
        for (let i = 0; i < count; i++) {
          for (const [k, order] of own.entries()) {
            rows.set(order.subarray(start + i * size, start + (i + 1) * size), (i * own.length + k) * size);
          }
        }
        return [...tensorsOf(lane.data), lane.rows(rows, room, size), tf.scalar(count, "int32")];
      });
      const results = runGraph(this.#loops.get(size)!, inputs, count).map((result) => result.dataSync());
      return this.#lanes.flatMap(({ runs }, lane) =>
        runs.map((_, k) => Array.from({ length: count }, (_, i) => results[lane]![i * runs.length + k]!)),
      );
    });
    this.#pace = nextPace(this.#pace, count, performance.now() - begin);
    return losses;
  }

  /** Every network on all its examples. */
  evaluate(): Scores[] {
    const inputs = this.#lanes.flatMap(({ evaluated }) => evaluated.flatMap(tensorsOf));
    const results = this.#evaluation ? runGraph(this.#evaluation, inputs) : [];
    // Not in a tidy, which would look for tensors among all the predictions.
    const values = results.map((result) => result.dataSync() as Float32Array);
    tf.dispose(results);
    const names = this.#metrics;
    const each = values.length / this.#lanes.length;
    return this.#lanes.flatMap(({ runs, validation }, lane) => {
      const own = values.slice(lane * each, (lane + 1) * each);
      const held = own.slice(names.length);
      const [losses, predictions] = held.slice(names.length);
      const metrics = (lists: readonly Float32Array[], k: number) =>
        Object.fromEntries(names.map((name, i) => [name, lists[i]![k]!]));
      return runs.map((_, k): Scores => {
        if (!validation) return { metrics: metrics(own, k) };
        const size = predictions!.length / runs.length;
        return {
          metrics: metrics(own, k),
          validation: {
            loss: losses![k]!,
            metrics: metrics(held, k),
            predictions: predictions!.subarray(k * size, (k + 1) * size),
          },
        };
      });
    });
  }

  /** Gives the networks what they have learned, and frees everything else. */
  end(): void {
    for (const graph of this.#graphs) forgetGraph(graph);
    for (const lane of this.#lanes) lane.end();
  }

  get #graphs(): Graph[] {
    return [...this.#loops.values(), ...(this.#evaluation ? [this.#evaluation] : [])];
  }

  #steps(size: number): Graph {
    return this.#beside((lane) => lane.steps(size, this.#jits ? capacity : undefined));
  }

  /** One graph of those that `traced` gives for the lanes. */
  #beside(traced: (lane: Lane) => Graph): Graph {
    const graphs: Graph[] = [];
    try {
      for (const lane of this.#lanes) graphs.push(traced(lane));
      return sideBySide(graphs);
    } catch (error) {
      for (const graph of graphs) disposeGraph(graph);
      throw error;
    }
  }
}
