/** Padding: what a window that slides over a picture does at its edges. */
import { type Tensor4D, tf } from "gradbook-engine/tensor";

/**
 * "valid": only where the window fits; "same": pixels added around, so that the output has ⌈length / strides⌉ of them, and of an
 * odd number one more after; a number: so many pixels added on every side, as PyTorch counts. With strides above 1 and an even
 * length "same" is none of PyTorch's numbers.
 */
export type Padding = "valid" | "same" | number;

/** The padding that the engine has to apply itself: it knows no numbers, `padPictures` adds those before. */
export const enginePadding = (padding: Padding): "valid" | "same" => (typeof padding === "number" ? "valid" : padding);

/** The least length of a picture that a window of `size` fits in. */
export const leastLength = (padding: Padding, size: number): number =>
  padding === "same" ? 1 : Math.max(1, size - (padding === "valid" ? 0 : 2 * padding));

/** `x` with as many pixels of `value` on every side as a number says; `x` itself for the other paddings. */
export function padPictures(x: Tensor4D, padding: Padding, value: number): Tensor4D {
  if (typeof padding !== "number" || padding === 0) return x;
  const sides: [number, number] = [padding, padding];
  return tf.pad(x, [[0, 0], sides, sides, [0, 0]], value);
}

/** The way back: without the pixels that `padPictures` has added. */
export function cropPictures(x: Tensor4D, padding: Padding): Tensor4D {
  if (typeof padding !== "number" || padding === 0) return x;
  const [batch, height, width, channels] = x.shape;
  return tf.slice(x, [0, padding, padding, 0], [batch, height - 2 * padding, width - 2 * padding, channels]);
}

/** Pixels added before and after `length` pixels; of an odd number one more after. None for "valid". */
export function paddedPixels(
  padding: "valid" | "same",
  length: number,
  size: number,
  strides: number,
): [before: number, after: number] {
  if (padding === "valid") return [0, 0];
  const total = Math.max((Math.ceil(length / strides) - 1) * strides + size - length, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
