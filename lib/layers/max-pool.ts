/** MaxPool: the largest value of each window, channel by channel. */

import { type Tensor, type Tensor4D, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { Layer, type LayerConfig } from "./layer.js";
import { expectPadding, type Padding } from "./padding.js";

/** What a `MaxPool` layer can be told. */
export interface MaxPoolOptions {
  /** Pixels from one window to the next, in both directions; default `size`, so that windows do not overlap. */
  strides?: number;
  /** As for `Conv2D`; what "same" adds is never the largest. Default "valid". */
  padding?: Padding;
}

/**
 * y[n, i, j, c] = max over a, b < size of x[n, strides · i + a, strides · j + b, c]; x [batch, height, width, channels],
 * y [batch, height′, width′, channels]. Backward: dy goes to the pixel that was the largest, the first of equal ones.
 */
export class MaxPool extends Layer {
  readonly strides: number;
  readonly padding: Padding;
  #kept?: { x: Tensor4D; y: Tensor4D };

  /** @param size height and width of the window, in pixels; default 2 */
  constructor(
    readonly size = 2,
    { strides = size, padding = "valid" }: MaxPoolOptions = {},
  ) {
    super();
    expectNumbers("MaxPool", "to be a positive integer", { size, strides });
    expectPadding("MaxPool", padding);
    this.strides = strides;
    this.padding = padding;
  }

  override get config(): LayerConfig {
    return { type: "MaxPool", size: this.size, strides: this.strides, padding: this.padding };
  }

  override forward(x: Tensor): Tensor {
    this.expectImages(x, undefined, this.padding === "valid" ? this.size : 1);
    const pool = (images: Tensor) => tf.maxPool(images as Tensor4D, this.size, this.strides, this.padding);
    const y = pool(x);
    this.#kept = { x: x as Tensor4D, y };
    // The engines' maximum overlooks NaN: put it back where a window has one.
    const hasNaN = tf.cast(pool(tf.cast(tf.isNaN(x), "float32")), "bool");
    return tf.where(hasNaN, Number.NaN, y);
  }

  override backward(dy: Tensor): Tensor {
    const { x, y } = this.kept(this.#kept);
    const attributes = { filterSize: this.size, strides: this.strides, pad: this.padding };
    return tf.engine().runKernel(tf.MaxPoolGrad, { dy, input: x, output: y }, attributes);
  }
}
