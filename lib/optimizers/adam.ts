/** Adam: steps scaled by running means of the gradient and of its square. */
import type { Parameter } from "../layers/layer.js";
import { type Tensor, tf } from "../tensor.js";
import { Optimizer } from "./optimizer.js";

export interface AdamOptions {
  /** Step size; default 0.001. */
  learningRate?: number;
  /** Weight of the old mean of the gradient, in [0, 1); default 0.9. */
  beta1?: number;
  /** Weight of the old mean of the squared gradient, in [0, 1); default 0.999. */
  beta2?: number;
  /** Keeps the division finite; > 0; default 1e-8. */
  epsilon?: number;
}

/**
 * m ← beta1 m + (1 − beta1) g,  v ← beta2 v + (1 − beta2) g²,
 * w ← w − learningRate · m̂ / (√v̂ + epsilon)  with m̂ = m / (1 − beta1ᵗ), v̂ = v / (1 − beta2ᵗ), t the number of the step.
 *
 * Kingma and Ba 2015, algorithm 1. Written with the two corrections folded into numbers, as in the paper's section 2:
 * w ← w − stepSize · m / (√v + epsilonₜ), stepSize = learningRate √(1 − beta2ᵗ) / (1 − beta1ᵗ), epsilonₜ = epsilon √(1 − beta2ᵗ).
 */
export class Adam extends Optimizer {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;

  constructor({ learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}) {
    super(learningRate);
    for (const [name, value] of Object.entries({ beta1, beta2 })) {
      if (!(value >= 0 && value < 1)) throw new RangeError(`Adam: expected ${name} in [0, 1), received ${value}.`);
    }
    if (!(epsilon > 0)) throw new RangeError(`Adam: expected a positive epsilon, received ${epsilon}.`);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  protected override update(name: string, parameter: Parameter, gradient: Tensor): void {
    const { beta1, beta2, steps: t } = this;
    const m = this.state(name, "m", parameter);
    const v = this.state(name, "v", parameter);
    m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
    v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const correction = Math.sqrt(1 - beta2 ** t);
    const stepSize = (this.learningRate * correction) / (1 - beta1 ** t);
    const step = tf.div(tf.mul(m, stepSize), tf.add(tf.sqrt(v), this.epsilon * correction));
    parameter.value.assign(tf.sub(parameter.value, step));
  }
}
