/** AdamW: Adam with decoupled weight decay. */
import { expectOptions } from "../checks/expect-options.js";
import { Adam, type AdamOptions } from "./adam.js";

/**
 * w ← w − learningRate · weightDecay · w, then Adam's step, whose moments know nothing of the decay: every weight decays at
 * the same pace, however large its gradients are. weightDecay default 0.01, learningRate 0.001. Loshchilov and Hutter 2019;
 * PyTorch's rule (the paper's own algorithm multiplies the decay by a schedule only, not by the learning rate).
 *
 * @example
 * ```ts
 * import { AdamW, Dataset, Dense, fit, meanSquaredError, seed, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const optimizer = new AdamW({ learningRate: 0.1, weightDecay: 0.0001 });
 * const history = await fit(new Dense(1, 1), data, { loss: meanSquaredError(), optimizer, epochs: 200 });
 * console.log(history.loss.at(-1)! < 0.001); // true
 * ```
 */
export class AdamW extends Adam {
  protected override readonly decoupled = true;

  constructor(given: AdamOptions = {}) {
    const { weightDecay = 0.01, ...options } = expectOptions(new.target.name, given);
    super({ weightDecay, ...options });
  }
}
