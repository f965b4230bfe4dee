/**
 * Steps: training steps on rows of a dataset, many in one native call where the engine has graphs, one by one elsewhere. The
 * data stay on the engine; a call is told the row numbers of its batches only.
 */
import { announce } from "../compile/announce.js";
import type { Graph } from "../compile/graph.js";
import { loop } from "../compile/loop.js";
import { forgetGraph, runGraph } from "../compile/session.js";
import { trace } from "../compile/trace.js";
import { TraceError } from "../compile/trace-error.js";
import { Dropout } from "../layers/dropout.js";
import type { Layer } from "../layers/layer.js";
import { engine, type Tensor, tf } from "../tensor.js";
import type { Dataset } from "./dataset.js";
import { type StepOptions, stepLoss, trainStep } from "./train-step.js";

/** How long a call may compute, in ms, so that an interrupt and the progress bar stay live. */
const callMs = 25;

/** The training steps of one run. */
export class Steps {
  readonly #model: Layer;
  readonly #data: Dataset;
  readonly #options: StepOptions;
  readonly #dropouts: Dropout[];
  /** Loops over steps, by batch size and frozen parameters. */
  readonly #loops = new Map<string, Graph>();
  #compiles = engine.name === "native";
  /** Steps to take in the next call. */
  #pace = 1;

  constructor(model: Layer, data: Dataset, options: StepOptions) {
    this.#model = model;
    this.#data = data;
    this.#options = options;
    this.#dropouts = [...model.walk()].flatMap(([, layer]) => (layer instanceof Dropout ? [layer] : []));
  }

  /**
   * Takes some steps, at least one.
   * @param rows of the batches, one batch after the other
   * @param batchSize examples in each
   * @param most so many steps at most; as many batches have to be in `rows`
   * @returns the losses of the steps taken
   */
  take(rows: Int32Array, batchSize: number, most: number): ArrayLike<number> {
    const given = this.#dropouts.some(({ mask }) => mask !== undefined);
    const graph = this.#compiles && !given ? this.#loop(batchSize) : undefined;
    if (!graph) return [this.#takeOne(rows.subarray(0, batchSize))];
    const count = Math.min(most, this.#pace);
    const start = performance.now();
    const losses = tf.tidy(() => {
      const batches = tf.tensor2d(rows.subarray(0, count * batchSize), [count, batchSize], "int32");
      const { x, y } = this.#data;
      return runGraph(graph, [x, y, batches, tf.scalar(count, "int32")], count)[0]!.dataSync();
    });
    const perStep = (performance.now() - start) / count;
    this.#pace = Math.max(1, Math.min(4 * count, Math.floor(callMs / perStep)));
    return losses;
  }

  /** Frees the graphs; parameters have their values then. */
  dispose(): void {
    for (const graph of this.#loops.values()) forgetGraph(graph);
    this.#loops.clear();
  }

  #takeOne(rows: Int32Array): number {
    const batch = this.#data.rows(rows);
    try {
      return trainStep(this.#model, batch, this.#options);
    } finally {
      batch.dispose();
    }
  }

  /** The loop for batches of this size; none where the step cannot be traced, which is said. */
  #loop(batchSize: number): Graph | undefined {
    const frozen = [...this.#model.parameters].filter(([, { frozen }]) => frozen).map(([name]) => name);
    const key = `${batchSize} ${frozen}`;
    let graph = this.#loops.get(key);
    if (graph) return graph;
    try {
      graph = this.#trace(batchSize);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      announce(`fit trains operation by operation: ${error.message}`);
      this.#compiles = false;
      return undefined;
    }
    this.#loops.set(key, graph);
    return graph;
  }

  #trace(batchSize: number): Graph {
    const { x, y } = this.#data;
    const model = this.#model;
    const { loss } = this.#options;
    const checked = {
      ...loss,
      value: (predictions: Tensor, targets: Tensor) => {
        loss.checkTargets?.([this.#data.length, ...predictions.shape.slice(1)], y);
        return loss.value(predictions, targets);
      },
    };
    const rows = tf.tensor1d(new Int32Array(batchSize), "int32");
    try {
      const step = trace([x, y, rows], ([all, targets, indices]) => [
        stepLoss(model, tf.gather(all!, indices!), tf.gather(targets!, indices!), { ...this.#options, loss: checked }),
      ]);
      // Other data of the same kind, such as another fold's, then have the same graph.
      for (const { attributes, outputs } of step.inputs.slice(0, 2)) {
        attributes.shape = { shape: [-1, ...outputs[0]!.shape!.slice(1)] };
      }
      return loop(step, [2], `steps of ${batchSize}`);
    } finally {
      rows.dispose();
    }
  }
}
