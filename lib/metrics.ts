/** Metrics: numbers that people read, computed without gradients from predictions and targets of the same shape. */
import { type Scalar, type Tensor, tf } from "./tensor.js";

export type Metric = (predictions: Tensor, targets: Tensor) => Scalar;

/** Root mean squared error, √mean((predictions − targets)²). */
export const rmse: Metric = (predictions, targets) =>
  tf.sqrt(tf.mean(tf.square(tf.sub(predictions, targets)))) as Scalar;

/**
 * The house prices' metric: √mean((log ŷ − log y)²), with predictions ŷ raised to at least 1 so that the logarithm exists.
 * A relative error: 0.1 is about 10 %.
 */
export const logRmse: Metric = (predictions, targets) => rmse(tf.log(tf.maximum(predictions, 1)), tf.log(targets));
