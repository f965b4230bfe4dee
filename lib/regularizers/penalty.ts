/** Penalties: regularizers that add to the loss what grows with the weights. */

import { type Scalar, type Tensor, tf } from "gradbook-engine/tensor";
import { expectGiven, expectNumbers } from "../checks/expect-numbers.js";
import { expectOptions } from "../checks/expect-options.js";
import { patternIn } from "../checks/expect-pattern.js";
import { type ChoiceOptions, chosen, weights } from "./chosen.js";
import type { Regularizer } from "./regularizer.js";

/** The regularizer that adds Σ `term`(w), a sum over all chosen weights, to the loss, and `slope`(w) to their gradients. */
function penalty(
  name: string,
  options: ChoiceOptions,
  term: (w: Tensor) => Tensor,
  slope: (w: Tensor) => Tensor,
): Regularizer {
  const pattern = patternIn(name, options, weights);
  return {
    penalty: (parameters) =>
      tf.tidy(() => {
        const terms = chosen(name, parameters, pattern).map(([, { value }]) => term(value));
        return (terms.length === 0 ? tf.scalar(0) : tf.addN(terms)) as Scalar;
      }),
    addGradients(parameters) {
      for (const [parameter, { value, gradient }] of chosen(name, parameters, pattern)) {
        if (!gradient) {
          throw new Error(
            `${name}: expected a gradient of ${parameter}, received none: run backward before addGradients.`,
          );
        }
        parameters.get(parameter)!.gradient = tf.tidy(() => tf.add(gradient, slope(value)));
      }
    },
  };
}

/**
 * lambda Σ |w|, gradient lambda · sign(w), 0 at 0; lambda ≥ 0. Small weights are driven to 0: Tibshirani 1996.
 *
 * @example
 * ```ts
 * import { constant, Dense, l1 } from "gradbook";
 *
 * const layer = new Dense(1, 2, { weight: constant(-3) });
 * console.log(l1(0.5).penalty!(layer.parameters).arraySync()); // 3
 * ```
 */
export function l1(lambda: number, options: ChoiceOptions = {}): Regularizer {
  expectGiven("l1", "l1(0.001)", { lambda });
  expectNumbers("l1", "at least 0", { lambda });
  return penalty(
    "l1",
    options,
    (w) => tf.mul(tf.sum(tf.abs(w)), lambda),
    (w) => tf.mul(tf.sign(w), lambda),
  );
}

/**
 * ½ lambda Σ w², gradient lambda · w; lambda ≥ 0. Hoerl and Kennard 1970. With SGD the same as `weightDecay: lambda`, except
 * that the training loss shows it. (Keras's L2 has no ½: its factor is half of ours.)
 *
 * @example
 * ```ts
 * import { constant, Dense, l2 } from "gradbook";
 *
 * const layer = new Dense(1, 2, { weight: constant(-3) });
 * console.log(l2(0.5).penalty!(layer.parameters).arraySync()); // 4.5
 * ```
 */
export function l2(lambda: number, options: ChoiceOptions = {}): Regularizer {
  expectGiven("l2", "l2(0.001)", { lambda });
  expectNumbers("l2", "at least 0", { lambda });
  return penalty(
    "l2",
    options,
    (w) => tf.mul(tf.sum(tf.square(w)), lambda / 2),
    (w) => tf.mul(w, lambda),
  );
}

/**
 * The elastic net, l1 Σ |w| + ½ l2 Σ w²; l1, l2 ≥ 0. Zou and Hastie 2005.
 *
 * @example
 * ```ts
 * import { constant, Dense, elastic } from "gradbook";
 *
 * const layer = new Dense(1, 2, { weight: constant(-3) });
 * console.log(elastic({ l1: 0.5, l2: 0.5 }).penalty!(layer.parameters).arraySync()); // 7.5
 * ```
 */
export function elastic(
  factors: { l1: number; l2: number } = {} as { l1: number; l2: number },
  options: ChoiceOptions = {},
): Regularizer {
  const { l1, l2 } = expectOptions("elastic", factors, ["l1", "l2"]);
  expectGiven("elastic", "elastic({ l1: 0.001, l2: 0.001 })", { l1, l2 });
  expectNumbers("elastic", "at least 0", { l1, l2 });
  return penalty(
    "elastic",
    options,
    (w) => tf.add(tf.mul(tf.sum(tf.abs(w)), l1), tf.mul(tf.sum(tf.square(w)), l2 / 2)),
    (w) => tf.add(tf.mul(tf.sign(w), l1), tf.mul(w, l2)),
  );
}

/**
 * (lambda / p) Σ |w|ᵖ, gradient lambda · sign(w) |w|^(p − 1), 0 at 0; p ≥ 1, lambda ≥ 0. `l1` is p = 1, `l2` is p = 2. Frank
 * and Friedman 1993 (who have no 1 / p).
 */
export function pNorm(p: number, lambda: number, options: ChoiceOptions = {}): Regularizer {
  expectGiven("pNorm", "pNorm(1.5, 0.001)", { p, lambda });
  expectNumbers("pNorm", "at least 1", { p });
  expectNumbers("pNorm", "at least 0", { lambda });
  return penalty(
    "pNorm",
    options,
    (w) => tf.mul(tf.sum(tf.pow(tf.abs(w), p)), lambda / p),
    (w) => tf.mul(tf.mul(tf.sign(w), tf.pow(tf.abs(w), p - 1)), lambda),
  );
}
