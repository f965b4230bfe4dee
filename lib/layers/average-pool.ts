/** AveragePool: the mean of each window, channel by channel. */
import { type Tensor, type Tensor4D, tf } from "gradbook-engine/tensor";
import type { Layer, LayerArguments } from "./layer.js";
import { cropPictures, enginePadding, leastLength, padPictures } from "./padding.js";
import { Pool } from "./pool.js";

/**
 * y[n, i, j, c] = mean over a, b < size of x[n, strides · i + a, strides · j + b, c]; x [batch, height, width, channels],
 * y [batch, height′, width′, channels]. The mean is over size² pixels, with "same" over those that are in the picture (PyTorch's
 * `count_include_pad` true and false). Backward: every pixel of a window gets its share of dy.
 *
 * @example
 * ```ts
 * import { AveragePool, tf } from "gradbook";
 *
 * const x = tf.range(0, 16).reshape([1, 4, 4, 1]); // one picture of 4 by 4 pixels
 * console.log(new AveragePool(2).forward(x).flatten().arraySync()); // [ 2.5, 4.5, 10.5, 12.5 ]
 * ```
 */
export class AveragePool extends Pool {
  #x?: Tensor4D;

  static from(given: LayerArguments): Layer {
    return new this(...Pool.given(given));
  }

  override forward(pictures: Tensor): Tensor {
    const { size, strides, padding } = this;
    this.expectImages(pictures, undefined, leastLength(padding, size));
    this.#x = padPictures(pictures as Tensor4D, padding, 0);
    return tf.avgPool(this.#x, size, strides, enginePadding(padding));
  }

  override backward(dy: Tensor): Tensor {
    const attributes = { filterSize: this.size, strides: this.strides, pad: enginePadding(this.padding) };
    const dx: Tensor4D = tf.engine().runKernel(tf.AvgPoolGrad, { dy, input: this.kept(this.#x) }, attributes);
    return cropPictures(dx, this.padding);
  }
}
