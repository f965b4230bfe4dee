/** What is measured at predictions: the loss, its gradient and the metrics. Each has to have its shape, or it would mean something else. */
import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { shown } from "../checks/shown.js";
import type { Loss } from "../losses.js";
import type { Metric } from "../metrics.js";

/** The loss, a scalar. @throws TypeError for another value */
export function lossOf(loss: Loss, predictions: Tensor, targets: Tensor, weights?: Tensor): Scalar {
  return scalar("the loss's value", loss.value(predictions, targets, weights));
}

/** The gradient of the loss, of the shape of the predictions. @throws TypeError for another value */
export function gradientOf(loss: Loss, predictions: Tensor, targets: Tensor, weights?: Tensor): Tensor {
  const gradient: unknown = loss.gradient(predictions, targets, weights);
  if (gradient instanceof tf.Tensor && tf.util.arraysEqual(gradient.shape, predictions.shape)) return gradient;
  throw new TypeError(
    `Expected the loss's gradient as a tensor of shape [${predictions.shape}], like the predictions, received ${tensorOrNot(gradient)}.`,
  );
}

/** The metrics in their order, scalars. @throws TypeError for another value */
export function metricsOf(metrics: Record<string, Metric>, predictions: Tensor, targets: Tensor): Scalar[] {
  return Object.entries(metrics).map(([name, metric]) => scalar(`the metric ${name}`, metric(predictions, targets)));
}

function scalar(name: string, value: unknown): Scalar {
  if (value instanceof tf.Tensor && value.size === 1) return value as Scalar;
  const remedy = value instanceof tf.Tensor ? "tf.mean(…) of it" : "tf.scalar(…), or another tensor";
  throw new TypeError(`Expected ${name} as a tensor of one number, received ${tensorOrNot(value)}: give ${remedy}.`);
}

const tensorOrNot = (value: unknown): string =>
  value instanceof tf.Tensor ? `one of shape [${value.shape}]` : shown(value);
