/** Nesterov: momentum that looks ahead. */

import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import type { Parameter } from "../layers/layer.js";
import { Momentum } from "./momentum.js";

/**
 * v ← momentum · v − learningRate · g,  w ← w + momentum · v − learningRate · g; learningRate default 0.01, momentum 0.9.
 *
 * Nesterov 1983 takes the gradient where the velocity is about to lead, at w + momentum · v. Here, as in Keras and PyTorch,
 * w is that point itself: then the gradient is the usual one (Bengio et al. 2013). To PyTorch's form see `Momentum`.
 */
export class Nesterov extends Momentum {
  protected override update(name: string, parameter: Parameter, gradient: Tensor, learningRate: Scalar): void {
    const velocity = this.slot(name, "velocity", parameter);
    const step = tf.mul(gradient, learningRate);
    velocity.assign(tf.sub(tf.mul(velocity, this.momentum), step));
    parameter.value.assign(tf.sub(tf.add(parameter.value, tf.mul(velocity, this.momentum)), step));
  }
}
