/** ReLU: the rectified linear activation. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { Layer } from "./layer.js";

/**
 * y = max(x, 0), elementwise, any shape. Backward: dx = dy where y > 0, else 0 (0 at the kink). Nair and Hinton 2010.
 *
 * @example
 * ```ts
 * import { ReLU, tf } from "gradbook";
 *
 * const layer = new ReLU();
 * console.log(layer.forward(tf.tensor1d([-2, 0, 3])).arraySync()); // [ 0, 0, 3 ]
 * ```
 */
export class ReLU extends Layer {
  #y?: Tensor;

  override forward(x: Tensor): Tensor {
    this.#y = tf.relu(x);
    return this.#y;
  }

  override backward(dy: Tensor): Tensor {
    return tf.mul(dy, tf.cast(tf.greater(this.kept(this.#y), 0), "float32"));
  }
}
