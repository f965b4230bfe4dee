/** Dense: the affine layer y = x · weight + bias. */
import { glorotUniform, type Initializer, zeros } from "../initializers.js";
import { nextRandom, type Random } from "../random.js";
import { type Tensor, type Tensor2D, tf } from "../tensor.js";
import { Layer, type Parameter } from "./layer.js";

export interface DenseOptions {
  /** Initializer of the weight, shape [inputs, outputs]; default `glorotUniform`. */
  weight?: Initializer;
  /** Initializer of the bias, shape [outputs]; default `zeros`. */
  bias?: Initializer;
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
  readonly bias: Parameter;
  #x?: Tensor2D;

  constructor(
    readonly inputs: number,
    readonly outputs: number,
    { weight = glorotUniform, bias = zeros, random = nextRandom() }: DenseOptions = {},
  ) {
    super();
    for (const [name, length] of Object.entries({ inputs, outputs })) {
      if (!Number.isInteger(length) || length < 1) {
        throw new RangeError(`Dense: expected ${name} to be a positive integer, received ${length}.`);
      }
    }
    this.weight = { value: tf.tidy(() => tf.variable(weight([inputs, outputs], random.split("weight")))) };
    this.bias = { value: tf.tidy(() => tf.variable(bias([outputs], random.split("bias")))) };
    this.parameters.set("weight", this.weight).set("bias", this.bias);
  }

  override forward(x: Tensor): Tensor {
    if (x.rank !== 2 || x.shape[1] !== this.inputs) {
      throw new RangeError(`Dense: expected an input of shape [batch, ${this.inputs}], received [${x.shape}].`);
    }
    this.#x = x as Tensor2D;
    return tf.add(tf.matMul(this.#x, this.weight.value as Tensor as Tensor2D), this.bias.value);
  }

  override backward(dy: Tensor): Tensor {
    if (!this.#x) throw new Error("Dense: expected forward before backward, received backward first.");
    this.weight.gradient = tf.matMul(this.#x, dy as Tensor2D, true, false);
    this.bias.gradient = tf.sum(dy, 0);
    return tf.matMul(dy as Tensor2D, this.weight.value as Tensor as Tensor2D, false, true);
  }
}
