/** One training step: forward, loss, backward, update. */
import { type Scalar, tf } from "gradbook-engine/tensor";
import type { Layer, Parameters } from "../layers/layer.js";
import { expectTraining } from "./arguments.js";
import { augmented } from "./augment.js";
import type { Batch } from "./dataset.js";
import type { StepOptions } from "./step-options.js";

/**
 * The operations of a training step on a batch: the loss before the update, the regularizers' penalties included. Belongs inside
 * a `tf.tidy` or a compiled function.
 */
export function stepLoss(model: Layer, batch: Batch, options: StepOptions): Scalar {
  const { y, weights } = batch;
  const { loss, regularizers = [] } = options;
  const { parameters } = model;
  const predictions = model.forward(augmented(batch.x, options), true);
  const penalties = regularizers.flatMap((regularizer) => regularizer.penalty?.(parameters) ?? []);
  const value = tf.addN([loss.value(predictions, y, weights), ...penalties]) as Scalar;
  model.backward(loss.gradient(predictions, y, weights));
  for (const regularizer of regularizers) regularizer.addGradients?.(parameters);
  updateParameters(parameters, options);
  return value;
}

/** The update, from the gradients that are on the parameters: damping, the optimizer's step, constraints. */
export function updateParameters(parameters: Parameters, { optimizer, regularizers = [] }: StepOptions): void {
  for (const regularizer of regularizers) regularizer.before?.(parameters);
  optimizer.step(parameters);
  for (const regularizer of regularizers) regularizer.after?.(parameters);
}

/**
 * Trains `model` on one batch and returns the batch's loss before the update, the regularizers' penalties included. Frees every
 * tensor it makes; x and y stay.
 */
export function trainStep(model: Layer, batch: Batch, options: StepOptions): number {
  expectTraining("trainStep", model, batch, options);
  return tf.tidy(() => stepLoss(model, batch, options).dataSync()[0]!);
}
