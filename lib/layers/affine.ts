/** Affine: what `Dense` and `Conv2D` share: a weight, a bias, an activation, and inputs that may be left out. */

import { nextRandom, type Random } from "gradbook-engine/random";
import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectGiven, expectNumbers } from "../checks/expect-numbers.js";
import { expectInitializers, expectRandom } from "../checks/expect-options.js";
import { glorotUniform, type Initializer, zeros } from "../initializers.js";
import { type Activation, activationOf } from "./activation.js";
import { Layer, type LayerArguments, type LayerConfig, type Parameter } from "./layer.js";

/** What a `Dense` or `Conv2D` layer can be told. */
export interface AffineOptions {
  /** Initializer of the weight, shape [inputs, outputs] or [size, size, inputs, outputs]; default `glorotUniform`. */
  weight?: Initializer;
  /** Initializer of the bias, shape [outputs], or `false` for a layer without one; default `zeros`. */
  bias?: Initializer | false;
  /** What the sum goes through last, such as "relu"; default nothing. */
  activation?: Activation;
  /** Where the initial values are drawn from; default the stream governed by `seed`. */
  random?: Random;
}

/** Their names. */
export const affineOptions = ["weight", "bias", "activation", "random"] as const;

/** How wide a layer is. Where `inputs` are left out, the first input says how many there are. */
export interface Widths {
  inputs?: number;
  outputs: number;
}

/** y = activation(sum(x, weight) + bias); the subclass says what the sum is. The parameters are made once `inputs` are known. */
export abstract class Affine extends Layer {
  readonly outputs: number;
  readonly activation: Layer | undefined;
  readonly #hasBias: boolean;
  readonly #make: (inputs: number) => void;
  #weight?: Parameter;
  #bias?: Parameter;

  /**
   * @param window lengths of the weight before [inputs, outputs]
   * @param example how the layer is written, for the error where something is missing
   */
  constructor(window: number[], example: string, options: Partial<Widths> & AffineOptions) {
    super();
    const { name } = this.constructor;
    const { inputs, outputs, weight = glorotUniform, bias = zeros, activation, random = nextRandom() } = options;
    expectGiven(name, example, "inputs" in options ? { inputs, outputs } : { outputs });
    expectNumbers(name, "to be a positive integer", { inputs, outputs });
    expectRandom(name, "random", random);
    expectInitializers(name, { weight, bias });
    this.outputs = outputs!;
    this.#hasBias = bias !== false;
    this.#make = (width) => {
      this.#weight = this.addParameter("weight", [...window, width, this.outputs], weight, random);
      if (bias !== false) this.#bias = this.addParameter("bias", [this.outputs], bias, random);
    };
    if (inputs !== undefined) this.#make(inputs);
    if (activation !== undefined) this.activation = this.addLayer("activation", activationOf(name, activation));
  }

  override get isMade(): boolean {
    return this.#weight !== undefined;
  }

  get weight(): Parameter {
    return this.made(this.#weight);
  }

  get bias(): Parameter | undefined {
    return this.#hasBias ? this.made(this.#bias) : undefined;
  }

  /** The length of the input's last axis. */
  get inputs(): number {
    return this.weight.value.shape.at(-2)!;
  }

  override get config(): LayerConfig {
    const { isMade, outputs } = this;
    return { ...super.config, ...(isMade && { inputs: this.inputs }), outputs, bias: this.#hasBias };
  }

  /** What `from` reads for every such layer. */
  protected static given(given: LayerArguments): Widths & AffineOptions {
    return {
      ...(given.has("inputs") && { inputs: given.number("inputs") }),
      outputs: given.number("outputs"),
      bias: given.boolean("bias") && zeros,
      ...(given.has("activation") && { activation: given.layer("activation") }),
      random: given.random,
    };
  }

  /** Makes the parameters for this input, where they are not made yet. */
  protected make(x: Tensor, rank: number): void {
    if (!this.isMade && x.rank === rank) this.#make(x.shape[rank - 1]!);
  }

  /** Bias and activation, after the sum. */
  protected finish(sum: Tensor, training: boolean): Tensor {
    const y = this.bias ? tf.add(sum, this.bias.value) : sum;
    return this.activation?.forward(y, training) ?? y;
  }

  /** Back through the activation, then d bias = Σ dy over all axes but the last; returns dy of the sum. */
  protected begin(gradient: Tensor): Tensor {
    const dy = this.activation?.backward(gradient) ?? gradient;
    const axes = dy.shape.slice(1).map((_, axis) => axis);
    if (this.bias) this.bias.gradient = this.bias.frozen ? undefined : tf.sum(dy, axes);
    return dy;
  }
}
