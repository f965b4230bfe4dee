/** Evaluate and predict: the model as it is, in batches so that large data fits in memory. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { expectOptions } from "../checks/expect-options.js";
import { noteProbabilities, probabilitiesFrom } from "../checks/probabilities.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses.js";
import type { Metric } from "../metrics.js";
import { expectEvaluation, expectPrediction } from "./arguments.js";
import type { Dataset } from "./dataset.js";
import type { Evaluation } from "./evaluation.js";
import { forwardOf } from "./forward.js";
import { lossOf, metricsOf } from "./measures.js";

/** How predictions are computed. */
export interface PredictOptions {
  /** Examples that go through the model at once; changes memory and time, not the result. Default 2048. */
  batchSize?: number;
}

/** What is computed from the predictions, and how. */
export interface EvaluateOptions<Name extends string = string> extends PredictOptions {
  loss: Loss;
  /** Computed from the predictions for all examples. Default none. */
  metrics?: Record<Name, Metric>;
}

/**
 * Predictions of `model` for x [examples, …], with `training` false; the caller disposes them.
 *
 * A model of Gradbook's own layers that is asked again for inputs of one shape becomes a graph, once its calls have cost more than
 * that does. A layer of one's own may compute otherwise from call to call: where it does not,
 * `compile((x) => model.forward(x, false))` does the same for it.
 *
 * @example
 * ```ts
 * import { constant, Dense, predict, tf } from "gradbook";
 *
 * const model = new Dense(1, 1, { weight: constant(3) });
 * console.log(predict(model, tf.tensor2d([[1], [2]])).arraySync()); // [ [ 3 ], [ 6 ] ]
 * ```
 */
export function predict(model: Layer, x: Tensor, options: PredictOptions = {}): Tensor {
  const { batchSize = 2048 } = expectOptions("predict", options, ["batchSize"]);
  expectPrediction("predict", model, x);
  let kind: string | undefined;
  const forward = forwardOf(model);
  const predictions = inBatches(x, batchSize, (part) => {
    const y = forward(part);
    kind = probabilitiesFrom(y);
    return y;
  });
  return noteProbabilities(predictions, kind);
}

/** `forward` of x, in parts of at most `batchSize` examples. */
export function inBatches(x: Tensor, batchSize: number, forward: (part: Tensor) => Tensor): Tensor {
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

/**
 * Loss and metrics of `model` on all of `data`, with `training` false.
 *
 * @example
 * ```ts
 * import { constant, Dataset, Dense, evaluate, meanSquaredError, r2, tf } from "gradbook";
 *
 * const model = new Dense(1, 1, { weight: constant(3) });
 * const data = new Dataset(tf.tensor2d([[1], [2]]), tf.tensor2d([[3], [8]]));
 * const { loss, metrics } = evaluate(model, data, { loss: meanSquaredError(), metrics: { r2 } });
 * console.log(loss, metrics.r2!.toFixed(2)); // 2 0.68
 * ```
 */
export function evaluate<Name extends string = never>(
  model: Layer,
  data: Dataset,
  options: EvaluateOptions<Name>,
): Evaluation<Name> {
  expectEvaluation("evaluate", model, data, options);
  const { loss, metrics = {}, batchSize } = options as EvaluateOptions;
  const result: Evaluation = { loss: 0, metrics: {}, predictions: new Float32Array() };
  // Returns nothing: a tidy would look for tensors among all the predictions.
  tf.tidy(() => {
    const predictions = predict(model, data.x, { batchSize });
    result.loss = lossOf(loss, predictions, data.y, data.weights).dataSync()[0]!;
    const values = metricsOf(metrics, predictions, data.y);
    for (const [i, name] of Object.keys(metrics).entries()) result.metrics[name] = values[i]!.dataSync()[0]!;
    result.predictions = predictions.dataSync() as Float32Array;
  });
  return result as Evaluation<Name>;
}
