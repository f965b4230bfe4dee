/** BatchNorm: batch normalization, each feature brought to mean 0 and variance 1 over the batch, then scaled and shifted. */

import { Random } from "gradbook-engine/random";
import { type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { expectOptions } from "../checks/expect-options.js";
import { constant, zeros } from "../initializers.js";
import { Layer, type LayerArguments, type LayerConfig, type Parameter } from "./layer.js";

/** What a `BatchNorm` layer can be told. */
export interface BatchNormOptions {
  /** Weight of the old value in the running statistics, in [0, 1); default 0.9 (PyTorch's `momentum` is 1 minus this). */
  momentum?: number;
  /** Added to the variance, > 0; default 1e-5. */
  epsilon?: number;
  /** Running variance before the first step, ≥ 0; default 1. */
  initialVar?: number;
  /** Whether the running variance is the unbiased one, as PyTorch keeps it; default false. */
  unbiased?: boolean;
}

/**
 * y = gamma · x̂ + beta, x̂ = (x − mean) / √(var + epsilon), for x [batch, features] or [batch, height, width, features];
 * gamma (at first 1), beta (at first 0), mean and var are [features].
 *
 * Training takes mean and var over all axes but the last, and moves the running statistics along:
 * runningMean ← momentum · runningMean + (1 − momentum) · mean (at first 0), runningVar likewise. Prediction takes the running
 * statistics. The variance is the biased one (divided by the number n of values) in both places: what is kept is what was
 * divided by. With `unbiased` the kept one is n / (n − 1) times as large, as in PyTorch: needed to train on from its weights.
 * A single value has variance 0: y = beta.
 *
 * Frozen (gamma and beta both), it computes as in prediction and its running statistics stay, in training too: Keras's rule,
 * which fine-tuning needs. PyTorch's layers move theirs on as long as they are in `train()`.
 *
 * Backward in training, where mean and var depend on x: d beta = Σ dy, d gamma = Σ dy ⊙ x̂,
 * dx = gamma / √(var + epsilon) · (dy − d beta / n − x̂ · d gamma / n). In prediction dx = gamma / √(var + epsilon) · dy.
 * Ioffe and Szegedy 2015.
 *
 * `new BatchNorm(16)`, or `new BatchNorm()` for as many features as the data have.
 *
 * @example
 * ```ts
 * import { BatchNorm, tf } from "gradbook";
 *
 * const layer = new BatchNorm(1);
 * const y = layer.forward(tf.tensor2d([[1], [3]]), true);
 * console.log(tf.round(y).arraySync(), layer.buffers.size); // [ [ -1 ], [ 1 ] ] 2
 * ```
 */
export class BatchNorm extends Layer {
  readonly momentum: number;
  readonly epsilon: number;
  readonly initialVar: number;
  readonly unbiased: boolean;
  #own?: { gamma: Parameter; beta: Parameter; runningMean: Variable; runningVar: Variable };
  #kept?: { normalized: Tensor; inverseStd: Tensor; fromBatch: boolean };

  constructor(features: number, options?: BatchNormOptions);
  constructor(options?: BatchNormOptions);
  constructor(first?: number | BatchNormOptions, second?: BatchNormOptions) {
    super();
    const [features, options = {}] = typeof first === "object" ? [undefined, first] : [first, second];
    expectOptions("BatchNorm", options, ["momentum", "epsilon", "initialVar", "unbiased"]);
    const { momentum = 0.9, epsilon = 1e-5, initialVar = 1, unbiased = false } = options;
    expectNumbers("BatchNorm", "to be a positive integer", { features });
    expectNumbers("BatchNorm", "in [0, 1)", { momentum });
    expectNumbers("BatchNorm", "above 0", { epsilon });
    expectNumbers("BatchNorm", "at least 0", { initialVar });
    this.momentum = momentum;
    this.epsilon = epsilon;
    this.initialVar = initialVar;
    this.unbiased = unbiased;
    if (features !== undefined) this.#make(features);
  }

  static from(given: LayerArguments): Layer {
    const options = {
      momentum: given.number("momentum"),
      epsilon: given.number("epsilon"),
      initialVar: given.number("initialVar"),
      unbiased: given.has("unbiased") && given.boolean("unbiased"),
    };
    return given.has("features") ? new this(given.number("features"), options) : new this(options);
  }

  override get isMade(): boolean {
    return this.#own !== undefined;
  }

  get gamma(): Parameter {
    return this.made(this.#own).gamma;
  }

  get beta(): Parameter {
    return this.made(this.#own).beta;
  }

  get runningMean(): Variable {
    return this.made(this.#own).runningMean;
  }

  get runningVar(): Variable {
    return this.made(this.#own).runningVar;
  }

  /** The length of the input's last axis. */
  get features(): number {
    return this.gamma.value.size;
  }

  override get config(): LayerConfig {
    const { isMade, momentum, epsilon, initialVar, unbiased } = this;
    return {
      ...super.config,
      ...(isMade && { features: this.features }),
      momentum,
      epsilon,
      initialVar,
      ...(unbiased && { unbiased }),
    };
  }

  override forward(x: Tensor, training: boolean): Tensor {
    if (!this.isMade && (x.rank === 2 || x.rank === 4)) this.#make(x.shape.at(-1)!);
    const features = this.isMade ? this.features : "features";
    if ((x.rank !== 2 && x.rank !== 4) || x.shape.at(-1) !== features) {
      throw new RangeError(
        `BatchNorm: expected an input of shape [batch, ${features}] or [batch, height, width, ${features}], received [${x.shape}].`,
      );
    }
    const axes = x.rank === 2 ? [0] : [0, 1, 2];
    const fromBatch = training && !(this.gamma.frozen && this.beta.frozen);
    const mean = fromBatch ? tf.mean(x, axes) : this.runningMean;
    const centered = tf.sub(x, mean);
    const variance = fromBatch ? tf.mean(tf.square(centered), axes) : this.runningVar;
    if (fromBatch) {
      this.#follow(this.runningVar, this.unbiased ? tf.mul(variance, this.#correction(x)) : variance);
      this.#follow(this.runningMean, mean);
    }
    const inverseStd = tf.rsqrt(tf.add(variance, this.epsilon));
    const normalized = tf.mul(centered, inverseStd);
    this.#kept = { normalized, inverseStd, fromBatch };
    return tf.add(tf.mul(normalized, this.gamma.value), this.beta.value);
  }

  override backward(dy: Tensor): Tensor {
    const { normalized, inverseStd, fromBatch } = this.kept(this.#kept);
    const axes = dy.rank === 2 ? [0] : [0, 1, 2];
    const dBeta = tf.sum(dy, axes);
    const dGamma = tf.sum(tf.mul(dy, normalized), axes);
    this.beta.gradient = this.beta.frozen ? undefined : dBeta;
    this.gamma.gradient = this.gamma.frozen ? undefined : dGamma;
    const scale = tf.mul(this.gamma.value, inverseStd);
    if (!fromBatch) return tf.mul(dy, scale);
    const share = 1 / (dy.size / this.features);
    const throughStatistics = tf.add(tf.mul(dBeta, share), tf.mul(normalized, tf.mul(dGamma, share)));
    return tf.mul(tf.sub(dy, throughStatistics), scale);
  }

  #make(features: number): void {
    const random = new Random(0); // asked for, never drawn from
    this.#own = {
      gamma: this.addParameter("gamma", [features], constant(1), random),
      beta: this.addParameter("beta", [features], zeros, random),
      runningMean: this.addBuffer("runningMean", [features], 0),
      runningVar: this.addBuffer("runningVar", [features], this.initialVar),
    };
  }

  /** n / (n − 1), n the number of values of a feature. */
  #correction(x: Tensor): number {
    const n = x.size / this.features;
    if (n > 1) return n / (n - 1);
    throw new RangeError(
      "BatchNorm: expected more than one value of each feature, received one: it has no unbiased variance.",
    );
  }

  /** running ← momentum · running + (1 − momentum) · now */
  #follow(running: Variable, now: Tensor): void {
    running.assign(tf.add(tf.mul(running, this.momentum), tf.mul(now, 1 - this.momentum)));
  }
}
