/** LeakyReLU: a ReLU that lets a little through where its input is negative, so that no unit stays without gradient. */

import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { Layer, type LayerArguments, type LayerConfig } from "./layer.js";

/**
 * y = x where x > 0, else slope · x, elementwise, any shape. Backward: dx = dy where x > 0, else slope · dy.
 * Maas, Hannun and Ng 2013.
 *
 * @example
 * ```ts
 * import { LeakyReLU, tf } from "gradbook";
 *
 * const layer = new LeakyReLU(0.25);
 * console.log(layer.forward(tf.tensor1d([-2, 0, 3])).arraySync()); // [ -0.5, 0, 3 ]
 * ```
 */
export class LeakyReLU extends Layer {
  #x?: Tensor;

  /** @param slope slope of the negative side, in [0, 1); default 0.01. */
  constructor(readonly slope = 0.01) {
    super();
    expectNumbers("LeakyReLU", "in [0, 1)", { slope });
  }

  static from(given: LayerArguments): Layer {
    return new this(given.number("slope"));
  }

  override get config(): LayerConfig {
    return { ...super.config, slope: this.slope };
  }

  override forward(x: Tensor): Tensor {
    this.#x = x;
    return tf.leakyRelu(x, this.slope);
  }

  override backward(dy: Tensor): Tensor {
    return tf.where(tf.greater(this.kept(this.#x), 0), dy, tf.mul(dy, this.slope));
  }
}
