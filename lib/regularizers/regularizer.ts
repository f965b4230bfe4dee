/**
 * Regularizer: what keeps weights small. A penalty adds to the loss and to the gradients; damping and constraints change the
 * weights themselves, before or after the optimizer. A regularizer has only the parts it needs. One training step is
 *
 *     forward, loss (+ penalty), backward, addGradients, before, optimizer.step, after
 *
 * and belongs inside one `tf.tidy`.
 */

import type { Scalar } from "gradbook-engine/tensor";
import type { Parameters } from "../layers/layer.js";

/** Something that keeps weights small: a penalty on the loss, or a rule applied before or after the optimizer's step. */
export interface Regularizer {
  /** What it adds to the training loss, a float32 scalar; computed before the step. A penalty has this and `addGradients`. */
  penalty?(parameters: Parameters): Scalar;
  /** Adds ∂penalty/∂weight to the gradients that `backward` left. */
  addGradients?(parameters: Parameters): void;
  /** Changes the weights before the optimizer does: damping. */
  before?(parameters: Parameters): void;
  /** Changes the weights after the optimizer has: a constraint. */
  after?(parameters: Parameters): void;
}
