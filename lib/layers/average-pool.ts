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
 * A sum over windows is a convolution with a weight of ones, each channel by itself; dx is the transposed one.
 */
export class AveragePool extends Pool {
  /** The shape of the pictures as the window sees them, and 1 / pixels of each window. */
  #kept?: { shape: [number, number, number, number]; share: Tensor };

  static from(given: LayerArguments): Layer {
    return new this(...Pool.given(given));
  }

  override forward(pictures: Tensor): Tensor {
    const { size, strides, padding } = this;
    this.expectImages(pictures, undefined, leastLength(padding, size));
    const x = padPictures(pictures as Tensor4D, padding, 0);
    const sums = (channel: Tensor4D) => tf.conv2d(channel, this.#ones, strides, enginePadding(padding));
    const share = tf.div(1, sums(tf.ones([1, x.shape[1], x.shape[2], 1])));
    this.#kept = { shape: x.shape, share };
    return tf.mul(eachChannel(x, sums), share);
  }

  override backward(dy: Tensor): Tensor {
    const { shape, share } = this.kept(this.#kept);
    const [batch, height, width, channels] = shape;
    const apart = [batch * channels, height, width, 1] as [number, number, number, number];
    const back = (channel: Tensor4D) =>
      tf.conv2dTranspose(channel, this.#ones, apart, this.strides, enginePadding(this.padding)) as Tensor4D;
    return cropPictures(eachChannel(tf.mul(dy, share) as Tensor4D, back), this.padding);
  }

  get #ones(): Tensor4D {
    return tf.ones([this.size, this.size, 1, 1]);
  }
}

/** What `work` makes of each channel of `x`, which gets them as pictures [batch · channels, height, width, 1]. */
function eachChannel(x: Tensor4D, work: (channel: Tensor4D) => Tensor4D): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const apart = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch * channels, height, width, 1]);
  const y = work(apart as Tensor4D);
  return tf.transpose(tf.reshape(y, [batch, channels, y.shape[1], y.shape[2]]), [0, 2, 3, 1]);
}
