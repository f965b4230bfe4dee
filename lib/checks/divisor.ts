/** Divisor: what a loss divides its sum by. */
import type { LossOptions } from "../losses.js";
import { expectNumbers } from "./expect-numbers.js";
import { expectOptions } from "./expect-options.js";

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
