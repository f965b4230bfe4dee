/** Conv2D: two-dimensional convolution (strictly a cross-correlation, as everywhere in deep learning). */
import { type Tensor, type Tensor4D, tf } from "gradbook-engine/tensor";
import { expectGiven, expectNumbers } from "../checks/expect-numbers.js";
import { expectOptions } from "../checks/expect-options.js";
import { expectPadding } from "../checks/expect-pictures.js";
import { Affine, type AffineOptions, affineOptions, type Widths } from "./affine.js";
import type { Layer, LayerArguments, LayerConfig } from "./layer.js";
import { cropPictures, enginePadding, leastLength, type Padding, paddedPixels, padPictures } from "./padding.js";

/** What a `Conv2D` layer can be told. */
export interface Conv2DOptions extends AffineOptions {
  /** Pixels from one window to the next, in both directions; default 1. */
  strides?: number;
  /** At the edges of the picture; what is added is 0. Default "valid". */
  padding?: Padding;
}

/** A `Conv2D` by its lengths: `size` is height and width of the window, in pixels. */
export interface Conv2DShape extends Widths {
  size: number;
}

/**
 * y[n, i, j, o] = bias[o] + Σ over a, b, c of x[n, strides · i + a, strides · j + b, c] · weight[a, b, c, o], with
 * x [batch, height, width, inputs], weight [size, size, inputs, outputs], y [batch, height′, width′, outputs], all float32; then
 * the activation, where there is one.
 *
 * Backward: d bias = Σ dy over batch and pixels; dx is the transposed convolution of dy with the weight; d weight is itself a
 * convolution, of x with dy as the window, channels in the place of the batch. LeCun et al. 1989.
 *
 * `new Conv2D(3, 16, 5)`, or `new Conv2D({ outputs: 16, size: 5 })` for as many inputs as the pictures have channels.
 *
 * @example
 * ```ts
 * import { Conv2D, tf } from "gradbook";
 *
 * const layer = new Conv2D(1, 4, 3, { padding: "same" });
 * const pictures = tf.zeros([2, 28, 28, 1]);
 * console.log(layer.forward(pictures).shape); // [ 2, 28, 28, 4 ]
 * ```
 */
export class Conv2D extends Affine {
  readonly size: number;
  readonly strides: number;
  readonly padding: Padding;
  /** The pictures as the window sees them, and their shape before. */
  #x?: Tensor4D;

  constructor(inputs: number, outputs: number, size: number, options?: Conv2DOptions);
  constructor(options: Conv2DShape & Conv2DOptions);
  constructor(
    first: number | (Conv2DShape & Conv2DOptions),
    outputs?: number,
    size?: number,
    options: Conv2DOptions = {},
  ) {
    const isShape = typeof first === "object";
    const given = isShape ? first : { ...expectOptions("Conv2D", options), inputs: first, outputs, size };
    expectOptions("Conv2D", given, ["inputs", "outputs", "size", "strides", "padding", ...affineOptions]);
    const example = "new Conv2D(inputs, outputs, size), or new Conv2D({ outputs, size }) for the channels of the data";
    const { size: length, strides = 1, padding = "valid" } = given;
    expectGiven("Conv2D", example, { size: length });
    expectNumbers("Conv2D", "to be a positive integer", { size: length, strides });
    expectPadding("Conv2D", padding);
    super([length!, length!], example, given);
    this.size = length!;
    this.strides = strides;
    this.padding = padding;
  }

  static from(given: LayerArguments): Layer {
    const options = {
      size: given.number("size"),
      strides: given.number("strides"),
      padding: given.value("padding") as Padding,
    };
    return new this({ ...Conv2D.given(given), ...options });
  }

  override get config(): LayerConfig {
    const { size, strides, padding } = this;
    return { ...super.config, size, strides, padding };
  }

  override forward(x: Tensor, training = false): Tensor {
    this.make(x, 4);
    this.expectImages(x, this.isMade ? this.inputs : undefined, leastLength(this.padding, this.size));
    this.#x = padPictures(x as Tensor4D, this.padding, 0);
    const weight = this.weight.value as Tensor as Tensor4D;
    return this.finish(tf.conv2d(this.#x, weight, this.strides, enginePadding(this.padding)), training);
  }

  override backward(gradient: Tensor): Tensor {
    const x = this.kept(this.#x);
    const dy = this.begin(gradient) as Tensor4D;
    this.weight.gradient = this.weight.frozen ? undefined : this.#weightGradient(x, dy);
    const weight = this.weight.value as Tensor as Tensor4D;
    const dx = tf.conv2dTranspose(dy, weight, x.shape, this.strides, enginePadding(this.padding)) as Tensor4D;
    return cropPictures(dx, this.padding);
  }

  /** d weight[a, b, c, o] = Σ over n, i, j of x[n, strides · i + a, strides · j + b, c] · dy[n, i, j, o] */
  #weightGradient(x: Tensor4D, dy: Tensor4D): Tensor {
    const { size, strides, padding, inputs, outputs } = this;
    const pad = (length: number) => paddedPixels(enginePadding(padding), length, size, strides);
    const padded = tf.pad(x, [[0, 0], pad(x.shape[1]), pad(x.shape[2]), [0, 0]] as [number, number][]);
    const images = tf.transpose(padded as Tensor4D, [3, 1, 2, 0]);
    const window = tf.transpose(dy, [1, 2, 0, 3]);
    const sums = tf.conv2d(images as Tensor4D, window as Tensor4D, 1, "valid", "NHWC", strides);
    return tf.slice(tf.transpose(sums, [1, 2, 0, 3]), [0, 0, 0, 0], [size, size, inputs, outputs]);
  }
}
