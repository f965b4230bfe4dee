/** Tanh: the hyperbolic tangent as activation, with values in (−1, 1). */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { Layer } from "./layer.js";

/** y = tanh(x), elementwise, any shape. Backward: dx = dy · (1 − y²). */
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
