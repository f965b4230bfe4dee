/**
 * Initializers: how a parameter's first values are drawn. Each is a function of the shape and a `Random`; layers take one as
 * an option (`new Dense(100, 10, { weight: uniform(0.07) })`).
 */

import type { Random } from "gradbook-engine/random";
import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectGiven, expectNumbers } from "./checks/expect-numbers.js";
import { shown } from "./checks/shown.js";

/** Draws a float32 tensor of `shape` from `random`. */
export type Initializer = (shape: number[], random: Random) => Tensor;

const size = (shape: number[]) => shape.reduce((product, length) => product * length, 1);

/**
 * Every value 0.
 *
 * @example
 * ```ts
 * import { Dense, zeros } from "gradbook";
 *
 * const layer = new Dense(2, 3, { weight: zeros });
 * console.log(layer.parameters.get("weight")!.value.arraySync()); // [ [ 0, 0, 0 ], [ 0, 0, 0 ] ]
 * ```
 */
export const zeros: Initializer = (shape) => tf.zeros(shape);

/**
 * Every value `value`.
 *
 * @example
 * ```ts
 * import { constant, Dense } from "gradbook";
 *
 * const layer = new Dense(2, 3, { weight: constant(0.5) });
 * console.log(layer.parameters.get("weight")!.value.arraySync()); // [ [ 0.5, 0.5, 0.5 ], [ 0.5, 0.5, 0.5 ] ]
 * ```
 */
export function constant(value: number): Initializer {
  expectGiven("constant", "constant(0.1)", { value });
  if (typeof value !== "number") throw new TypeError(`constant: expected a number, received ${shown(value)}.`);
  return (shape) => tf.fill(shape, value);
}

/**
 * U(−limit, limit); limit > 0.
 *
 * @example
 * ```ts
 * import { Random, tf, uniform } from "gradbook";
 *
 * const weight = uniform(0.1)([100, 50], new Random(0));
 * console.log(tf.max(weight).dataSync()[0]!.toFixed(2)); // 0.10
 * ```
 */
export function uniform(limit: number): Initializer {
  expectGiven("uniform", "uniform(0.1)", { limit });
  expectNumbers("uniform", "above 0", { limit });
  return (shape, random) => tf.tensor(random.uniforms(size(shape), -limit, limit), shape);
}

/**
 * N(0, std²), not truncated; std > 0.
 *
 * @example
 * ```ts
 * import { normal, Random, tf } from "gradbook";
 *
 * const weight = normal(0.5)([100, 50], new Random(0));
 * console.log(weight.shape, tf.moments(weight).variance.dataSync()[0]!.toFixed(3)); // [ 100, 50 ] 0.251
 * ```
 */
export function normal(std: number): Initializer {
  expectGiven("normal", "normal(0.1)", { std });
  expectNumbers("normal", "above 0", { std });
  return (shape, random) => tf.tensor(random.normals(size(shape), 0, std), shape);
}

/**
 * How many numbers a unit sums (fanIn) and how many units a number goes to (fanOut), from the shape of a weight: [inputs,
 * outputs] of `Dense`, or [height, width, inputs, outputs] of `Conv2D`, where both are height · width times as many.
 */
function fans(name: string, shape: number[]): { fanIn: number; fanOut: number } {
  if (shape.length !== 2 && shape.length !== 4) {
    throw new RangeError(
      `${name}: expected a shape [fanIn, fanOut] or [height, width, inputs, outputs], received [${shape}].`,
    );
  }
  const window = size(shape.slice(0, -2));
  return { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! };
}

/**
 * Glorot's (Xavier's) uniform initializer, U(−limit, limit) with limit = √(6 / (fanIn + fanOut)). Keeps the variance of
 * activations and gradients where the activation is nearly linear (tanh). Glorot and Bengio 2010, equation 16.
 *
 * @example
 * ```ts
 * import { glorotUniform, Random, tf } from "gradbook";
 *
 * const weight = glorotUniform([100, 50], new Random(0));
 * console.log(weight.shape, tf.moments(weight).variance.dataSync()[0]!.toFixed(3)); // [ 100, 50 ] 0.013
 * ```
 */
export const glorotUniform: Initializer = (shape, random) => {
  const { fanIn, fanOut } = fans("glorotUniform", shape);
  return uniform(Math.sqrt(6 / (fanIn + fanOut)))(shape, random);
};

/**
 * Glorot's (Xavier's) normal initializer, N(0, 2 / (fanIn + fanOut)), not truncated. Glorot and Bengio 2010.
 *
 * @example
 * ```ts
 * import { glorotNormal, Random, tf } from "gradbook";
 *
 * const weight = glorotNormal([100, 50], new Random(0));
 * console.log(weight.shape, tf.moments(weight).variance.dataSync()[0]!.toFixed(3)); // [ 100, 50 ] 0.013
 * ```
 */
export const glorotNormal: Initializer = (shape, random) => {
  const { fanIn, fanOut } = fans("glorotNormal", shape);
  return normal(Math.sqrt(2 / (fanIn + fanOut)))(shape, random);
};

/**
 * He's uniform initializer for ReLU, U(−limit, limit) with limit = √(6 / fanIn). He et al. 2015.
 *
 * @example
 * ```ts
 * import { heUniform, Random, tf } from "gradbook";
 *
 * const weight = heUniform([100, 50], new Random(0));
 * console.log(weight.shape, tf.moments(weight).variance.dataSync()[0]!.toFixed(3)); // [ 100, 50 ] 0.020
 * ```
 */
export const heUniform: Initializer = (shape, random) =>
  uniform(Math.sqrt(6 / fans("heUniform", shape).fanIn))(shape, random);

/**
 * He's normal initializer for ReLU, N(0, 2 / fanIn), not truncated. He et al. 2015.
 *
 * @example
 * ```ts
 * import { heNormal, Random, tf } from "gradbook";
 *
 * const weight = heNormal([100, 50], new Random(0));
 * console.log(weight.shape, tf.moments(weight).variance.dataSync()[0]!.toFixed(3)); // [ 100, 50 ] 0.020
 * ```
 */
export const heNormal: Initializer = (shape, random) =>
  normal(Math.sqrt(2 / fans("heNormal", shape).fanIn))(shape, random);

/**
 * LeCun's normal initializer, N(0, 1 / fanIn), not truncated: std √(1 / fanIn), which one well-known book calls Xavier's.
 * LeCun et al. 1998, "Efficient BackProp".
 *
 * @example
 * ```ts
 * import { lecunNormal, Random, tf } from "gradbook";
 *
 * const weight = lecunNormal([100, 50], new Random(0));
 * console.log(weight.shape, tf.moments(weight).variance.dataSync()[0]!.toFixed(3)); // [ 100, 50 ] 0.010
 * ```
 */
export const lecunNormal: Initializer = (shape, random) =>
  normal(Math.sqrt(1 / fans("lecunNormal", shape).fanIn))(shape, random);
