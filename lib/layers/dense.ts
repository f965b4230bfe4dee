/** Dense: the affine layer y = x · weight + bias. */
import { type Tensor, type Tensor2D, tf } from "gradbook-engine/tensor";
import { expectOptions } from "../checks/expect-options.js";
import { Affine, type AffineOptions, affineOptions, type Widths } from "./affine.js";
import type { Layer, LayerArguments } from "./layer.js";

/** What a `Dense` layer can be told. */
export type DenseOptions = AffineOptions;

/**
 * y = x · weight + bias, with x [batch, inputs], weight [inputs, outputs], bias [outputs], y [batch, outputs], all float32; then
 * the activation, where there is one.
 *
 * Backward: d weight = xᵀ · dy, d bias = Σ over the batch of dy, dx = dy · weightᵀ.
 *
 * `new Dense(784, 10)`, or `new Dense({ outputs: 10 })` for as many inputs as the data have: the first `forward`, `fit` or
 * `summary` then makes weight and bias.
 *
 * @example
 * ```ts
 * import { constant, Dense, tf } from "gradbook";
 *
 * const layer = new Dense(2, 1, { weight: constant(2) });
 * console.log(layer.forward(tf.tensor2d([[1, 3]])).arraySync()); // [ [ 8 ] ]
 * ```
 */
export class Dense extends Affine {
  #x?: Tensor2D;

  constructor(inputs: number, outputs: number, options?: DenseOptions);
  constructor(options: Widths & DenseOptions);
  constructor(first: number | (Widths & DenseOptions), outputs?: number, options: DenseOptions = {}) {
    const example = "new Dense(inputs, outputs), or new Dense({ outputs }) for as many inputs as the data have";
    const given = typeof first === "object" ? first : { ...expectOptions("Dense", options), inputs: first, outputs };
    super([], example, expectOptions("Dense", given, ["inputs", "outputs", ...affineOptions]));
  }

  static from(given: LayerArguments): Layer {
    return new this(Dense.given(given));
  }

  override forward(x: Tensor, training = false): Tensor {
    this.make(x, 2);
    if (x.rank !== 2 || x.shape[1] !== this.inputs) {
      const inputs = this.isMade ? this.inputs : "inputs";
      throw new RangeError(`Dense: expected an input of shape [batch, ${inputs}], received [${x.shape}].`);
    }
    this.#x = x as Tensor2D;
    return this.finish(tf.matMul(this.#x, this.weight.value as Tensor as Tensor2D), training);
  }

  override backward(gradient: Tensor): Tensor {
    const x = this.kept(this.#x);
    const dy = this.begin(gradient) as Tensor2D;
    this.weight.gradient = this.weight.frozen ? undefined : tf.matMul(x, dy, true, false);
    return tf.matMul(dy, this.weight.value as Tensor as Tensor2D, false, true);
  }
}
