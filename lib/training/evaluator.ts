/** Evaluator: `evaluate` again and again, as `fit` does, by graphs. */
import { announce } from "gradbook-engine/compile/announce";
import { type Compiled, compile } from "gradbook-engine/compile/compile";
import { TraceError } from "gradbook-engine/compile/trace-error";
import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { noteProbabilities, probabilitiesFrom } from "../checks/probabilities.js";
import type { Layer } from "../layers/layer.js";
import { type Dataset, tensorsOf } from "./dataset.js";
import { type EvaluateOptions, inBatches } from "./evaluate.js";
import type { Evaluation } from "./evaluation.js";
import { lossOf, metricsOf } from "./measures.js";

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
  const { prepare, recheck, dispose } = compiled;
  return Object.assign(attempt(compiled, plain), { prepare: attempt(prepare, () => {}), recheck, dispose });
}

/** By what each model was evaluated last. */
const known = new WeakMap<Layer, Evaluator>();

/** The evaluations of a model with one loss and metrics; the native engine only. */
export class Evaluator {
  readonly #options: EvaluateOptions;
  readonly #forward: Compiled<[x: Tensor], Tensor>;
  /** Of predictions, targets and, where there are some, weights. */
  readonly #score: Compiled<Tensor[], Scalar[]>;
  /** Predictions and scores at once, for data that go through the model at once: of x, targets and weights. */
  readonly #both: Compiled<Tensor[], Tensor[]>;
  /** Data whose targets have been checked, which a graph cannot do. */
  readonly #checked = new WeakSet<Dataset>();

  private constructor(model: Layer, options: EvaluateOptions) {
    const { loss, metrics = {} } = options;
    let kind: string | undefined;
    const forward = (x: Tensor): Tensor => {
      const y = model.forward(x, false);
      kind = probabilitiesFrom(y);
      return y;
    };
    const score = (...[predictions, targets, weights]: Tensor[]): Scalar[] => {
      noteProbabilities(predictions!, kind); // In parts, they come from several runs of `forward`.
      return [lossOf(loss, predictions!, targets!, weights), ...metricsOf(metrics, predictions!, targets!)];
    };
    const both = (...[x, ...others]: Tensor[]): Tensor[] => {
      const predictions = forward(x!);
      return [predictions, ...score(predictions, ...others)];
    };
    this.#options = options;
    this.#forward = compiledOrNot(forward);
    this.#score = compiledOrNot(score);
    this.#both = compiledOrNot(both);
  }

  /** The evaluator of `model` that was there last, where it computes the same. */
  static of(model: Layer, options: EvaluateOptions): Evaluator {
    const before = known.get(model);
    if (before) {
      if (before.#computes(options)) return before;
      for (const { dispose } of before.#graphs) dispose();
    }
    const evaluator = new Evaluator(model, options);
    known.set(model, evaluator);
    return evaluator;
  }

  /** Makes the graph that evaluates `data`, where they go through the model at once. */
  prepare(data: Dataset): void {
    if (data.length <= (this.#options.batchSize ?? 2048)) this.#both.prepare(...tensorsOf(data));
  }

  /** Other code has run: numbers that the graphs have as constants may have changed. */
  doubt(): void {
    for (const { recheck } of this.#graphs) recheck();
  }

  /** Loss and metrics on all of `data`, with `training` false. */
  evaluate(data: Dataset): Evaluation {
    const { metrics = {}, batchSize = 2048 } = this.#options;
    const result: Evaluation = { loss: 0, metrics: {}, predictions: new Float32Array() };
    tf.tidy(() => {
      const all = data.length <= batchSize ? this.#both(...tensorsOf(data)) : this.#inParts(data, batchSize);
      const [predictions, ...scores] = all as [Tensor, ...Tensor[]];
      this.#check(predictions.shape, data);
      const [loss, ...values] = scores.map((scalar) => scalar.dataSync()[0]!);
      result.loss = loss!;
      for (const [i, name] of Object.keys(metrics).entries()) result.metrics[name] = values[i]!;
      result.predictions = predictions.dataSync() as Float32Array;
    });
    return result;
  }

  get #graphs() {
    return [this.#forward, this.#score, this.#both];
  }

  #inParts(data: Dataset, batchSize: number): Tensor[] {
    const [x, ...others] = tensorsOf(data);
    const predictions = inBatches(x!, batchSize, this.#forward);
    return [predictions, ...this.#score(predictions, ...others)];
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
