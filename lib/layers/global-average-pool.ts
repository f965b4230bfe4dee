/** GlobalAveragePool: one number a channel, the mean over the picture. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { Layer } from "./layer.js";

/**
 * [batch, height, width, channels] → [batch, channels]: the mean over height and width. Backward: every pixel gets
 * dy / (height · width). Lin, Chen and Yan 2014.
 *
 * @example
 * ```ts
 * import { GlobalAveragePool, tf } from "gradbook";
 *
 * const x = tf.range(0, 16).reshape([1, 4, 4, 1]); // one picture of 4 by 4 pixels
 * console.log(new GlobalAveragePool().forward(x).arraySync()); // [ [ 7.5 ] ]
 * ```
 */
export class GlobalAveragePool extends Layer {
  #shape?: number[];

  override forward(x: Tensor): Tensor {
    this.expectImages(x);
    this.#shape = x.shape;
    return tf.mean(x, [1, 2]);
  }

  override backward(dy: Tensor): Tensor {
    const [batch, height, width, channels] = this.kept(this.#shape) as [number, number, number, number];
    const share = tf.div(dy, height * width);
    return tf.tile(tf.reshape(share, [batch, 1, 1, channels]), [1, height, width, 1]);
  }
}
