/** A check of `backward` against what differentiation means: move one number a little and see how the loss moves. */

import { Random } from "gradbook-engine/random";
import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectModel } from "../checks/expect-model.js";
import { expectNumbers } from "../checks/expect-numbers.js";
import { expectOptions, expectRandom } from "../checks/expect-options.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses.js";
import { keepingState } from "./observe.js";

/** How exactly gradients are checked, and how many of them. */
export interface CheckGradientsOptions {
  /**
   * How far a number is moved to each side. Default 1e-2, which suits float32: the formula is wrong by about h², rounding adds
   * about 1e-7 · loss / h.
   */
  h?: number;
  /** Of a parameter with more elements, so many chosen at random are checked. Default 50. */
  elements?: number;
  /** Chooses them. Default `new Random(0)`. */
  random?: Random;
  /** Whether layers compute as in training (every time with the same dropout masks). Default true. */
  training?: boolean;
}

/**
 * Compares the gradient g that `backward` finds with central differences n = (loss(w + h) − loss(w − h)) / 2h, for every parameter
 * that is not frozen and for the input, "x". Returns ‖g − n‖ / max(‖g‖, ‖n‖, s) by name; s, a thousandth of the largest norm in
 * the model, keeps gradients that are 0 by construction from being compared with rounding errors. Right code gives about 1e-3 or
 * less; more near kinks, where there is no derivative (a ReLU's 0). The model stays as it is.
 *
 * @example
 * ```ts
 * import { checkGradients, Dense, meanSquaredError, tf } from "gradbook";
 *
 * const model = new Dense(2, 1);
 * const errors = checkGradients(model, tf.ones([4, 2]), tf.zeros([4, 1]), meanSquaredError());
 * console.log(Object.keys(errors), Math.max(...Object.values(errors)) < 0.01); // [ 'weight', 'bias', 'x' ] true
 * ```
 */
export function checkGradients(
  model: Layer,
  x: Tensor,
  y: Tensor,
  loss: Loss,
  options: CheckGradientsOptions = {},
): Record<string, number> {
  expectModel("checkGradients", model);
  expectOptions("checkGradients", options, ["h", "elements", "random", "training"]);
  const { h = 1e-2, elements = 50, random = new Random(0), training = true } = options;
  expectRandom("checkGradients", "random", random);
  expectNumbers("checkGradients", "above 0", { h });
  expectNumbers("checkGradients", "to be a positive integer", { elements });
  return keepingState(model, (restore) => {
    let input = x;
    const lossNow = () =>
      tf.tidy(() => {
        restore();
        return loss.value(model.forward(input, training), y).dataSync()[0]!;
      });
    restore();
    const dx = model.backward(loss.gradient(model.forward(x, training), y));
    const trained = [...model.parameters].filter(([, { frozen }]) => !frozen);
    const checks = [
      ...trained.map(([name, { value, gradient }]) => {
        const original = tf.clone(value);
        return { name, at: original, gradient: gradient!, set: (moved: Tensor) => void value.assign(moved) };
      }),
      { name: "x", at: x, gradient: dx, set: (moved: Tensor) => (input = moved) },
    ];
    const compared = checks.map(({ name, at, gradient, set }) => {
      const g = gradient.dataSync();
      const chosen = [...random.permutation(at.size).subarray(0, elements)];
      const lossAt = (i: number, delta: number) =>
        tf.tidy(() => {
          const values = Float32Array.from(at.dataSync());
          values[i]! += delta;
          set(tf.tensor(values, at.shape));
          return lossNow();
        });
      const numeric = chosen.map((i) => (lossAt(i, h) - lossAt(i, -h)) / (2 * h));
      set(at);
      const found = chosen.map((i) => g[i]!);
      const error = norm(found.map((value, i) => value - numeric[i]!));
      return { name, error, size: Math.max(norm(found), norm(numeric)) };
    });
    const smallest = Math.max(...compared.map(({ size }) => size)) / 1000;
    return Object.fromEntries(
      compared.map(({ name, error, size }) => [name, error === 0 ? 0 : error / Math.max(size, smallest)]),
    );
  });
}

const norm = (values: number[]): number => Math.hypot(...values);
