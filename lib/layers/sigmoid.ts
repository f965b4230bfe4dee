/** Sigmoid: the logistic activation, with values in (0, 1). */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { noteProbabilities } from "../checks/probabilities.js";
import { Layer } from "./layer.js";

/**
 * y = 1 / (1 + e⁻ˣ), elementwise, any shape. Backward: dx = dy · y (1 − y); the factor is at most 1/4, at x = 0.
 *
 * @example
 * ```ts
 * import { Sigmoid, tf } from "gradbook";
 *
 * console.log(new Sigmoid().forward(tf.tensor1d([0])).arraySync()); // [ 0.5 ]
 * ```
 */
export class Sigmoid extends Layer {
  #y?: Tensor;

  override forward(x: Tensor): Tensor {
    this.#y = noteProbabilities(tf.sigmoid(x), "Sigmoid");
    return this.#y;
  }

  override backward(dy: Tensor): Tensor {
    const y = this.kept(this.#y);
    return tf.mul(dy, tf.mul(y, tf.sub(1, y)));
  }
}
