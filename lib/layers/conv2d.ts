/** Conv2D: two-dimensional convolution (strictly a cross-correlation, as everywhere in deep learning). */

import { nextRandom, type Random } from "gradbook-engine/random";
import { type Tensor, type Tensor4D, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { glorotUniform, type Initializer, zeros } from "../initializers.js";
import { Layer, type LayerConfig, type Parameter } from "./layer.js";
import { expectPadding, type Padding, paddedPixels } from "./padding.js";

/** What a `Conv2D` layer can be told. */
export interface Conv2DOptions {
  /** Pixels from one window to the next, in both directions; default 1. */
  strides?: number;
  /** At the edges of the picture; what "same" adds is 0. Default "valid". */
  padding?: Padding;
  /** Initializer of the weight, shape [size, size, inputs, outputs]; default `glorotUniform`. */
  weight?: Initializer;
  /** Initializer of the bias, shape [outputs], or `false` for a layer without one; default `zeros`. */
  bias?: Initializer | false;
  /** Where the initial values are drawn from; default the stream governed by `seed`. */
  random?: Random;
}

/**
 * y[n, i, j, o] = bias[o] + Σ over a, b, c of x[n, strides · i + a, strides · j + b, c] · weight[a, b, c, o], with
 * x [batch, height, width, inputs], weight [size, size, inputs, outputs], y [batch, height′, width′, outputs], all float32.
 *
 * Backward: d bias = Σ dy over batch and pixels; dx is the transposed convolution of dy with the weight; d weight is itself a
 * convolution, of x with dy as the window, channels in the place of the batch. LeCun et al. 1989.
 */
export class Conv2D extends Layer {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  readonly strides: number;
  readonly padding: Padding;
  #x?: Tensor4D;

  /** @param size height and width of the window, in pixels */
  constructor(
    readonly inputs: number,
    readonly outputs: number,
    readonly size: number,
    { strides = 1, padding = "valid", weight = glorotUniform, bias = zeros, random = nextRandom() }: Conv2DOptions = {},
  ) {
    super();
    expectNumbers("Conv2D", "to be a positive integer", { inputs, outputs, size, strides });
    expectPadding("Conv2D", padding);
    this.strides = strides;
    this.padding = padding;
    this.weight = this.addParameter("weight", [size, size, inputs, outputs], weight, random);
    if (bias !== false) this.bias = this.addParameter("bias", [outputs], bias, random);
  }

  override get config(): LayerConfig {
    const { inputs, outputs, size, strides, padding } = this;
    return { type: "Conv2D", inputs, outputs, size, strides, padding, bias: this.bias !== undefined };
  }

  override forward(x: Tensor): Tensor {
    this.expectImages(x, this.inputs, this.padding === "valid" ? this.size : 1);
    this.#x = x as Tensor4D;
    const y = tf.conv2d(this.#x, this.weight.value as Tensor as Tensor4D, this.strides, this.padding);
    return this.bias ? tf.add(y, this.bias.value) : y;
  }

  override backward(dy: Tensor): Tensor {
    const x = this.kept(this.#x);
    if (this.bias) this.bias.gradient = this.bias.frozen ? undefined : tf.sum(dy, [0, 1, 2]);
    this.weight.gradient = this.weight.frozen ? undefined : this.#weightGradient(x, dy as Tensor4D);
    return tf.conv2dTranspose(
      dy as Tensor4D,
      this.weight.value as Tensor as Tensor4D,
      x.shape,
      this.strides,
      this.padding,
    );
  }

  /** d weight[a, b, c, o] = Σ over n, i, j of x[n, strides · i + a, strides · j + b, c] · dy[n, i, j, o] */
  #weightGradient(x: Tensor4D, dy: Tensor4D): Tensor {
    const { size, strides, padding, inputs, outputs } = this;
    const pad = (length: number) => paddedPixels(padding, length, size, strides);
    const padded = tf.pad(x, [[0, 0], pad(x.shape[1]), pad(x.shape[2]), [0, 0]] as [number, number][]);
    const images = tf.transpose(padded as Tensor4D, [3, 1, 2, 0]);
    const window = tf.transpose(dy, [1, 2, 0, 3]);
    const sums = tf.conv2d(images as Tensor4D, window as Tensor4D, 1, "valid", "NHWC", strides);
    return tf.slice(tf.transpose(sums, [1, 2, 0, 3]), [0, 0, 0, 0], [size, size, inputs, outputs]);
  }
}
