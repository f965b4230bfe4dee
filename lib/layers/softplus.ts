/** Softplus: a smooth ReLU. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { Layer } from "./layer.js";

/**
 * y = ln(1 + eˣ), elementwise, any shape. Backward: dx = dy · sigmoid(x). Dugas et al. 2001.
 *
 * @example
 * ```ts
 * import { Softplus, tf } from "gradbook";
 *
 * const [y] = new Softplus().forward(tf.tensor1d([0])).dataSync();
 * console.log(y!.toFixed(4)); // 0.6931
 * ```
 */
export class Softplus extends Layer {
  #x?: Tensor;

  override forward(x: Tensor): Tensor {
    this.#x = x;
    return tf.softplus(x);
  }

  override backward(dy: Tensor): Tensor {
    return tf.mul(dy, tf.sigmoid(this.kept(this.#x)));
  }
}
