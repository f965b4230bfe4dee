/** Checks of the numbers that functions and options take, with one form of error. */
import { shown } from "./shown.js";

const conditions = {
  "above 0": (x: number) => x > 0,
  "at least 0": (x: number) => x >= 0,
  "at least 1": (x: number) => x >= 1,
  "in [0, 1)": (x: number) => x >= 0 && x < 1,
  "in [0, 1]": (x: number) => x >= 0 && x <= 1,
  "in (0, 1)": (x: number) => x > 0 && x < 1,
  "to be a positive integer": (x: number) => Number.isInteger(x) && x > 0,
};

/**
 * Throws a RangeError at the first of `numbers` that is not finite or does not meet `condition`; one that is `undefined` (an
 * option left out) passes. `expectNumbers("Adam", "in [0, 1)", { beta1: 2 })`: "Adam: expected beta1 in [0, 1), received 2."
 */
export function expectNumbers(
  where: string,
  condition: keyof typeof conditions,
  numbers: Record<string, number | undefined>,
): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined || (Number.isFinite(value) && conditions[condition](value))) continue;
    throw new RangeError(
      `${where}: expected ${name} ${condition}, received ${typeof value === "number" ? value : shown(value)}.`,
    );
  }
}

/**
 * Throws a TypeError at the first of `values`, which are required, that was left out.
 * `expectGiven("l2", "l2(0.01)", { lambda })`: "l2: expected lambda, received none: write l2(0.01)."
 */
export function expectGiven(where: string, example: string, values: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) throw new TypeError(`${where}: expected ${name}, received none: write ${example}.`);
  }
}
