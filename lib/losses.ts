/**
 * Losses: one number that says how far predictions are from targets, and its gradient with respect to the predictions, which
 * starts `backward`. In the rules below e = predictions − targets, and n is what the sum is divided by (see `LossOptions`).
 */
import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { chooseDivisor, type LossOptions } from "./checks/divisor.js";
import { expectNumbers } from "./checks/expect-numbers.js";
import { expectOptions } from "./checks/expect-options.js";
import { expectLogits } from "./checks/probabilities.js";
import { areClassNumbers, checkClassNumbers, checkProbabilities, checkSameShape } from "./checks/targets.js";

/**
 * How far predictions are from targets, and the gradient that starts `backward`. Where examples have weights, float32 [batch], each
 * term of the sum is multiplied by its example's weight; n stays what it is (Keras's `sample_weight`). A loss whose functions have no
 * third argument is refused for data with weights.
 */
export interface Loss {
  /** The loss, a float32 scalar; the first axis of `predictions` and `targets` is the batch. NaN where an input is NaN. */
  value(predictions: Tensor, targets: Tensor, weights?: Tensor): Scalar;
  /** ∂loss/∂predictions, the shape of `predictions`. */
  gradient(predictions: Tensor, targets: Tensor, weights?: Tensor): Tensor;
  /**
   * Refuses targets that predictions of `shape` cannot be compared with because of their values; a loss whose `value` does so
   * has this too, because a compiled `value` cannot read targets. `shape` is that of all predictions for `targets`.
   */
  checkTargets?(shape: readonly number[], targets: Tensor): void;
}

/**
 * A loss that is scale · Σ term(e) / n over all elements, with the gradient slopeScale · slope(e) / n; predictions and targets
 * have one shape. Constant factors are folded into the division: one operation less.
 */
function errorLoss(
  name: string,
  options: LossOptions,
  [scale, term]: [number, (e: Tensor) => Tensor],
  [slopeScale, slope]: [number, (e: Tensor) => Tensor],
): Loss {
  const n = chooseDivisor(name, options);
  const error = (predictions: Tensor, targets: Tensor) => {
    checkSameShape(name, predictions, targets);
    return tf.sub(predictions, targets);
  };
  return {
    value: (predictions, targets, weights) =>
      tf.tidy(() => {
        const terms = weighted(term(error(predictions, targets)), weights);
        return tf.mul(tf.sum(terms), scale / n(predictions.size)) as Scalar;
      }),
    gradient: (predictions, targets, weights) =>
      tf.tidy(() => tf.mul(weighted(slope(error(predictions, targets)), weights), slopeScale / n(predictions.size))),
  };
}

/** `terms` [batch, …], each times the weight of its example. */
function weighted(terms: Tensor, weights: Tensor | undefined): Tensor {
  if (weights === undefined) return terms;
  return tf.mul(terms, tf.reshape(weights, [weights.size, ...terms.shape.slice(1).map(() => 1)]));
}

/** `product` of `factor` with what may be infinite: 0 where the factor is, not NaN. */
const unlessZero = (factor: Tensor, product: Tensor): Tensor =>
  tf.where(tf.equal(factor, 0), tf.zerosLike(product), product);

/**
 * Mean squared error, Σ e² / n; gradient 2 e / n.
 *
 * @example
 * ```ts
 * import { meanSquaredError, tf } from "gradbook";
 *
 * const targets = tf.tensor1d([1, 2, 3]);
 * const predictions = tf.tensor1d([1, 2, 5]);
 * console.log(meanSquaredError().value(predictions, targets).arraySync().toFixed(3)); // 1.333
 * ```
 */
export const meanSquaredError = (options: LossOptions = {}): Loss =>
  errorLoss("meanSquaredError", options, [1, tf.square], [2, (e) => e]);

