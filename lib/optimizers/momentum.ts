/** Momentum: gradient descent with a velocity. */
import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { optimizerOptions } from "../checks/expect-optimizer.js";
import { expectOptions } from "../checks/expect-options.js";
import type { Parameter } from "../layers/layer.js";
import { Optimizer } from "./optimizer.js";
import type { OptimizerOptions } from "./options.js";

/** What `Momentum` and `Nesterov` take beside the options of every optimizer. */
export interface MomentumOptions extends OptimizerOptions {
  /** The share of the velocity that is kept from step to step, in [0, 1); default 0.9. */
  momentum?: number;
}

/**
 * v ← momentum · v − learningRate · g,  w ← w + v; learningRate default 0.01. Polyak 1964; Keras's form.
 *
 * PyTorch keeps the rate out of the velocity (v ← momentum · v + g, w ← w − learningRate · v): the same weights as long as
 * the rate is constant; when it falls, ours goes on for a while at the old pace.
 *
 * @example
 * ```ts
 * import { Dataset, Dense, fit, meanSquaredError, Momentum, seed, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const optimizer = new Momentum({ learningRate: 0.1, momentum: 0.9 });
 * const history = await fit(new Dense(1, 1), data, { loss: meanSquaredError(), optimizer, epochs: 200 });
 * console.log(history.loss.at(-1)! < 0.001); // true
 * ```
 */
export class Momentum extends Optimizer {
  readonly momentum: number;

  constructor(given: MomentumOptions = {}) {
    expectOptions(new.target.name, given, [...optimizerOptions, "momentum"]);
    const { learningRate = 0.01, momentum = 0.9, ...options } = given;
    super({ learningRate, ...options });
    expectNumbers(this.constructor.name, "in [0, 1)", { momentum });
    this.momentum = momentum;
  }

  protected override update(name: string, parameter: Parameter, gradient: Tensor, learningRate: Scalar): void {
    const velocity = this.slot(name, "velocity", parameter);
    velocity.assign(tf.sub(tf.mul(velocity, this.momentum), tf.mul(gradient, learningRate)));
    parameter.value.assign(tf.add(parameter.value, velocity));
  }
}
