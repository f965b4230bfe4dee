/** Evaluate and predict: the model as it is, in batches so that large data fits in memory. */
import { announce } from "gradbook-engine/compile/announce";
import { type Compiled, compile } from "gradbook-engine/compile/compile";
import { TraceError } from "gradbook-engine/compile/trace-error";
import { engine, type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses.js";
import type { Metric } from "../metrics.js";
import type { Dataset } from "./dataset.js";

/** How predictions are computed. */
export interface PredictOptions {
  /** Examples that go through the model at once; changes memory and time, not the result. Default 2048. */
  batchSize?: number;
}

/** What is computed from the predictions, and how. */
export interface EvaluateOptions extends PredictOptions {
  loss: Loss;
  /** Computed from the predictions for all examples. Default none. */
  metrics?: Record<string, Metric>;
}

/** What `evaluate` found. */
export interface Evaluation {
  loss: number;
  /** By name. */
  metrics: Record<string, number>;
  /** The predictions for all examples, row after row. */
  predictions: Float32Array;
}

/**
 * Predictions of `model` for x [examples, …], with `training` false; the caller disposes them.
 *
 * Each call runs the layers' operations one by one. For hundreds of calls on inputs of one shape,
 * `compile((x) => model.forward(x, false))` is faster, once its first call has made the graph.
 */
export const predict = (model: Layer, x: Tensor, { batchSize = 2048 }: PredictOptions = {}): Tensor =>
  inBatches(x, batchSize, (part) => model.forward(part, false));

/** `forward` of x, in parts of at most `batchSize` examples. */
function inBatches(x: Tensor, batchSize: number, forward: (part: Tensor) => Tensor): Tensor {
  expectNumbers("predict", "to be a positive integer", { batchSize });
  const [count = 0] = x.shape;
  if (count <= batchSize) return tf.tidy(() => forward(x));
  return tf.tidy(() => {
    const parts: Tensor[] = [];
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start);
      parts.push(tf.tidy(() => forward(tf.slice(x, start, size))));
    }
    return tf.concat(parts);
  });
}

/** Loss and metrics of `model` on all of `data`, with `training` false. */
export const evaluate = (model: Layer, data: Dataset, options: EvaluateOptions): Evaluation =>
  new Evaluator(model, options, false).evaluate(data);

/** `plain` compiled, but as it is from the moment on when it turns out that it cannot be traced. */
function compiledOrNot<Arguments extends Tensor[], Result>(
  plain: (...args: Arguments) => Result,
): Compiled<Arguments, Result> {
  const compiled = compile(plain);
  let fails = false;
  const attempt =
    <Outcome>(run: (...args: Arguments) => Outcome, otherwise: (...args: Arguments) => Outcome) =>
    (...args: Arguments): Outcome => {
      if (fails) return otherwise(...args);
      try {
        return run(...args);
      } catch (error) {
        if (!(error instanceof TraceError)) throw error;
        announce(`fit evaluates operation by operation: ${error.message}`);
        fails = true;
        return otherwise(...args);
      }
    };
  const { prepare, dispose } = compiled;
  return Object.assign(attempt(compiled, plain), { prepare: attempt(prepare, () => {}), dispose });
}

/** `plain` as it is. */
const eager = <Arguments extends Tensor[], Result>(
  plain: (...args: Arguments) => Result,
): Compiled<Arguments, Result> =>
  Object.assign((...args: Arguments) => plain(...args), { prepare: () => {}, dispose: () => {} });

/** By what each model was evaluated last. */
const known = new WeakMap<Layer, Evaluator>();

/** Evaluates a model again and again, as `fit` does: compiled where the engine has graphs. */
export class Evaluator {
  readonly #options: EvaluateOptions;
  readonly #compiles: boolean;
  readonly #forward: Compiled<[x: Tensor], Tensor>;
  readonly #score: Compiled<[predictions: Tensor, targets: Tensor], Scalar[]>;
  /** Predictions and scores at once, for data that go through the model at once. */
  readonly #both: Compiled<[x: Tensor, targets: Tensor], Tensor[]>;
  /** Data whose targets have been checked, which a graph cannot do. */
  readonly #checked = new WeakSet<Dataset>();

  constructor(model: Layer, options: EvaluateOptions, compiles = engine.name === "native") {
    const { loss, metrics = {} } = options;
    const forward = (x: Tensor): Tensor => model.forward(x, false);
    const score = (predictions: Tensor, targets: Tensor): Scalar[] => [
      loss.value(predictions, targets),
      ...Object.values(metrics).map((metric) => metric(predictions, targets)),
    ];
    const both = (x: Tensor, targets: Tensor): Tensor[] => {
      const predictions = forward(x);
      return [predictions, ...score(predictions, targets)];
    };
    this.#options = options;
    this.#compiles = compiles;
    const made = compiles ? compiledOrNot : eager;
    this.#forward = made(forward);
    this.#score = made(score);
    this.#both = made(both);
  }

  /** The evaluator of `model` that was there last, where it computes the same. */
  static of(model: Layer, options: EvaluateOptions): Evaluator {
    const before = known.get(model);
    if (before) {
      if (before.#computes(options)) return before;
      for (const { dispose } of [before.#forward, before.#score, before.#both]) dispose();
    }
    const evaluator = new Evaluator(model, options);
    known.set(model, evaluator);
    return evaluator;
  }

  /** Makes the graph that evaluates `data`, where they go through the model at once. */
  prepare(data: Dataset): void {
    if (data.length <= (this.#options.batchSize ?? 2048)) this.#both.prepare(data.x, data.y);
  }

  /** Loss and metrics on all of `data`, with `training` false. */
  evaluate(data: Dataset): Evaluation {
    const { metrics = {}, batchSize = 2048 } = this.#options;
    const result: Evaluation = { loss: 0, metrics: {}, predictions: new Float32Array() };
    tf.tidy(() => {
      const all = data.length <= batchSize ? this.#both(data.x, data.y) : this.#inParts(data, batchSize);
      const [predictions, ...scores] = all as [Tensor, ...Tensor[]];
      if (this.#compiles) this.#check(predictions.shape, data);
      const [loss, ...values] = scores.map((scalar) => scalar.dataSync()[0]!);
      result.loss = loss!;
      for (const [i, name] of Object.keys(metrics).entries()) result.metrics[name] = values[i]!;
      result.predictions = predictions.dataSync() as Float32Array;
    });
    return result;
  }

  #inParts({ x, y }: Dataset, batchSize: number): Tensor[] {
    const predictions = inBatches(x, batchSize, this.#forward);
    return [predictions, ...this.#score(predictions, y)];
  }

  #computes({ loss, metrics = {}, batchSize }: EvaluateOptions): boolean {
    const own = Object.entries(this.#options.metrics ?? {});
    const same = own.length === Object.keys(metrics).length && own.every(([name, metric]) => metrics[name] === metric);
    return same && loss === this.#options.loss && batchSize === this.#options.batchSize;
  }

  #check(shape: number[], data: Dataset): void {
    if (this.#checked.has(data)) return;
    const { loss, metrics = {} } = this.#options;
    for (const checks of [loss, ...Object.values(metrics)]) checks.checkTargets?.(shape, data.y);
    this.#checked.add(data);
  }
}
