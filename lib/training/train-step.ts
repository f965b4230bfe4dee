/** One training step: forward, loss, backward, update. */
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import { tf } from "../tensor.js";
import type { Batch } from "./dataset.js";

/** What a training step needs besides the model and the batch. */
export interface StepOptions {
  loss: Loss;
  optimizer: Optimizer;
  /** Penalties, damping and constraints, in this order. Default none. */
  regularizers?: readonly Regularizer[];
}

/**
 * Trains `model` on one batch and returns the batch's loss before the update, the regularizers' penalties included. Frees every
 * tensor it makes; x and y stay.
 */
export function trainStep(model: Layer, { x, y }: Batch, { loss, optimizer, regularizers = [] }: StepOptions): number {
  const { parameters } = model;
  return tf.tidy(() => {
    const predictions = model.forward(x, true);
    let value = loss.value(predictions, y).dataSync()[0]!;
    for (const regularizer of regularizers) value += regularizer.penalty?.(parameters).dataSync()[0] ?? 0;
    model.backward(loss.gradient(predictions, y));
    for (const regularizer of regularizers) regularizer.addGradients?.(parameters);
    for (const regularizer of regularizers) regularizer.before?.(parameters);
    optimizer.step(parameters);
    for (const regularizer of regularizers) regularizer.after?.(parameters);
    return value;
  });
}
