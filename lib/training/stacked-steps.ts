/** The training steps and evaluations of several networks at once: what `Steps` and `Evaluator` are for one. */
import { disposeGraph, type Graph } from "../compile/graph.js";
import { loop } from "../compile/loop.js";
import { forgetGraph, runGraph } from "../compile/session.js";
import { stackGraphs, VariableStacks } from "../compile/stack.js";
import { trace } from "../compile/trace.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { type Tensor, tf } from "../tensor.js";
import type { Dataset } from "./dataset.js";
import type { Evaluation } from "./evaluate.js";
import type { FitArguments } from "./fit-all.js";
import { stepLoss } from "./train-step.js";

/** How long a call may compute, in ms, so that an interrupt and the progress bar stay live. */
const callMs = 25;

/** Examples of all networks: one tensor that they share, or one for each on top of each other. */
interface Examples {
  x: Tensor;
  y: Tensor;
  isShared: boolean;
}

/** The networks of `runs`, which have to be of one kind, until `end`. */
export class StackedSteps {
  readonly #runs: readonly FitArguments[];
  readonly #stacks = new VariableStacks();
  readonly #data: Examples;
  readonly #validation?: Examples;
  /** Loops over steps, by batch size. */
  readonly #loops = new Map<number, Graph>();
  readonly #evaluations = new Map<Examples, Graph>();
  #pace = 1;

