/** RMSProp: steps scaled by a running mean of the squared gradient. */

import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { optimizerOptions } from "../checks/expect-optimizer.js";
import { expectOptions } from "../checks/expect-options.js";
import type { Parameter } from "../layers/layer.js";
import { Optimizer } from "./optimizer.js";
import type { OptimizerOptions } from "./options.js";

/** What `RMSProp` takes beside the options of every optimizer. */
export interface RMSPropOptions extends OptimizerOptions {
  /** Weight of the old mean of the squared gradient, in [0, 1); default 0.9. PyTorch calls it alpha (default 0.99). */
  rho?: number;
  /** Keeps the division finite; > 0; default 1e-8. */
  epsilon?: number;
}

/**
 * v ← rho · v + (1 − rho) g²,  w ← w − learningRate · g / (√v + epsilon), v = 0 at first; learningRate default 0.001. Hinton
 * 2012, lecture 6e. PyTorch's rule, without centering and momentum; Keras and TensorFlow have epsilon inside the root.
 *
 * @example
 * ```ts
 * import { cosineDecay, Dataset, Dense, fit, meanSquaredError, RMSProp, seed, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const optimizer = new RMSProp({ learningRate: cosineDecay(0.05, { steps: 400 }) });
 * const history = await fit(new Dense(1, 1), data, { loss: meanSquaredError(), optimizer, epochs: 200 });
 * console.log(history.loss.at(-1)! < 0.001); // true
 * ```
 */
export class RMSProp extends Optimizer {
  readonly rho: number;
  readonly epsilon: number;

  constructor(given: RMSPropOptions = {}) {
    expectOptions(new.target.name, given, [...optimizerOptions, "rho", "epsilon"]);
    const { learningRate = 0.001, rho = 0.9, epsilon = 1e-8, ...options } = given;
    super({ learningRate, ...options });
    expectNumbers("RMSProp", "in [0, 1)", { rho });
    expectNumbers("RMSProp", "above 0", { epsilon });
    this.rho = rho;
    this.epsilon = epsilon;
  }

  protected override update(name: string, parameter: Parameter, gradient: Tensor, learningRate: Scalar): void {
    const v = this.slot(name, "v", parameter);
    v.assign(tf.add(tf.mul(v, this.rho), tf.mul(tf.square(gradient), 1 - this.rho)));
    const step = tf.div(tf.mul(gradient, learningRate), tf.add(tf.sqrt(v), this.epsilon));
    parameter.value.assign(tf.sub(parameter.value, step));
  }
}
