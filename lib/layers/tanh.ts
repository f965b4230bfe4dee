/** Tanh: the hyperbolic tangent as activation, with values in (−1, 1). */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { Layer } from "./layer.js";

/**
 * y = tanh(x), elementwise, any shape. Backward: dx = dy · (1 − y²).
 *
 * @example
 * ```ts
 * import { Tanh, tf } from "gradbook";
 *
 * console.log(new Tanh().forward(tf.tensor1d([0, 100])).arraySync()); // [ 0, 1 ]
 * ```
 */
export class Tanh extends Layer {
  #y?: Tensor;

  override forward(x: Tensor): Tensor {
    this.#y = tf.tanh(x);
    return this.#y;
  }

  override backward(dy: Tensor): Tensor {
    return tf.mul(dy, tf.sub(1, tf.square(this.kept(this.#y))));
  }
}
