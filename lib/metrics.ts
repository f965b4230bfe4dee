/** Metrics: numbers that people read, computed without gradients from predictions and targets. */
import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { expectLogits } from "./checks/probabilities.js";
import { areClassNumbers, checkClassNumbers, checkSameShape, expectTensor } from "./checks/targets.js";

/** A float32 scalar; the first axis of `predictions` and `targets` is the batch. */
export interface Metric {
  (predictions: Tensor, targets: Tensor): Scalar;
  /** As a loss's: refuses targets because of their values, for a metric that does so and would not when compiled. */
  checkTargets?(shape: readonly number[], targets: Tensor): void;
}

/**
 * Root mean squared error over all elements, √mean((predictions − targets)²); one shape.
 *
 * @example
 * ```ts
 * import { rmse, tf } from "gradbook";
 *
 * const targets = tf.tensor1d([1, 2, 3]);
 * const predictions = tf.tensor1d([1, 2, 5]);
 * console.log(rmse(predictions, targets).arraySync().toFixed(3)); // 1.155
 * ```
 */
export const rmse: Metric = (predictions, targets) => {
  checkSameShape("rmse", predictions, targets);
  return tf.tidy(() => tf.sqrt(tf.mean(tf.square(tf.sub(predictions, targets)))) as Scalar);
};

/**
 * The house prices' metric: √mean((log ŷ − log y)²), with predictions ŷ raised to at least 1 so that the logarithm exists.
 * A relative error: 0.1 is about 10 %. One shape; targets above 0 (else the result is NaN or infinite).
 *
 * @example
 * ```ts
 * import { logRmse, tf } from "gradbook";
 *
 * const loss = logRmse(tf.tensor1d([110_000]), tf.tensor1d([100_000]));
 * console.log(loss.arraySync().toFixed(3)); // 0.095
 * ```
 */
export const logRmse: Metric = (predictions, targets) => {
  checkSameShape("logRmse", predictions, targets);
  return tf.tidy(() => rmse(tf.log(tf.maximum(predictions, 1)), tf.log(targets)));
};

/**
 * Share of the variance explained, 1 − Σ(y − ŷ)² / Σ(y − ȳ)²: 1 for perfect predictions, 0 for the mean ȳ as prediction,
 * below 0 for worse. One shape [examples, …]; computed for each column and averaged. NaN or −∞ where the targets of a column
 * are all equal (scikit-learn gives 1 or 0 there).
 *
 * @example
 * ```ts
 * import { r2, tf } from "gradbook";
 *
 * const targets = tf.tensor1d([1, 2, 3]);
 * const predictions = tf.tensor1d([1, 2, 2.5]);
 * console.log(r2(predictions, targets).arraySync().toFixed(3)); // 0.875
 * ```
 */
export const r2: Metric = (predictions, targets) => {
  checkSameShape("r2", predictions, targets);
  return tf.tidy(() => {
    const squares = (x: Tensor) => tf.sum(tf.square(x), 0);
    const unexplained = tf.div(squares(tf.sub(targets, predictions)), squares(tf.sub(targets, tf.mean(targets, 0))));
    return tf.sub(1, tf.mean(unexplained)) as Scalar;
  });
};

/**
 * Share of the examples whose class is predicted right. Predictions [batch, …, classes], logits or probabilities: the class
 * is the column of the largest (the first of equals; in a row of NaN always the same). Targets are class numbers [batch, …]
 * (one out of range is refused) or one-hot rows of the shape of `predictions`. For binary classification, predictions with
 * a single column (or none: [batch]) are logits, class 1 where they are above 0, and targets of the same shape are 0 or 1; the
 * output of a `Sigmoid`, which is above 0 everywhere, is refused there.
 *
 * @example
 * ```ts
 * import { accuracy, tf } from "gradbook";
 *
 * const logits = tf.tensor2d([[2, 1], [0, 3], [5, 4], [1, 0]]);
 * console.log(accuracy(logits, tf.tensor1d([0, 1, 1, 0], "int32")).arraySync()); // 0.75
 * ```
 */
export const accuracy: Metric = (predictions, targets) =>
  tf.tidy(() => {
    const share = (right: Tensor) => tf.mean(tf.cast(right, "float32")) as Scalar;
    expectTensor("accuracy", "predictions", predictions);
    if (predictions.rank < 2 || predictions.shape.at(-1) === 1) {
      expectLogits("accuracy", predictions, "or compare (p, t) => accuracy(tf.sub(p, 0.5), t)");
      checkSameShape("accuracy", predictions, targets);
      return share(tf.equal(tf.cast(tf.greater(predictions, 0), "float32"), tf.cast(targets, "float32")));
    }
    const classes = predictions.shape.at(-1)!;
    const numbers = areClassNumbers("accuracy", predictions, targets);
    if (numbers) checkClassNumbers("accuracy", targets, classes);
    return share(tf.equal(tf.argMax(predictions, -1), numbers ? tf.cast(targets, "int32") : tf.argMax(targets, -1)));
  });

accuracy.checkTargets = (shape, targets) => {
  if (targets.rank < shape.length) checkClassNumbers("accuracy", targets, shape.at(-1)!);
};
