/** SGD: stochastic gradient descent. */
import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { optimizerOptions } from "../checks/expect-optimizer.js";
import { expectOptions } from "../checks/expect-options.js";
import type { Parameter } from "../layers/layer.js";
import { Optimizer } from "./optimizer.js";
import type { OptimizerOptions } from "./options.js";

/**
 * w ← w − learningRate · g; learningRate default 0.01. Robbins and Monro 1951.
 *
 * @example
 * ```ts
 * import { Dataset, Dense, fit, meanSquaredError, seed, SGD, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const optimizer = new SGD({ learningRate: 0.1 });
 * const history = await fit(new Dense(1, 1), data, { loss: meanSquaredError(), optimizer, epochs: 200 });
 * console.log(history.loss.at(-1)! < 0.001); // true
 * ```
 */
export class SGD extends Optimizer {
  constructor(given: OptimizerOptions = {}) {
    const { learningRate = 0.01, ...options } = expectOptions(new.target.name, given, optimizerOptions);
    super({ learningRate, ...options });
  }

  protected override update(_name: string, { value }: Parameter, gradient: Tensor, learningRate: Scalar): void {
    value.assign(tf.sub(value, tf.mul(gradient, learningRate)));
  }
}
