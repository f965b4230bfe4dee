/** Checks of the numbers that options take, with one form of error. */

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
    throw new RangeError(`${where}: expected ${name} ${condition}, received ${value}.`);
  }
}
