/** The exercises of the course: a cell asks, the reader answers, the cell checks; the answers are not in the notebook. */
import { type Exercise, exercises } from "./exercises.js";

/** An exercise by chapter and number, such as "7.1". */
export type ExerciseName = keyof typeof exercises;

/** What the reader fills in: a number, a list, a function, the outcome of an experiment … */
export type Answer<Name extends ExerciseName> = (typeof exercises)[Name] extends Exercise<infer T> ? T : never;

/** How many hints of each exercise have been given. */
const given = new Map<string, number>();

function find(name: string): Exercise<never> {
  const exercise = (exercises as Record<string, Exercise<never>>)[name];
  if (exercise !== undefined) return exercise;
  throw new RangeError(`Expected an exercise, "1.1" to "${Object.keys(exercises).at(-1)}", received "${name}".`);
}

/**
 * Prints `Not answered yet.` for `undefined`, else `Right.` or `Not yet.` with the way to a hint. An error that an answer throws
 * (a function that fails, say) is the reader's to see.
 * @param name chapter and number of the exercise, such as "7.1"
 * @param answer what the reader has filled in
 * @throws RangeError for an exercise that is not there
 */
export function checkAnswer<Name extends ExerciseName>(name: Name, answer: Answer<Name> | undefined): void;
/**
 * The same for an exercise of a notebook of one's own.
 * @param answer what the reader has filled in
 * @param isRight whether an answer is right
 * @param hint what to think about, after a wrong answer
 *
 * @example
 * ```ts
 * import { checkAnswer } from "gradbook";
 *
 * const answer: number | undefined = 12; // `undefined` until the reader has one
 * checkAnswer(answer, (weights) => weights === 3 * 4, "Three inputs, four units.");
 * console.log("and the notebook goes on"); // Right. and the notebook goes on
 * ```
 */
export function checkAnswer<T>(answer: T | undefined, isRight: (answer: T) => boolean, hint: string): void;
export function checkAnswer(first: unknown, second: unknown, ownHint?: string): void {
  const isOwn = ownHint !== undefined;
  const answer = isOwn ? first : second;
  const isRight = isOwn ? (second as (answer: unknown) => boolean) : find(first as string).isRight;
  if (answer === undefined) console.log("Not answered yet.");
  else if (isRight(answer as never)) console.log("Right.");
  else console.log(`Not yet${isOwn ? `: ${ownHint}` : `. A hint: hint("${first}")`}`);
}

/**
 * Prints a hint, with each call the next one.
 * @param name chapter and number of the exercise, such as "7.1"
 * @throws RangeError for an exercise that is not there
 */
export function hint(name: ExerciseName): void {
  const { hints } = find(name);
  const count = given.get(name) ?? 0;
  given.set(name, Math.min(count + 1, hints.length));
  if (count < hints.length) console.log(`Hint ${count + 1} of ${hints.length}: ${hints[count]}`);
  else console.log("There are no more hints: the solution stands at the end of the chapter.");
}
