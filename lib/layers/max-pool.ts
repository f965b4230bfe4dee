/** MaxPool: the largest value of each window, channel by channel. */
import { type Tensor, type Tensor4D, tf } from "gradbook-engine/tensor";
import type { Layer, LayerArguments } from "./layer.js";
import { cropPictures, enginePadding, leastLength, padPictures } from "./padding.js";
import { Pool, type PoolOptions } from "./pool.js";

/** The lowest finite float32. */
const lowest = -3.4028234663852886e38;

/** What a `MaxPool` layer can be told. */
export type MaxPoolOptions = PoolOptions;

/**
 * y[n, i, j, c] = max over a, b < size of x[n, strides · i + a, strides · j + b, c]; x [batch, height, width, channels],
 * y [batch, height′, width′, channels]. Backward: dy goes to the pixel that was the largest, the first of equal ones.
 *
 * @example
 * ```ts
 * import { MaxPool, tf } from "gradbook";
 *
 * const x = tf.range(0, 16).reshape([1, 4, 4, 1]); // one picture of 4 by 4 pixels
 * console.log(new MaxPool(2).forward(x).flatten().arraySync()); // [ 5, 7, 13, 15 ]
 * ```
 */
export class MaxPool extends Pool {
  #kept?: { x: Tensor4D; y: Tensor4D };

  static from(given: LayerArguments): Layer {
    return new this(...Pool.given(given));
  }

  override forward(pictures: Tensor): Tensor {
    const { size, strides, padding } = this;
    this.expectImages(pictures, undefined, leastLength(padding, size));
    const x = padPictures(pictures as Tensor4D, padding, Number.NEGATIVE_INFINITY);
    const pool = (images: Tensor) => tf.maxPool(images as Tensor4D, size, strides, enginePadding(padding));
    const y = pool(x);
    this.#kept = { x, y };
    // The engines' maximum overlooks NaN, which a mean keeps, and begins at the lowest finite number: halves are above, −∞ is not.
    const mean = tf.avgPool(tf.minimum(x, 0) as Tensor4D, size, strides, enginePadding(padding));
    const found = tf.greaterEqual(pool(tf.mul(x, 0.5)), lowest / 2);
    return tf.where(tf.isNaN(mean), mean, tf.where(found, y, Number.NEGATIVE_INFINITY));
  }

  override backward(dy: Tensor): Tensor {
    const { x, y } = this.kept(this.#kept);
    const attributes = { filterSize: this.size, strides: this.strides, pad: enginePadding(this.padding) };
    const dx: Tensor4D = tf.engine().runKernel(tf.MaxPoolGrad, { dy, input: x, output: y }, attributes);
    return cropPictures(dx, this.padding);
  }
}
