/** Dropout (inverted): while training, each activation is zeroed with probability `rate`; prediction needs no change. */
import { changing, live } from "gradbook-engine/live";
import { nextRandom, Random } from "gradbook-engine/random";
import { uniformAt } from "gradbook-engine/stateless-random";
import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectGiven, expectNumbers } from "../checks/expect-numbers.js";
import { expectOptions, expectRandom } from "../checks/expect-options.js";
import { noteProbabilities, probabilitiesFrom } from "../checks/probabilities.js";
import { Layer, type LayerArguments, type LayerConfig } from "./layer.js";

/** What the dropout layers can be told. */
export interface DropoutOptions {
  /**
   * The mask of training step t is fixed by `random.seed` and t; default the stream governed by `seed`. Each layer needs one
   * of its own: two with the same seed draw the same masks.
   */
  random?: Random;
}

/**
 * Training: y = x ⊙ mask / (1 − rate), any shape, with a new mask of ones (probability 1 − rate) and zeros each time, so that
 * the expected y is x. Prediction: y = x. Backward: dx = dy ⊙ mask / (1 − rate). Srivastava et al. 2014, in the inverted form.
 *
 * @example
 * ```ts
 * import { Dropout, tf } from "gradbook";
 *
 * const layer = new Dropout(0.5);
 * layer.mask = tf.tensor1d([1, 0, 1, 1]); // else drawn anew at each step
 * console.log(layer.forward(tf.ones([4]), true).arraySync()); // [ 2, 0, 2, 2 ]
 * console.log(layer.forward(tf.ones([4]), false).arraySync()); // [ 1, 1, 1, 1 ]
 * ```
 */
export class Dropout extends Layer {
  /** The mask for the next training step, ones and zeros of x's shape (or one that broadcasts to it), in place of a drawn one. */
  mask?: Tensor;
  readonly random: Random;
  /** What x was multiplied by: a tensor, or a number where there was no mask. */
  #factor?: Tensor | number;
  #steps = 0;

  /** @param rate probability to zero an activation, in [0, 1) */
  constructor(
    readonly rate: number,
    options: DropoutOptions = {},
  ) {
    super();
    const { name } = this.constructor;
    expectGiven(name, `new ${name}(0.5)`, { rate });
    expectNumbers(name, "in [0, 1)", { rate });
    const { random = nextRandom() } = expectOptions(name, options, ["random"]);
    expectRandom(name, "random", random);
    this.random = random;
  }

  static from(given: LayerArguments): Layer {
    return new this(given.number("rate"), { random: new Random(given.number("seed")) });
  }

  /** Masks drawn so far, one for each `forward` with `training` true; set it to go on from a checkpoint. */
  get steps(): number {
    return changing(this.#steps, "a Dropout's steps");
  }

  set steps(steps: number) {
    this.#steps = steps;
  }

  override get config(): LayerConfig {
    return { ...super.config, rate: this.rate, seed: this.random.seed };
  }

  override forward(x: Tensor, training: boolean): Tensor {
    this.#factor = training ? tf.mul(this.#nextMask(x), this.trainingScale) : this.predictionScale;
    return noteProbabilities(tf.mul(x, this.#factor), probabilitiesFrom(x));
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
    const step = live(() => this.#steps++, "int32");
    if (!mask) {
      const seed = live(() => this.random.seed | 0, "int32");
      return tf.cast(tf.greaterEqual(uniformAt(this.maskShape(x.shape), seed, step), this.rate), "float32");
    }
    this.mask = undefined;
    const fits = mask.rank === x.rank && mask.shape.every((length, i) => length === 1 || length === x.shape[i]);
    if (fits) return mask;
    throw new RangeError(
      `${this.constructor.name}: expected a mask for the shape [${x.shape}], received the shape [${mask.shape}].`,
    );
  }
}
