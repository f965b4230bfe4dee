/**
 * Losses: one number that says how far predictions are from targets, and its gradient with respect to the predictions, which
 * starts `backward`.
 */
import { type Scalar, type Tensor, tf } from "./tensor.js";

export interface Loss {
  /** The loss, a float32 scalar. `predictions` and `targets` have the same shape, the first axis is the batch. */
  value(predictions: Tensor, targets: Tensor): Scalar;
  /** ∂loss/∂predictions, the shape of `predictions`. */
  gradient(predictions: Tensor, targets: Tensor): Tensor;
}

export interface LossOptions {
  /**
   * What the sum over all elements is divided by; default their number, so that the loss is the mean. A fixed number, such as
   * the batch size, weighs each example of a last, smaller batch like every other example.
   */
  divisor?: number;
}

function checkShapes(predictions: Tensor, targets: Tensor): void {
  if (predictions.shape.join() !== targets.shape.join()) {
    throw new RangeError(`Loss: expected targets of shape [${predictions.shape}], received [${targets.shape}].`);
  }
}

/** scale · Σ (predictions − targets)² / divisor */
function squaredError(scale: number, divisor?: number): Loss {
  if (divisor !== undefined && !(divisor > 0)) {
    throw new RangeError(`Loss: expected a positive divisor, received ${divisor}.`);
  }
  return {
    value(predictions, targets) {
      checkShapes(predictions, targets);
      const error = tf.sub(predictions, targets);
      return tf.mul(tf.sum(tf.square(error)), scale / (divisor ?? predictions.size)) as Scalar;
    },
    gradient(predictions, targets) {
      checkShapes(predictions, targets);
      return tf.mul(tf.sub(predictions, targets), (2 * scale) / (divisor ?? predictions.size));
    },
  };
}

/** Mean squared error, Σ (predictions − targets)² / n; gradient 2 (predictions − targets) / n. */
export const meanSquaredError = ({ divisor }: LossOptions = {}): Loss => squaredError(1, divisor);

/** Half the mean squared error, ½ Σ (predictions − targets)² / n; gradient (predictions − targets) / n. */
export const halfSquaredError = ({ divisor }: LossOptions = {}): Loss => squaredError(0.5, divisor);
