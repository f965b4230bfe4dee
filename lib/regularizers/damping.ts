/** Damping: weights shrink a little before each step. */

import { tf } from "gradbook-engine/tensor";
import { expectGiven, expectNumbers } from "../checks/expect-numbers.js";
import { patternIn } from "../checks/expect-pattern.js";
import { type ChoiceOptions, chosen, weights } from "./chosen.js";
import type { Regularizer } from "./regularizer.js";

/**
 * w ← (1 − lambda) w before the optimizer, lambda in [0, 1]; not multiplied by the learning rate, unlike AdamW's decoupled
 * weight decay. With SGD the same as `l2(lambda / learningRate)`: Hanson and Pratt 1988.
 *
 * @example
 * ```ts
 * import { constant, Dense, damping } from "gradbook";
 *
 * const layer = new Dense(1, 1, { weight: constant(-3) });
 * damping(0.5).before!(layer.parameters);
 * console.log(layer.parameters.get("weight")!.value.arraySync()); // [ [ -1.5 ] ]
 * ```
 */
export function damping(lambda: number, options: ChoiceOptions = {}): Regularizer {
  expectGiven("damping", "damping(0.001)", { lambda });
  expectNumbers("damping", "in [0, 1]", { lambda });
  const pattern = patternIn("damping", options, weights);
  return {
    before(parameters) {
      for (const [, { value }] of chosen("damping", parameters, pattern)) {
        tf.tidy(() => value.assign(tf.mul(value, 1 - lambda)));
      }
    },
  };
}
