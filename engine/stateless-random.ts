/**
 * Stateless random tensors: numbers that a seed and the number of a step fix, without a stream that has to be kept. In a
 * graph the step is a tensor, so that each run draws anew. The generator is TensorFlow's StatelessRandomUniform, which counts
 * in blocks (Philox4x32-10: Salmon et al. 2011); on WebAssembly it is computed here, to the bit the same.
 */

import { nativeBackend } from "./compile/backend.js";
import { typeOf } from "./compile/graph.js";
import { engine, type Scalar, type Tensor, tf } from "./tensor.js";

/** What TensorFlow can draw: U[0, 1), N(0, 1), and N(0, 1) without what is further than 2 from 0. */
export type Distribution = "StatelessRandomUniform" | "StatelessRandomNormal" | "StatelessTruncatedNormal";

/** Draws what `seed` and `step` (int32 scalars) fix, by TensorFlow's own operation; the native engine only. */
export function drawNative(distribution: Distribution, shape: number[], seed: Scalar, step: Scalar): Tensor {
  const backend = nativeBackend();
  const { TF_ATTR_TYPE } = backend.binding;
  const attribute = (name: string, dtype: string) => ({ name, type: TF_ATTR_TYPE, ...value(dtype) });
  const attributes = [attribute("dtype", "float32"), attribute("T", "int32"), attribute("Tseed", "int32")];
  return tf.tidy(() => {
    const seeds = tf.stack([seed, step]);
    return backend.executeSingleOutput(distribution, attributes, [tf.tensor1d(shape, "int32"), seeds]);
  });
}

const value = (dtype: string) => ({ value: (typeOf(dtype) as { type: number }).type });

/**
 * A float32 tensor of numbers from U[0, 1), fixed by `seed` and `step` (int32 scalars), the same on every engine.
 */
export function uniformAt(shape: number[], seed: Scalar, step: Scalar): Tensor {
  if (engine.name === "native") return drawNative("StatelessRandomUniform", shape, seed, step);
  const count = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(philoxUniforms(count, seed.dataSync()[0]!, step.dataSync()[0]!), shape);
}

/** `count` numbers from U[0, 1) with 23 random bits each. */
export function philoxUniforms(count: number, seed: number, step: number): Float32Array {
  const word = (number: number) => [number | 0, number < 0 ? -1 : 0];
  // TensorFlow mixes seed and step first, so that neither has to be random itself.
  const mixed = philox([...word(seed), ...word(step)], 0x3ec8f720, 0x02461e29);
  const values = new Float32Array(count);
  const counter = [0, 0, mixed[2]!, mixed[3]!];
  for (let i = 0; i < count; i += 4) {
    counter[0] = i / 4;
    const block = philox(counter, mixed[0]!, mixed[1]!);
    for (let j = 0; j < 4 && i + j < count; j++) values[i + j] = (block[j]! & 0x7fffff) / 2 ** 23;
  }
  return values;
}

/** Ten rounds of multiplication over the four 32-bit words of `counter`. */
function philox(counter: readonly number[], key0: number, key1: number): [number, number, number, number] {
  let [a, b, c, d] = counter as [number, number, number, number];
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = product(0xd2511f53, a);
    const [high1, low1] = product(0xcd9e8d57, c);
    [a, b, c, d] = [high1 ^ b ^ key0, low1, high0 ^ d ^ key1, low0];
    key0 = (key0 + 0x9e3779b9) | 0;
    key1 = (key1 + 0xbb67ae85) | 0;
  }
  return [a, b, c, d];
}

/** The 64 bits of x · y, both 32 bits: [high, low]. */
function product(x: number, y: number): [high: number, low: number] {
  const [x1, x0, y1, y0] = [x >>> 16, x & 0xffff, y >>> 16, y & 0xffff];
  const middle = x1 * y0 + ((x0 * y0) >>> 16);
  const high = x1 * y1 + Math.floor(middle / 2 ** 16) + Math.floor(((middle % 2 ** 16) + x0 * y1) / 2 ** 16);
  return [high | 0, Math.imul(x, y)];
}