/**
 * Half the mean squared error, ½ Σ e² / n; gradient e / n.
 *
 * @example
 * ```ts
 * import { halfSquaredError, tf } from "gradbook";
 *
 * const targets = tf.tensor1d([1, 2, 3]);
 * const predictions = tf.tensor1d([1, 2, 5]);
 * console.log(halfSquaredError().value(predictions, targets).arraySync().toFixed(3)); // 0.667
 * ```
 */
export const halfSquaredError = (options: LossOptions = {}): Loss =>
  errorLoss("halfSquaredError", options, [0.5, tf.square], [1, (e) => e]);

/**
 * Mean absolute error, Σ |e| / n; gradient sign(e) / n, 0 at the kink.
 *
 * @example
 * ```ts
 * import { meanAbsoluteError, tf } from "gradbook";
 *
 * const targets = tf.tensor1d([1, 2, 3]);
 * const predictions = tf.tensor1d([1, 2, 5]);
 * console.log(meanAbsoluteError().value(predictions, targets).arraySync().toFixed(3)); // 0.667
 * ```
 */
export const meanAbsoluteError = (options: LossOptions = {}): Loss =>
  // WebAssembly's sign of NaN is 0.
  errorLoss("meanAbsoluteError", options, [1, tf.abs], [1, (e) => tf.where(tf.isNaN(e), e, tf.sign(e))]);

/**
 * Huber's loss, Σ h(e) / n with h(e) = ½ e² where |e| ≤ delta, else delta (|e| − ½ delta): squared near 0, absolute beyond;
 * gradient e / n cut off at ±delta / n. delta > 0, in the unit of the targets; default 1. Huber 1964. PyTorch's HuberLoss;
 * its SmoothL1Loss is this divided by its beta (our delta).
 *
 * @example
 * ```ts
 * import { huber, tf } from "gradbook";
 *
 * const targets = tf.tensor1d([1, 2, 3]);
 * const predictions = tf.tensor1d([1, 2, 5]);
 * console.log(huber({ delta: 1 }).value(predictions, targets).arraySync().toFixed(3)); // 0.500
 * ```
 */
export function huber(given: LossOptions & { delta?: number } = {}): Loss {
  const { delta = 1, ...options } = expectOptions("huber", given, ["delta", "reduction", "divisor"]);
  expectNumbers("huber", "above 0", { delta });
  const term = (e: Tensor) => {
    const size = tf.abs(e);
    const square = tf.minimum(size, delta);
    return tf.mul(square, tf.sub(size, tf.mul(square, 0.5)));
  };
  // Not clipByValue, which lets WebAssembly lose NaN.
  return errorLoss("huber", options, [1, term], [1, (e) => tf.maximum(tf.minimum(e, delta), -delta)]);
}

/**
 * Binary cross-entropy of logits x (predictions before any sigmoid) and targets t in [0, 1], of one shape:
 * −Σ (t log σ(x) + (1 − t) log(1 − σ(x))) / n, computed as Σ ((1 − t) max(x, 0) + t max(−x, 0) + log(1 + e^−|x|)) / n, which
 * overflows nowhere and keeps the small losses of confident, right predictions; what is multiplied by 0 is 0, for infinite logits
 * too. Gradient (σ(x) − t) / n. n: the number of logits. A target that is no probability is refused when the value is
 * computed, and the output of a `Sigmoid` or `Softmax`, which is no logit, always.
 *
 * @example
 * ```ts
 * import { binaryCrossEntropy, tf } from "gradbook";
 *
 * const logits = tf.tensor2d([[0], [10]]);
 * const loss = binaryCrossEntropy().value(logits, tf.tensor2d([[1], [1]]));
 * console.log(loss.arraySync().toFixed(3)); // 0.347
 * ```
 */