  /** Traces all that will be needed. @throws TraceError where the networks cannot be stacked */
  constructor(runs: readonly FitArguments[]) {
    this.#runs = runs;
    this.#data = stackData(runs.map(([, data]) => data));
    const held = runs.flatMap(([, , { validation }]) => validation ?? []);
    if (held.length > 0) this.#validation = stackData(held);
    try {
      const [, data, { batchSize = 32, dropLast = false, replacement = false }] = runs[0]!;
      const rest = data.length % batchSize;
      if (data.length >= batchSize || replacement) this.#loops.set(batchSize, this.#traceSteps(batchSize));
      if (rest > 0 && !dropLast && !replacement) this.#loops.set(rest, this.#traceSteps(rest));
      if (Object.keys(runs[0]![2].metrics ?? {}).length > 0) this.#traceEvaluation(this.#data);
      if (this.#validation) this.#traceEvaluation(this.#validation);
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /**
   * Takes some steps with every network, at least one.
   * @param orders for each network the rows of an epoch, and `start`, where in them its next batch begins
   * @param most so many steps at most
   * @returns for each network the losses of the steps taken
   */
  take(orders: readonly Int32Array[], start: number, most: number): number[][] {
    const { batchSize = 32 } = this.#runs[0]![2];
    const left = orders[0]!.length - start;
    const size = Math.min(batchSize, left);
    const count = Math.max(1, Math.min(most, this.#pace, Math.floor(left / size)));
    const networks = orders.length;
    const rows = new Int32Array(count * networks * size);
    for (let i = 0; i < count; i++) {
      for (const [k, order] of orders.entries()) {
        rows.set(order.subarray(start + i * size, start + (i + 1) * size), (i * networks + k) * size);
      }
    }
    const begin = performance.now();
    const losses = tf.tidy(() => {
      const batches = tf.tensor3d(rows, [count, networks, size], "int32");
      const { x, y } = this.#data;
      return runGraph(this.#loops.get(size)!, [x, y, batches, tf.scalar(count, "int32")], count)[0]!.dataSync();
    });
    this.#pace = Math.max(1, Math.min(4 * count, Math.floor((callMs * count) / (performance.now() - begin))));
    return orders.map((_, k) => Array.from({ length: count }, (_, i) => losses[i * networks + k]!));
  }

  /** Loss and metrics of every network on all its training or validation examples, which go through the network at once. */
  evaluate(part: "data" | "validation"): Evaluation[] {
    const examples = part === "data" ? this.#data : this.#validation!;
    const names = Object.keys(this.#runs[0]![2].metrics ?? {});
    const results = runGraph(this.#evaluations.get(examples)!, [examples.x, examples.y]);
    // Not in a tidy, which would look for tensors among all the predictions.
    const [predictions, losses, ...values] = results.map((result) => result.dataSync() as Float32Array);
    tf.dispose(results);
    const size = predictions!.length / this.#runs.length;
    return this.#runs.map((_, k) => ({
      loss: losses![k]!,
      metrics: Object.fromEntries(names.map((name, i) => [name, values[i]![k]!])),
      predictions: predictions!.subarray(k * size, (k + 1) * size),
    }));
  }

  /** Gives the networks what they have learned, and frees everything else. */
  end(): void {
    for (const graph of [...this.#loops.values(), ...this.#evaluations.values()]) forgetGraph(graph);
    this.#stacks.giveBack();
    this.#stacks.dispose();
    for (const { x, y, isShared } of [this.#data, ...(this.#validation ? [this.#validation] : [])]) {
      if (!isShared) tf.dispose([x, y]);
    }
  }

  #traceSteps(size: number): Graph {
    const sameRates = haveSameRates(this.#runs.map(([, , { optimizer }]) => optimizer));
    const rows = tf.tensor1d(new Int32Array(size), "int32");
    try {
      const step = this.#stack(this.#data.isShared ? [0, 1] : [], sameRates, ([model, { x, y }, options]) => {
        const { loss } = options;
        let shape: number[] = [];
        const value = (predictions: Tensor, targets: Tensor) => {
          shape = predictions.shape;
          return loss.value(predictions, targets);
        };
        const watched = { ...options, loss: { value, gradient: loss.gradient.bind(loss) } };
        const graph = trace(
          [x, y, rows],
          ([all, targets, indices]) => [
            stepLoss(model, tf.gather(all!, indices!), tf.gather(targets!, indices!), watched),
          ],
          sameRates,
        );
        loss.checkTargets?.([x.shape[0]!, ...shape.slice(1)], y);
        return graph;
      });
      return loop(step, [2], `steps of ${size}`);
    } finally {
      rows.dispose();
    }
  }

  #traceEvaluation(examples: Examples): void {
    if (this.#evaluations.has(examples)) return;
    const isTraining = examples === this.#data;
    const graph = this.#stack(
      examples.isShared ? [0, 1] : [],
      false,
      ([model, data, { loss, metrics = {}, validation }]) => {
        const { x, y } = isTraining ? data : validation!;
        let shape: number[] = [];
        const traced = trace([x, y], ([all, targets]) => {
          const predictions = model.forward(all!, false);
          shape = predictions.shape;
          const values = Object.values(metrics).map((metric) => metric(predictions, targets!));
          return [predictions, loss.value(predictions, targets!), ...values];
        });
        for (const checks of [loss, ...Object.values(metrics)]) checks.checkTargets?.(shape, y);
        return traced;
      },
    );
    this.#evaluations.set(examples, graph);
  }

  /** One graph of the traces for all networks. */
  #stack(shared: readonly number[], sameRates: boolean, trace: (run: FitArguments) => Graph): Graph {
    const graphs: Graph[] = [];
    try {
      for (const run of this.#runs) graphs.push(trace(run));
      return stackGraphs(graphs, this.#stacks, { shared, sameRates });
    } finally {
      for (const graph of graphs) disposeGraph(graph);
    }
  }
}

function stackData(sets: readonly Dataset[]): Examples {
  const [{ x, y }] = sets as [Dataset];
  if (sets.every((set) => set === sets[0])) return { x, y, isShared: true };
  return {
    x: tf.tidy(() => tf.stack(sets.map((set) => set.x))),
    y: tf.tidy(() => tf.stack(sets.map((set) => set.y))),
    isShared: false,
  };
}

/** Whether all have the same settings, so that at each step their rates are the same. */
function haveSameRates(optimizers: readonly Optimizer[]): boolean {
  const settings = optimizers.map((optimizer) => {
    const { state: _, ...rest } = optimizer;
    return JSON.stringify([optimizer.constructor.name, optimizer.steps, rest]);
  });
  const fixed = optimizers.every(({ groups, schedules }) => groups.length === 0 && schedules.length === 0);
  return fixed && settings.every((one) => one === settings[0]);
}
