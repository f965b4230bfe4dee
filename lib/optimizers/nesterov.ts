/** Nesterov: momentum that looks ahead. */

import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import type { Parameter } from "../layers/layer.js";
import { Momentum } from "./momentum.js";

/**
 * v ← momentum · v − learningRate · g,  w ← w + momentum · v − learningRate · g; learningRate default 0.01, momentum 0.9.
 *
 * Nesterov 1983 takes the gradient where the velocity is about to lead, at w + momentum · v. Here, as in Keras and PyTorch,
 * w is that point itself: then the gradient is the usual one (Bengio et al. 2013). To PyTorch's form see `Momentum`.
 *
 * @example
 * ```ts
 * import { Dataset, Dense, fit, meanSquaredError, Nesterov, seed, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const optimizer = new Nesterov({ learningRate: 0.1, momentum: 0.9 });
 * const history = await fit(new Dense(1, 1), data, { loss: meanSquaredError(), optimizer, epochs: 200 });
 * console.log(history.loss.at(-1)! < 0.001); // true
 * ```
 */
export class Nesterov extends Momentum {
  protected override update(name: string, parameter: Parameter, gradient: Tensor, learningRate: Scalar): void {
    const velocity = this.slot(name, "velocity", parameter);
    const step = tf.mul(gradient, learningRate);
    velocity.assign(tf.sub(tf.mul(velocity, this.momentum), step));
    parameter.value.assign(tf.sub(tf.add(parameter.value, tf.mul(velocity, this.momentum)), step));
  }
}
