/** Softmax: scores to probabilities. A classifier is trained from its scores with `softmaxCrossEntropy`, without this layer. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { noteProbabilities } from "../checks/probabilities.js";
import { Layer } from "./layer.js";

/**
 * yᵢ = e^xᵢ / Σⱼ e^xⱼ over the last axis, any rank ≥ 1; the largest x is subtracted first, so that nothing overflows.
 * Backward: dx = y ⊙ (dy − Σⱼ dyⱼ yⱼ).
 *
 * @example
 * ```ts
 * import { Softmax, tf } from "gradbook";
 *
 * console.log(new Softmax().forward(tf.tensor2d([[1, 1, -1000]])).arraySync()); // [ [ 0.5, 0.5, 0 ] ]
 * ```
 */
export class Softmax extends Layer {
  #y?: Tensor;

  override forward(x: Tensor): Tensor {
    this.#y = noteProbabilities(tf.softmax(x), "Softmax");
    return this.#y;
  }

  override backward(dy: Tensor): Tensor {
    const y = this.kept(this.#y);
    return tf.mul(y, tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)));
  }
}
