/** Flatten: every example as one row of numbers, between convolutions and `Dense`. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { noteProbabilities, probabilitiesFrom } from "../checks/probabilities.js";
import { Layer } from "./layer.js";

/**
 * [batch, …] → [batch, product of the other lengths], in row-major order: channels vary fastest. Backward: the shape of x.
 *
 * @example
 * ```ts
 * import { Flatten, tf } from "gradbook";
 *
 * console.log(new Flatten().forward(tf.zeros([5, 28, 28, 1])).shape); // [ 5, 784 ]
 * ```
 */
export class Flatten extends Layer {
  #shape?: number[];

  override forward(x: Tensor): Tensor {
    if (x.rank < 2) throw new RangeError(`Flatten: expected an input of shape [batch, …], received [${x.shape}].`);
    this.#shape = x.shape;
    return noteProbabilities(tf.reshape(x, [x.shape[0]!, x.size / x.shape[0]!]), probabilitiesFrom(x));
  }

  override backward(dy: Tensor): Tensor {
    return tf.reshape(dy, this.kept(this.#shape));
  }
}
