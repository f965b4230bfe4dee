/**
 * Lane: networks that are trained in step by one part of a graph, which another part may run beside: one network as it is, or a
 * stack of several.
 */
import { disposeGraph, type Graph } from "gradbook-engine/compile/graph";
import { loop } from "gradbook-engine/compile/loop";
import { sideBySide } from "gradbook-engine/compile/side-by-side";
import { simplify } from "gradbook-engine/compile/simplify";
import { stackGraphs, VariableStacks } from "gradbook-engine/compile/stack";
import { trace, traceLike } from "gradbook-engine/compile/trace";
import { type Tensor, tf } from "gradbook-engine/tensor";
import type { Optimizer } from "../optimizers/optimizer.js";
import { type Batch, type Dataset, tensorsOf } from "./dataset.js";
import { lossOf, metricsOf } from "./measures.js";
import type { FitArguments } from "./run.js";
import { modelVariables } from "./states.js";
import { type TracedStep, traceStep } from "./trace-step.js";

/** Examples of the networks: one tensor that they share, or one for each on top of each other. */
export interface Examples extends Batch {
  isShared: boolean;
}

/** The networks of `runs` until `end`; more than one have to be of one kind. */
export class Lane {
  readonly data: Examples;
  readonly validation: Examples | undefined;
  readonly #stacks = new VariableStacks();

  constructor(readonly runs: readonly FitArguments[]) {
    this.data = together(runs.map(([, data]) => data));
    const held = runs.flatMap(([, , { validation }]) => validation ?? []);
    if (held.length > 0) this.validation = together(held);
  }

  /**
   * A loop over steps on batches of `size` rows: of the data, the rows of each batch (see `rows`) and how many batches there are; gives
   * the losses [batches, networks].
   * @param capacity of a loop that XLA compiles: so many batches it has room for, whatever their number
   * @throws TraceError where the networks cannot be traced or stacked
   */
  steps(size: number, capacity?: number): Graph {
    const sameRates = capacity === undefined && haveSameRates(this.runs.map(([, , { optimizer }]) => optimizer));
    const rows = tf.tensor1d(new Int32Array(size), "int32");
    try {
      let kind: TracedStep | undefined;
      const step = this.#stack(this.data, sameRates, ([model, data, options]) => {
        const traced = traceStep(model, data, rows, options, sameRates, kind);
        kind ??= traced;
        const { graph, shape } = traced;
        options.loss.checkTargets?.([data.length, ...shape.slice(1)], data.y);
        return graph;
      });
      const sliced = [tensorsOf(this.data).length]; // the rows
      return loop([{ graph: step, sliced }], { capacity, jit: capacity !== undefined });
    } finally {
      rows.dispose();
    }
  }

  /** Row numbers as `steps` takes them: for each of `count` batches `size` of each network. */
  rows(numbers: Int32Array, count: number, size: number): Tensor {
    const networks = this.runs.length;
    return tf.tensor(numbers, networks === 1 ? [count, size] : [count, networks, size], "int32");
  }

  /** What is evaluated: the training data where there are metrics, and the validation data. */
  get evaluated(): Examples[] {
    const { metrics = {} } = this.runs[0]![2];
    return [...(Object.keys(metrics).length > 0 ? [this.data] : []), ...(this.validation ? [this.validation] : [])];
  }

  /**
   * Of x, y and weights of all that is evaluated: the metrics of each network, one tensor [networks] each, and after those of validation
   * data the loss and the predictions. All examples go through the network at once.
   * @throws TraceError where the networks cannot be traced or stacked
   */
  evaluation(): Graph {
    return sideBySide(this.evaluated.map((examples) => this.#evaluation(examples)));
  }

  #evaluation(examples: Examples): Graph {
    const isTraining = examples === this.data;
    let kind: Graph | undefined;
    const graph = this.#stack(examples, false, ([model, data, { loss, metrics = {}, validation }]) => {
      const own = isTraining ? data : validation!;
      let shape: number[] = [];
      const compute = ([all, targets, weights]: Tensor[]) => {
        const predictions = model.forward(all!, false);
        shape = predictions.shape;
        const values = metricsOf(metrics, predictions, targets!);
        return isTraining ? values : [...values, lossOf(loss, predictions, targets!, weights), predictions];
      };
      const inputs = tensorsOf(own);
      const traced = (kind && traceLike(kind, inputs, compute, modelVariables(model))) ?? trace(inputs, compute);
      kind ??= traced;
      for (const checks of [loss, ...Object.values(metrics)]) checks.checkTargets?.(shape, own.y);
      return traced;
    });
    return simplify(graph);
  }

  /** Gives the networks what they have learned, and frees everything else; the graphs have to be forgotten before. */
  end(): void {
    this.#stacks.giveBack();
    this.#stacks.dispose();
    for (const examples of [this.data, ...(this.validation ? [this.validation] : [])]) {
      if (!examples.isShared) tf.dispose(tensorsOf(examples));
    }
  }

  /** One graph of the traces for all networks. */
  #stack(examples: Examples, sameRates: boolean, trace: (run: FitArguments) => Graph): Graph {
    if (this.runs.length === 1) return trace(this.runs[0]!);
    const graphs: Graph[] = [];
    const shared = examples.isShared ? tensorsOf(examples).map((_, i) => i) : [];
    try {
      for (const run of this.runs) graphs.push(trace(run));
      return stackGraphs(graphs, this.#stacks, { shared, sameRates });
    } finally {
      for (const graph of graphs) disposeGraph(graph);
    }
  }
}

function together(sets: readonly Dataset[]): Examples {
  const own = tensorsOf(sets[0]!);
  const isShared = sets.every((set) => set === sets[0]);
  const stacks = () => own.map((_, i) => tf.stack(sets.map((set) => tensorsOf(set)[i]!)));
  const [x, y, weights] = isShared ? own : tf.tidy(stacks);
  return { x: x!, y: y!, ...(weights && { weights }), isShared };
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
