/** One training step: forward, loss, backward, update. */
import { type Scalar, tf } from "gradbook-engine/tensor";
import type { Layer, Parameters } from "../layers/layer.js";
import { expectTraining } from "./arguments.js";
import { augmented } from "./augment.js";
import type { Batch } from "./dataset.js";
import { gradientOf, lossOf } from "./measures.js";
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
  const value = tf.addN([lossOf(loss, predictions, y, weights), ...penalties]) as Scalar;
  model.backward(gradientOf(loss, predictions, y, weights));
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
 *
 * @example
 * ```ts
 * import { Dataset, Dense, meanSquaredError, seed, SGD, tf, trainStep } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const options = { loss: meanSquaredError(), optimizer: new SGD({ learningRate: 0.1 }) };
 * const model = new Dense(1, 1);
 * for (let step = 0; step < 200; step += 1) trainStep(model, data.batch(0, 64), options);
 * console.log(model.parameters.get("weight")!.value.dataSync()[0]!.toFixed(2)); // 3.00
 * ```
 */
export function trainStep(model: Layer, batch: Batch, options: StepOptions): number {
  expectTraining("trainStep", model, batch, options);
  return tf.tidy(() => stepLoss(model, batch, options).dataSync()[0]!);
}
