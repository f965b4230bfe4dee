/** Dense: the affine layer y = x · weight + bias. */

import { nextRandom, type Random } from "gradbook-engine/random";
import { type Tensor, type Tensor2D, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { glorotUniform, type Initializer, zeros } from "../initializers.js";
import { Layer, type LayerConfig, type Parameter } from "./layer.js";

/** What a `Dense` layer can be told. */
export interface DenseOptions {
  /** Initializer of the weight, shape [inputs, outputs]; default `glorotUniform`. */
  weight?: Initializer;
  /** Initializer of the bias, shape [outputs], or `false` for a layer without one; default `zeros`. */
  bias?: Initializer | false;
  /** Where the initial values are drawn from; default the stream governed by `seed`. */
  random?: Random;
}

/**
 * y = x · weight + bias, with x [batch, inputs], weight [inputs, outputs], bias [outputs], y [batch, outputs], all float32.
 *
 * Backward: d weight = xᵀ · dy, d bias = Σ over the batch of dy, dx = dy · weightᵀ.
 */
export class Dense extends Layer {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  #x?: Tensor2D;

  constructor(
    readonly inputs: number,
    readonly outputs: number,
    { weight = glorotUniform, bias = zeros, random = nextRandom() }: DenseOptions = {},
  ) {
    super();
    expectNumbers("Dense", "to be a positive integer", { inputs, outputs });
    this.weight = this.addParameter("weight", [inputs, outputs], weight, random);
    if (bias !== false) this.bias = this.addParameter("bias", [outputs], bias, random);
  }

  override get config(): LayerConfig {
    return { type: "Dense", inputs: this.inputs, outputs: this.outputs, bias: this.bias !== undefined };
  }

  override forward(x: Tensor): Tensor {
    if (x.rank !== 2 || x.shape[1] !== this.inputs) {
      throw new RangeError(`Dense: expected an input of shape [batch, ${this.inputs}], received [${x.shape}].`);
    }
    this.#x = x as Tensor2D;
    const product = tf.matMul(this.#x, this.weight.value as Tensor as Tensor2D);
    return this.bias ? tf.add(product, this.bias.value) : product;
  }

  override backward(dy: Tensor): Tensor {
    const x = this.kept(this.#x);
    this.weight.gradient = this.weight.frozen ? undefined : tf.matMul(x, dy as Tensor2D, true, false);
    if (this.bias) this.bias.gradient = this.bias.frozen ? undefined : tf.sum(dy, 0);
    return tf.matMul(dy as Tensor2D, this.weight.value as Tensor as Tensor2D, false, true);
  }
}
