/** The exercises of the course: a cell asks, the reader answers, the cell checks. */

/**
 * Prints `Not answered yet.` for `undefined`, else `Right.` or `Not yet: ` with the hint.
 * @param answer what the reader has filled in: a number, an array, a tensor, a function …
 * @param isRight whether an answer is right; an error that it throws (a function that fails, say) is the reader's to see
 * @param hint what to think about, after a wrong answer
 */
export function checkAnswer<T>(answer: T | undefined, isRight: (answer: T) => boolean, hint: string): void {
  if (answer === undefined) console.log("Not answered yet.");
  else console.log(isRight(answer) ? "Right." : `Not yet: ${hint}`);
}
