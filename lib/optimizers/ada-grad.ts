/** AdaGrad: steps scaled by the sum of all squared gradients so far. */
import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { optimizerOptions } from "../checks/expect-optimizer.js";
import { expectOptions } from "../checks/expect-options.js";
import type { Parameter } from "../layers/layer.js";
import { Optimizer } from "./optimizer.js";
import type { OptimizerOptions } from "./options.js";

/** What `AdaGrad` takes beside the options of every optimizer. */
export interface AdaGradOptions extends OptimizerOptions {
  /** Keeps the division finite; > 0; default 1e-7. */
  epsilon?: number;
}

/**
 * h ← h + g²,  w ← w − learningRate · g / (√h + epsilon), h = 0 at first; learningRate default 0.01. Duchi, Hazan and Singer
 * 2011. PyTorch's rule (its epsilon: 1e-10); Keras and TensorFlow start h at 0.1 and have epsilon inside the root.
 *
 * @example
 * ```ts
 * import { AdaGrad, Dataset, Dense, fit, meanSquaredError, seed, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const optimizer = new AdaGrad({ learningRate: 0.5 });
 * const history = await fit(new Dense(1, 1), data, { loss: meanSquaredError(), optimizer, epochs: 200 });
 * console.log(history.loss.at(-1)! < 0.001); // true
 * ```
 */
export class AdaGrad extends Optimizer {
  readonly epsilon: number;

  constructor(given: AdaGradOptions = {}) {
    expectOptions(new.target.name, given, [...optimizerOptions, "epsilon"]);
    const { learningRate = 0.01, epsilon = 1e-7, ...options } = given;
    super({ learningRate, ...options });
    expectNumbers("AdaGrad", "above 0", { epsilon });
    this.epsilon = epsilon;
  }

  protected override update(name: string, parameter: Parameter, gradient: Tensor, learningRate: Scalar): void {
    const h = this.slot(name, "h", parameter);
    h.assign(tf.add(h, tf.square(gradient)));
    const step = tf.div(tf.mul(gradient, learningRate), tf.add(tf.sqrt(h), this.epsilon));
    parameter.value.assign(tf.sub(parameter.value, step));
  }
}