export function binaryCrossEntropy(options: LossOptions = {}): Loss {
  const name = "binaryCrossEntropy";
  const n = chooseDivisor(name, options);
  const check = (predictions: Tensor, targets: Tensor) => {
    expectLogits(name, predictions, "the loss has it inside; tf.sigmoid(predict(…)) gives probabilities");
    checkSameShape(name, predictions, targets);
  };
  return {
    value: (predictions, targets, weights) =>
      tf.tidy(() => {
        check(predictions, targets);
        checkProbabilities(name, targets);
        const part = (weight: Tensor, x: Tensor) => unlessZero(weight, tf.mul(weight, tf.relu(x)));
        const wrong = tf.add(part(tf.sub(1, targets), predictions), part(targets, tf.neg(predictions)));
        const terms = tf.add(wrong, tf.softplus(tf.neg(tf.abs(predictions))));
        return tf.mul(tf.sum(weighted(terms, weights)), 1 / n(predictions.size)) as Scalar;
      }),
    gradient: (predictions, targets, weights) =>
      tf.tidy(() => {
        check(predictions, targets);
        return tf.mul(weighted(tf.sub(tf.sigmoid(predictions), targets), weights), 1 / n(predictions.size));
      }),
    checkTargets: (_, targets) => checkProbabilities(name, targets),
  };
}

/**
 * Softmax cross-entropy of logits x [batch, …, classes] (predictions before any softmax): −Σ t log softmax(x) / n, with log
 * softmax(x) = s − log Σ eˢ, s = x − max x, which overflows nowhere. Gradient (softmax(x) − t) / n. n: the number of examples
 * (all positions but the class axis). Targets are class numbers 0 … classes − 1, [batch, …], or probabilities t
 * [batch, …, classes] that sum to 1 over the classes, such as one-hot rows; others are refused when the value is computed, and
 * the output of a `Softmax` or `Sigmoid` as x always. A logit −∞ (a class left out) adds nothing where t is 0.
 *
 * @example
 * ```ts
 * import { softmaxCrossEntropy, tf } from "gradbook";
 *
 * const logits = tf.tensor2d([[0, 0], [10, 0]]);
 * const loss = softmaxCrossEntropy().value(logits, tf.tensor1d([1, 0], "int32"));
 * console.log(loss.arraySync().toFixed(3)); // 0.347
 * ```
 */
export function softmaxCrossEntropy(options: LossOptions = {}): Loss {
  const name = "softmaxCrossEntropy";
  const n = chooseDivisor(name, options);
  const probabilities = (predictions: Tensor, targets: Tensor): Tensor => {
    expectLogits(name, predictions, "the loss has it inside; tf.softmax(predict(…)) gives probabilities");
    if (!areClassNumbers(name, predictions, targets)) return targets;
    const classes = predictions.shape.at(-1)!;
    checkClassNumbers(name, targets, classes);
    return tf.oneHot(tf.cast(targets, "int32"), classes, 1, 0, "float32");
  };
  const scale = ({ size, shape }: Tensor) => 1 / n(size / shape.at(-1)!);
  return {
    value: (predictions, targets, weights) =>
      tf.tidy(() => {
        const t = probabilities(predictions, targets);
        if (t === targets) checkProbabilities(name, targets, predictions.shape.at(-1));
        const s = tf.sub(predictions, tf.max(predictions, -1, true));
        const logSoftmax = tf.sub(s, tf.log(tf.sum(tf.exp(s), -1, true)));
        const terms = weighted(unlessZero(t, tf.mul(t, logSoftmax)), weights);
        return tf.mul(tf.sum(terms), -scale(predictions)) as Scalar;
      }),
    gradient: (predictions, targets, weights) =>
      tf.tidy(() => {
        const t = probabilities(predictions, targets);
        return tf.mul(weighted(tf.sub(tf.softmax(predictions), t), weights), scale(predictions));
      }),
    checkTargets(shape, targets) {
      const classes = shape.at(-1)!;
      if (areClassNumbers(name, shape, targets)) checkClassNumbers(name, targets, classes);
      else checkProbabilities(name, targets, classes);
    },
  };
}
