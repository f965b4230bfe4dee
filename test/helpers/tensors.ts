/** For tests with tensors: the engine is ready when this file has been imported, and `relativeError` compares two tensors. */
import { engine, type Tensor, tf } from "../../lib/tensor.js";

await engine.ready;

/** ‖actual − expected‖ / ‖expected‖ over all values, or ‖actual‖ where the expected norm is 0. */
export function relativeError(actual: Tensor | ArrayLike<number>, expected: Tensor | ArrayLike<number>): number {
  const values = (x: Tensor | ArrayLike<number>) => Array.from("dataSync" in x ? x.dataSync() : x);
  const [a, b] = [values(actual), values(expected)];
  if (a.length !== b.length) throw new RangeError(`Expected ${b.length} values, received ${a.length}.`);
  const norm = (x: number[]) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  return norm(a.map((value, i) => value - b[i]!)) / (norm(b) || 1);
}

/**
 * `x` (float32) with each value one unit in the last place off, up and down by turns. Two ways of computing the same are compared
 * from x and from this: where the comparison holds, no processor's way of rounding breaks it.
 */
export function nudged(x: Tensor): Tensor {
  const values = Float32Array.from(x.dataSync());
  const bits = new Int32Array(values.buffer);
  for (const [i, value] of values.entries()) if (value !== 0) bits[i]! += i % 2 === 0 ? 1 : -1;
  return tf.tensor(values, x.shape);
}

/**
 * ∂f/∂x by central differences, (f(x + h eᵢ) − f(x − h eᵢ)) / 2h for each element i; h suits float32 (truncation ~h², rounding
 * ~1e-7/h: both near 1e-4 at h = 1e-2).
 */
export function numericGradient(f: (x: Float32Array) => number, x: ArrayLike<number>, h = 1e-2): number[] {
  return Array.from(x, (_, i) => {
    const at = (delta: number) => f(Float32Array.from(x, (value, j) => (i === j ? value + delta : value)));
    return (at(h) - at(-h)) / (2 * h);
  });
}
