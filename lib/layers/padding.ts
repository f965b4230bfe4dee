/** Padding: what a window that slides over a picture does at its edges. */

/** "valid": only where the window fits; "same": pixels added around, so that the output has ⌈length / strides⌉ of them. */
export type Padding = "valid" | "same";

/** Refuses any other padding. */
export function expectPadding(where: string, padding: string): void {
  if (padding === "valid" || padding === "same") return;
  throw new RangeError(`${where}: expected the padding "valid" or "same", received ${JSON.stringify(padding)}.`);
}

/** Pixels added before and after `length` pixels; of an odd number one more after. None for "valid". */
export function paddedPixels(
  padding: Padding,
  length: number,
  size: number,
  strides: number,
): [before: number, after: number] {
  if (padding === "valid") return [0, 0];
  const total = Math.max((Math.ceil(length / strides) - 1) * strides + size - length, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
