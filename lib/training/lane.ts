/**
 * Lane: networks that are trained in step by one part of a graph, which another part may run beside: one network as it is, or a
 * stack of several.
 */
import { disposeGraph, type Graph } from "gradbook-engine/compile/graph";
import { jitLoop } from "gradbook-engine/compile/jit";
import { loop } from "gradbook-engine/compile/loop";
import { sideBySide } from "gradbook-engine/compile/side-by-side";
import { simplify } from "gradbook-engine/compile/simplify";
import { stackGraphs, VariableStacks } from "gradbook-engine/compile/stack";
import { trace, traceLike } from "gradbook-engine/compile/trace";
import { type Tensor, tf } from "gradbook-engine/tensor";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Dataset } from "./dataset.js";
import type { FitArguments } from "./fit-arguments.js";
import { modelVariables } from "./states.js";
import { type TracedStep, traceStep } from "./trace-step.js";

/** Examples of the networks: one tensor that they share, or one for each on top of each other. */
export interface Examples {
  x: Tensor;
  y: Tensor;
  isShared: boolean;
}

/** The networks of `runs` until `end`; more than one have to be of one kind. */
export class Lane {
  readonly data: Examples;
  readonly validation: Examples | undefined;
  readonly #stacks = new VariableStacks();

  constructor(
    readonly runs: readonly FitArguments[],
    readonly name: string,
  ) {
    this.data = together(runs.map(([, data]) => data));
    const held = runs.flatMap(([, , { validation }]) => validation ?? []);
    if (held.length > 0) this.validation = together(held);
  }

  /**
   * A loop over steps on batches of `size` rows: of x, y, the rows of each batch (see `rows`) and how many batches there are; gives
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
      const name = `${this.name} steps of ${size}`;
      return capacity === undefined ? loop(step, [2], name) : jitLoop([{ graph: step, sliced: [2] }], name, capacity);
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
   * Of x and y of all that is evaluated: the metrics of each network, one tensor [networks] each, and after those of validation
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
      const { x, y } = isTraining ? data : validation!;
      let shape: number[] = [];
      const compute = ([all, targets]: Tensor[]) => {
        const predictions = model.forward(all!, false);
        shape = predictions.shape;
        const values = Object.values(metrics).map((metric) => metric(predictions, targets!));
        return isTraining ? values : [...values, loss.value(predictions, targets!), predictions];
      };
      const traced = (kind && traceLike(kind, [x, y], compute, modelVariables(model))) ?? trace([x, y], compute);
      kind ??= traced;
      for (const checks of [loss, ...Object.values(metrics)]) checks.checkTargets?.(shape, y);
      return traced;
    });
    return simplify(graph);
  }

  /** Gives the networks what they have learned, and frees everything else; the graphs have to be forgotten before. */
  end(): void {
    this.#stacks.giveBack();
    this.#stacks.dispose();
    for (const { x, y, isShared } of [this.data, ...(this.validation ? [this.validation] : [])]) {
      if (!isShared) tf.dispose([x, y]);
    }
  }

  /** One graph of the traces for all networks. */
  #stack({ isShared }: Examples, sameRates: boolean, trace: (run: FitArguments) => Graph): Graph {
    if (this.runs.length === 1) return trace(this.runs[0]!);
    const graphs: Graph[] = [];
    try {
      for (const run of this.runs) graphs.push(trace(run));
      return stackGraphs(graphs, this.#stacks, { shared: isShared ? [0, 1] : [], sameRates });
    } finally {
      for (const graph of graphs) disposeGraph(graph);
    }
  }
}

function together(sets: readonly Dataset[]): Examples {
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
