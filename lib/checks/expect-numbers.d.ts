/** Checks of the numbers that options take, with one form of error. */
declare const conditions: {
  "above 0": (x: number) => boolean;
  "at least 0": (x: number) => boolean;
  "at least 1": (x: number) => boolean;
  "in [0, 1)": (x: number) => boolean;
  "in [0, 1]": (x: number) => boolean;
  "in (0, 1)": (x: number) => boolean;
  "to be a positive integer": (x: number) => boolean;
};
/**
 * Throws a RangeError at the first of `numbers` that is not finite or does not meet `condition`; one that is `undefined` (an
 * option left out) passes. `expectNumbers("Adam", "in [0, 1)", { beta1: 2 })`: "Adam: expected beta1 in [0, 1), received 2."
 */
export declare function expectNumbers(
  where: string,
  condition: keyof typeof conditions,
  numbers: Record<string, number | undefined>,
): void;
