/** Max-norm: a constraint on each unit's weights. */

import { tf } from "gradbook-engine/tensor";
import { expectGiven, expectNumbers } from "../checks/expect-numbers.js";
import { patternIn } from "../checks/expect-pattern.js";
import { type ChoiceOptions, chosen, weights } from "./chosen.js";
import type { Regularizer } from "./regularizer.js";

/**
 * After the optimizer, each unit's weight vector that has become longer than `limit` > 0 is scaled back to that length:
 * w ← w · limit / max(‖w‖, limit). A unit's weights are those of one output: a column of a Dense weight [inputs, outputs], one
 * filter of a convolution [height, width, channels, filters]. Srebro and Shraibman 2005; Srivastava et al. 2014.
 *
 * @example
 * ```ts
 * import { Dataset, Dense, fit, maxNorm, meanSquaredError, seed, SGD, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const options = { loss: meanSquaredError(), optimizer: new SGD({ learningRate: 0.1 }), epochs: 50 };
 * const model = new Dense(1, 1);
 * await fit(model, data, { ...options, regularizers: [maxNorm(2)] });
 * console.log(model.parameters.get("weight")!.value.dataSync()[0]!.toFixed(2)); // 2.00
 * ```
 */
export function maxNorm(limit: number, options: ChoiceOptions = {}): Regularizer {
  expectGiven("maxNorm", "maxNorm(3)", { limit });
  expectNumbers("maxNorm", "above 0", { limit });
  const pattern = patternIn("maxNorm", options, weights);
  return {
    after(parameters) {
      for (const [name, { value }] of chosen("maxNorm", parameters, pattern)) {
        if (value.rank < 2) {
          throw new RangeError(
            `maxNorm: expected weights with an axis of outputs after others, received ${name} of shape [${value.shape}].`,
          );
        }
        tf.tidy(() => {
          const axes = value.shape.map((_, axis) => axis).slice(0, -1);
          const norms = tf.sqrt(tf.sum(tf.square(value), axes, true));
          value.assign(tf.mul(value, tf.div(limit, tf.maximum(norms, limit))));
        });
      }
    },
  };
}
