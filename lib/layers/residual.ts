/** Residual: layers with a way round them. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { Sequential } from "./sequential.js";

/**
 * y = x + layerₙ(… layer₁(x)); the layers inside keep the shape. Backward: dx = dy + the gradient through the layers, so dy
 * arrives undiminished however deep the network is. Parameters are named as in `Sequential`. He et al. 2016.
 */
export class Residual extends Sequential {
  override forward(x: Tensor, training: boolean): Tensor {
    const change = super.forward(x, training);
    if (change.shape.join() !== x.shape.join()) {
      throw new RangeError(`Residual: expected layers that keep the shape [${x.shape}], received [${change.shape}].`);
    }
    return tf.add(x, change);
  }

  override backward(dy: Tensor): Tensor {
    return tf.add(dy, super.backward(dy));
  }
}
