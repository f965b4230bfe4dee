/** Divisor: what a loss divides its sum by. */
import { expectNumbers } from "./expect-numbers.js";
import { expectOptions } from "./expect-options.js";

/** How a loss adds up its elements. */
export interface LossOptions {
  /** "mean" (the default): n is the number of terms in the sum. "sum": n = 1. */
  reduction?: "mean" | "sum";
  /**
   * n itself, > 0, in place of a reduction. A fixed number, such as the batch size, weighs each example of a last, smaller
   * batch like every other example.
   */
  divisor?: number;
}

/** n as a function of the number of terms. */
export function chooseDivisor(loss: string, options: LossOptions): (terms: number) => number {
  const { reduction, divisor } = expectOptions(loss, options, ["reduction", "divisor"]);
  expectNumbers(loss, "above 0", { divisor });
  if (reduction !== undefined && divisor !== undefined) {
    throw new RangeError(`${loss}: expected reduction or divisor, received both ("${reduction}", ${divisor}).`);
  }
  if (reduction !== undefined && reduction !== "mean" && reduction !== "sum") {
    throw new RangeError(`${loss}: expected reduction "mean" or "sum", received ${JSON.stringify(reduction)}.`);
  }
  return (terms) => divisor ?? (reduction === "sum" ? 1 : terms);
}
