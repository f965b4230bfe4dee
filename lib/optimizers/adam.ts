/** Adam: steps scaled by running means of the gradient and of its square. */
import { live } from "gradbook-engine/live";
import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { optimizerOptions } from "../checks/expect-optimizer.js";
import { expectOptions } from "../checks/expect-options.js";
import type { Parameter } from "../layers/layer.js";
import { Optimizer } from "./optimizer.js";
import type { OptimizerOptions } from "./options.js";

/** What `Adam` takes beside the options of every optimizer. */
export interface AdamOptions extends OptimizerOptions {
  /** Weight of the old mean of the gradient, in [0, 1); default 0.9. */
  beta1?: number;
  /** Weight of the old mean of the squared gradient, in [0, 1); default 0.999. */
  beta2?: number;
  /** Keeps the division finite; > 0; default 1e-8. */
  epsilon?: number;
  /** Divide by the largest √v so far in place of the latest, so that no step size ever grows; default false. */
  amsgrad?: boolean;
}

/** What Adam's rule computes with at one step. */
export interface AdamNumbers {
  beta1: number;
  beta2: number;
  /** What the learning rate is multiplied by, √(1 − beta2ᵗ) / (1 − beta1ᵗ). */
  correction: Scalar;
  /** epsilonₜ */
  epsilon: Scalar;
}

/**
 * m ← beta1 m + (1 − beta1) g,  v ← beta2 v + (1 − beta2) g²,
 * w ← w − learningRate · m̂ / (√v̂ + epsilon)  with m̂ = m / (1 − beta1ᵗ), v̂ = v / (1 − beta2ᵗ), t the number of the step;
 * learningRate default 0.001.
 *
 * Kingma and Ba 2015, algorithm 1. Written with the two corrections folded into numbers, as in the paper's section 2:
 * w ← w − stepSize · m / (√v + epsilonₜ), stepSize = learningRate √(1 − beta2ᵗ) / (1 − beta1ᵗ), epsilonₜ = epsilon √(1 − beta2ᵗ).
 * amsgrad (Reddi, Kale and Kumar 2018): vMax ← max(vMax, v) takes the place of v in the last line.
 * PyTorch's rules; Keras and TensorFlow add epsilon (1e-7) itself in place of epsilonₜ.
 *
 * t counts the optimizer's steps: PyTorch counts each parameter's. They differ for a parameter that is frozen at first; give
 * parameters that are unfrozen later a new optimizer.
 *
 * @example
 * ```ts
 * import { Adam, Dataset, Dense, fit, meanSquaredError, seed, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const optimizer = new Adam({ learningRate: 0.1 });
 * const history = await fit(new Dense(1, 1), data, { loss: meanSquaredError(), optimizer, epochs: 200 });
 * console.log(history.loss.at(-1)! < 0.001); // true
 * ```
 */
export class Adam extends Optimizer {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly amsgrad: boolean;
  /** The numbers of the step under way; made by `begin`. */
  protected now?: AdamNumbers;

  constructor(given: AdamOptions = {}) {
    expectOptions(new.target.name, given, [...optimizerOptions, "beta1", "beta2", "epsilon", "amsgrad"]);
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, amsgrad = false, ...options } = given;
    super(options);
    expectNumbers(this.constructor.name, "in [0, 1)", { beta1, beta2 });
    expectNumbers(this.constructor.name, "above 0", { epsilon });
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.amsgrad = amsgrad;
  }

  protected override begin(): void {
    // As float32, where 1 − 0.999 has another fifth digit: the moments and their corrections have to agree on it.
    const [beta1, beta2] = [Math.fround(this.beta1), Math.fround(this.beta2)];
    const root = () => Math.sqrt(1 - beta2 ** this.steps);
    const correction = live(() => root() / (1 - beta1 ** this.steps));
    this.now = { beta1, beta2, correction, epsilon: live(() => this.epsilon * root()) };
  }

  protected override update(name: string, parameter: Parameter, gradient: Tensor, learningRate: Scalar): void {
    const { beta1, beta2, correction, epsilon } = this.now!;
    const { value } = parameter;
    const m = this.slot(name, "m", parameter);
    const v = this.slot(name, "v", parameter);
    const vMax = this.amsgrad ? this.slot(name, "vMax", parameter) : undefined;
    m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
    v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    vMax?.assign(tf.maximum(vMax, v));
    const stepSize = tf.mul(learningRate, correction);
    const step = tf.div(tf.mul(m, stepSize), tf.add(tf.sqrt(vMax ?? v), epsilon));
    value.assign(tf.sub(value, step));
  }
}
