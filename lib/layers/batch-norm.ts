/** BatchNorm: batch normalization, each feature brought to mean 0 and variance 1 over the batch, then scaled and shifted. */

import { Random } from "gradbook-engine/random";
import { type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { constant, zeros } from "../initializers.js";
import { Layer, type LayerConfig, type Parameter } from "./layer.js";

/** What a `BatchNorm` layer can be told. */
export interface BatchNormOptions {
  /** Weight of the old value in the running statistics, in [0, 1); default 0.9 (PyTorch's `momentum` is 1 minus this). */
  momentum?: number;
  /** Added to the variance, > 0; default 1e-5. */
  epsilon?: number;
  /** Running variance before the first step, ≥ 0; default 1. */
  initialVar?: number;
}

/**
 * y = gamma · x̂ + beta, x̂ = (x − mean) / √(var + epsilon), for x [batch, features] or [batch, height, width, features];
 * gamma (at first 1), beta (at first 0), mean and var are [features].
 *
 * Training takes mean and var over all axes but the last, and moves the running statistics along:
 * runningMean ← momentum · runningMean + (1 − momentum) · mean (at first 0), runningVar likewise. Prediction takes the running
 * statistics. The variance is the biased one (divided by the number n of values) in both places: what is kept is what was
 * divided by. PyTorch keeps the unbiased one, n / (n − 1) times as large. A single value has variance 0: y = beta.
 *
 * Backward in training, where mean and var depend on x: d beta = Σ dy, d gamma = Σ dy ⊙ x̂,
 * dx = gamma / √(var + epsilon) · (dy − d beta / n − x̂ · d gamma / n). In prediction dx = gamma / √(var + epsilon) · dy.
 * Ioffe and Szegedy 2015.
 */
export class BatchNorm extends Layer {
  readonly gamma: Parameter;
  readonly beta: Parameter;
  readonly runningMean: Variable;
  readonly runningVar: Variable;
  readonly momentum: number;
  readonly epsilon: number;
  readonly initialVar: number;
  #kept?: { normalized: Tensor; inverseStd: Tensor; training: boolean };

  constructor(
    readonly features: number,
    { momentum = 0.9, epsilon = 1e-5, initialVar = 1 }: BatchNormOptions = {},
  ) {
    super();
    expectNumbers("BatchNorm", "to be a positive integer", { features });
    expectNumbers("BatchNorm", "in [0, 1)", { momentum });
    expectNumbers("BatchNorm", "above 0", { epsilon });
    expectNumbers("BatchNorm", "at least 0", { initialVar });
    this.momentum = momentum;
    this.epsilon = epsilon;
    this.initialVar = initialVar;
    const random = new Random(0); // asked for, never drawn from
    this.gamma = this.addParameter("gamma", [features], constant(1), random);
    this.beta = this.addParameter("beta", [features], zeros, random);
    this.runningMean = tf.tidy(() => tf.variable(tf.zeros([features]), false));
    this.runningVar = tf.tidy(() => tf.variable(tf.fill([features], initialVar), false));
    this.buffers.set("runningMean", this.runningMean).set("runningVar", this.runningVar);
  }

  override get config(): LayerConfig {
    const { features, momentum, epsilon, initialVar } = this;
    return { type: "BatchNorm", features, momentum, epsilon, initialVar };
  }

  override forward(x: Tensor, training: boolean): Tensor {
    const { features, epsilon } = this;
    if ((x.rank !== 2 && x.rank !== 4) || x.shape.at(-1) !== features) {
      throw new RangeError(
        `BatchNorm: expected an input of shape [batch, ${features}] or [batch, height, width, ${features}], received [${x.shape}].`,
      );
    }
    const axes = x.rank === 2 ? [0] : [0, 1, 2];
    const mean = training ? tf.mean(x, axes) : this.runningMean;
    const centered = tf.sub(x, mean);
    const variance = training ? tf.mean(tf.square(centered), axes) : this.runningVar;
    if (training) {
      this.#follow(this.runningMean, mean);
      this.#follow(this.runningVar, variance);
    }
    const inverseStd = tf.rsqrt(tf.add(variance, epsilon));
    const normalized = tf.mul(centered, inverseStd);
    this.#kept = { normalized, inverseStd, training };
    return tf.add(tf.mul(normalized, this.gamma.value), this.beta.value);
  }

  override backward(dy: Tensor): Tensor {
    const { normalized, inverseStd, training } = this.kept(this.#kept);
    const axes = dy.rank === 2 ? [0] : [0, 1, 2];
    const dBeta = tf.sum(dy, axes);
    const dGamma = tf.sum(tf.mul(dy, normalized), axes);
    this.beta.gradient = this.beta.frozen ? undefined : dBeta;
    this.gamma.gradient = this.gamma.frozen ? undefined : dGamma;
    const scale = tf.mul(this.gamma.value, inverseStd);
    if (!training) return tf.mul(dy, scale);
    const share = 1 / (dy.size / this.features);
    const throughStatistics = tf.add(tf.mul(dBeta, share), tf.mul(normalized, tf.mul(dGamma, share)));
    return tf.mul(tf.sub(dy, throughStatistics), scale);
  }

  /** running ← momentum · running + (1 − momentum) · now */
  #follow(running: Variable, now: Tensor): void {
    running.assign(tf.add(tf.mul(running, this.momentum), tf.mul(now, 1 - this.momentum)));
  }
}
