/** Dropout (inverted): while training, each activation is zeroed with probability `rate`; prediction needs no change. */
import { expectNumbers } from "../expect-numbers.js";
import { nextRandom, type Random } from "../random.js";
import { type Tensor, tf } from "../tensor.js";
import { Layer, type LayerConfig } from "./layer.js";

/** What the dropout layers can be told. */
export interface DropoutOptions {
  /**
   * The mask of training step t is drawn from `random.split(t)`; default the stream governed by `seed`. Each layer needs one of
   * its own: two with the same seed draw the same masks.
   */
  random?: Random;
}

/**
 * Training: y = x ⊙ mask / (1 − rate), any shape, with a new mask of ones (probability 1 − rate) and zeros each time, so that
 * the expected y is x. Prediction: y = x. Backward: dx = dy ⊙ mask / (1 − rate). Srivastava et al. 2014, in the inverted form.
 */
export class Dropout extends Layer {
  /** Masks drawn so far, one for each `forward` with `training` true; set it to go on from a checkpoint. */
  steps = 0;
  /** The mask for the next training step, ones and zeros of x's shape (or one that broadcasts to it), in place of a drawn one. */
  mask?: Tensor;
  readonly random: Random;
  /** What x was multiplied by: a tensor, or a number where there was no mask. */
  #factor?: Tensor | number;

  /** @param rate probability to zero an activation, in [0, 1) */
  constructor(
    readonly rate: number,
    { random = nextRandom() }: DropoutOptions = {},
  ) {
    super();
    expectNumbers(this.constructor.name, "in [0, 1)", { rate });
    this.random = random;
  }

  override get config(): LayerConfig {
    return { ...super.config, rate: this.rate, seed: this.random.seed };
  }

  override forward(x: Tensor, training: boolean): Tensor {
    this.#factor = training ? tf.mul(this.#nextMask(x), this.trainingScale) : this.predictionScale;
    return tf.mul(x, this.#factor);
  }

  override backward(dy: Tensor): Tensor {
    return tf.mul(dy, this.kept(this.#factor));
  }

  /** What the mask is multiplied by in training. */
  protected get trainingScale(): number {
    return 1 / (1 - this.rate);
  }

  /** What x is multiplied by in prediction. */
  protected get predictionScale(): number {
    return 1;
  }

  /** The shape of the mask for an input of shape `shape`: one number for each activation. */
  protected maskShape(shape: number[]): number[] {
    return shape;
  }

  #nextMask(x: Tensor): Tensor {
    const { mask } = this;
    const random = this.random.split(this.steps++);
    if (mask) {
      this.mask = undefined;
      const fits = mask.rank === x.rank && mask.shape.every((length, i) => length === 1 || length === x.shape[i]);
      if (fits) return mask;
      throw new RangeError(
        `${this.constructor.name}: expected a mask for the shape [${x.shape}], received the shape [${mask.shape}].`,
      );
    }
    const shape = this.maskShape(x.shape);
    const ones = new Float32Array(shape.reduce((product, length) => product * length, 1));
    for (let i = 0; i < ones.length; i++) if (random.uniform() >= this.rate) ones[i] = 1;
    return tf.tensor(ones, shape);
  }
}
