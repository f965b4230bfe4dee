/** Checks of the numbers that go into a figure, with one clear error each. */

/** The numbers as an array; throws when there are none or one of them is not a number. `where` ends the message. */
export function checkNumbers(values: ArrayLike<number>, where: string): number[] {
  const numbers = Array.from(values);
  if (numbers.length === 0) throw new RangeError(`Expected at least one number in ${where}, received none.`);
  const wrong = numbers.findIndex((value) => typeof value !== "number");
  if (wrong >= 0) {
    throw new TypeError(
      `Expected only numbers in ${where}, received ${JSON.stringify(numbers[wrong])} at index ${wrong}.`,
    );
  }
  return numbers;
}

/** Throws at the first number that a logarithmic axis cannot show; NaN passes. */
export function checkPositive(numbers: readonly number[], where: string): void {
  const wrong = numbers.findIndex((value) => value <= 0);
  if (wrong >= 0) {
    throw new RangeError(
      `Expected only numbers above zero in ${where}, received ${numbers[wrong]} at index ${wrong}: a logarithmic axis has no place for it.`,
    );
  }
}
