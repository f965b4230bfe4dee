/**
 * Initializers: how a parameter's first values are drawn. Each is a function of the shape and a `Random`; layers take one as
 * an option (`new Dense(100, 10, { weight: uniform(0.07) })`).
 */
import type { Random } from "./random.js";
import { type Tensor, tf } from "./tensor.js";

/** Draws a float32 tensor of `shape` from `random`. */
export type Initializer = (shape: number[], random: Random) => Tensor;

const size = (shape: number[]) => shape.reduce((product, length) => product * length, 1);

/** Every value 0. */
export const zeros: Initializer = (shape) => tf.zeros(shape);

/** Every value `value`. */
export const constant =
  (value: number): Initializer =>
  (shape) =>
    tf.fill(shape, value);

/** U(−limit, limit). */
export const uniform =
  (limit: number): Initializer =>
  (shape, random) =>
    tf.tensor(random.uniforms(size(shape), -limit, limit), shape);

/** N(0, std²). */
export const normal =
  (std: number): Initializer =>
  (shape, random) =>
    tf.tensor(random.normals(size(shape), 0, std), shape);

/**
 * Glorot's (Xavier's) uniform initializer, U(−limit, limit) with limit = √(6 / (fanIn + fanOut)), for a weight of shape
 * [fanIn, fanOut]. Glorot and Bengio 2010, equation 16.
 */
export const glorotUniform: Initializer = (shape, random) => {
  const [fanIn, fanOut] = shape;
  if (fanIn === undefined || fanOut === undefined || shape.length !== 2) {
    throw new RangeError(`glorotUniform: expected a shape [fanIn, fanOut], received [${shape}].`);
  }
  return uniform(Math.sqrt(6 / (fanIn + fanOut)))(shape, random);
};
