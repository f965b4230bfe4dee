/** PlainDropout: dropout as it was first published, which scales the prediction instead of the training. For comparison. */
import { Dropout } from "./dropout.js";

/**
 * Training: y = x ⊙ mask, the mask as in `Dropout`. Prediction: y = (1 − rate) · x, the expected y of training. Same options as
 * `Dropout`, which is preferred: its prediction needs to know nothing of the training. Srivastava et al. 2014.
 *
 * @example
 * ```ts
 * import { PlainDropout, tf } from "gradbook";
 *
 * const layer = new PlainDropout(0.5);
 * console.log(layer.forward(tf.ones([4]), false).arraySync()); // [ 0.5, 0.5, 0.5, 0.5 ]
 * ```
 */
export class PlainDropout extends Dropout {
  protected override get trainingScale(): number {
    return 1;
  }

  protected override get predictionScale(): number {
    return 1 - this.rate;
  }
}
