/** Softplus: a smooth ReLU. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { Layer } from "./layer.js";

/** y = ln(1 + eˣ), elementwise, any shape. Backward: dx = dy · sigmoid(x). Dugas et al. 2001. */
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
