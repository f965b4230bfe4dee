/** Space: what the hyperparameters of a search may be. Plain data, so that it goes into files and queues as it is. */

import type { Random } from "gradbook-engine/random";
import { expectNumbers } from "../lib/checks/expect-numbers.js";

/** Numbers from `low` to `high`. */
export interface Range {
  low: number;
  high: number;
  /** Even on a log scale: as many values between 1e-4 and 1e-3 as between 1e-3 and 1e-2. Default false. */
  log?: boolean;
  /** Only whole numbers, `high` included. Default false. */
  integer?: boolean;
  /** How many values a grid takes from the range, both ends included. Default 5. */
  points?: number;
}

/** One value of a hyperparameter. */
export type HyperparameterValue = number | string | boolean;

/** One value for each hyperparameter, by name. */
export type Hyperparameters = Record<string, HyperparameterValue>;

/** A range or a list of choices for each hyperparameter, by name: `{ rate: { low: 1e-4, high: 1, log: true }, width: [32, 64] }`. */
export type Space = Record<string, Range | readonly HyperparameterValue[]>;

/** The most that a trial may have: hyperparameters, letters of a name, letters of a text, rungs. */
export const most = { hyperparameters: 1000, name: 200, text: 10_000, rungs: 1000 };

/** Whether this may be a value of a hyperparameter: a finite number, a truth value, a text that is not too long. */
export const isPlain = (value: unknown): boolean =>
  Number.isFinite(value) || typeof value === "boolean" || (typeof value === "string" && value.length <= most.text);

/** Whether this may be the name of a hyperparameter. */
export const isName = (name: string): boolean => name !== "" && name.length <= most.name;

/** Whether these are choices, not a range. */
export const isChoice = (entry: Space[string]): entry is readonly HyperparameterValue[] => Array.isArray(entry);

/** @throws RangeError or TypeError for a space that nothing can be drawn from; `where` begins the message. */
export function checkSpace(where: string, space: Space): void {
  const entries = Object.entries(space);
  if (entries.length === 0) throw new RangeError(`${where}: expected a space with a hyperparameter, received none.`);
  if (entries.length > most.hyperparameters) {
    throw new RangeError(
      `${where}: expected at most ${most.hyperparameters} hyperparameters, received ${entries.length}.`,
    );
  }
  for (const [name, entry] of entries) {
    if (!isName(name)) {
      throw new RangeError(
        `${where}: expected names of 1 to ${most.name} letters, received ${JSON.stringify(name.slice(0, 40))}.`,
      );
    }
    if (isChoice(entry)) {
      if (entry.length > 0 && entry.every(isPlain)) continue;
      throw new TypeError(
        `${where}: expected numbers, strings (of at most ${most.text} letters) or booleans to choose ${name} from, received ${JSON.stringify(entry).slice(0, 200)}.`,
      );
    }
    const { low, high, log = false, integer = false, points } = entry;
    if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) {
      throw new RangeError(`${where}: expected low ≤ high in the range of ${name}, received ${low} and ${high}.`);
    }
    if (log) expectNumbers(`${where}, log range of ${name}`, "above 0", { low });
    if (integer && !(Number.isInteger(low) && Number.isInteger(high))) {
      throw new RangeError(
        `${where}: expected whole low and high in the range of ${name}, received ${low} and ${high}.`,
      );
    }
    expectNumbers(`${where}, range of ${name}`, "to be a positive integer", { points });
  }
}

/** The value at `share` (0 … 1) of the way from `low` to `high`: low^(1 − share) · high^share on a log scale. */
function at(share: number, low: number, high: number, log: boolean): number {
  const value = log ? Math.exp((1 - share) * Math.log(low) + share * Math.log(high)) : (1 - share) * low + share * high;
  return Math.min(high, Math.max(low, value));
}

/** Draws each hyperparameter from a stream of its own, split from `random` by name: one more does not change the others. */
export function draw(space: Space, random: Random): Hyperparameters {
  const pick = ([name, entry]: [string, Space[string]]): [string, HyperparameterValue] => {
    const share = random.split(name).uniform();
    if (isChoice(entry)) return [name, entry[Math.floor(share * entry.length)]!];
    const { low, high, log = false, integer = false } = entry;
    // Each whole number is the lower end of an interval up to the next one.
    return [name, integer ? Math.min(high, Math.floor(at(share, low, high + 1, log))) : at(share, low, high, log)];
  };
  return Object.fromEntries(Object.entries(space).map(pick));
}

/** Every combination of the choices and of the `points` of the ranges; the last hyperparameter changes fastest. */
export function grid(space: Space): Hyperparameters[] {
  return Object.entries(space).reduce<Hyperparameters[]>(
    (combinations, [name, entry]) =>
      combinations.flatMap((others) => gridValues(entry).map((value) => ({ ...others, [name]: value }))),
    [{}],
  );
}

function gridValues(entry: Space[string]): readonly HyperparameterValue[] {
  if (isChoice(entry)) return entry;
  const { low, high, log = false, integer = false, points = 5 } = entry;
  const share = (i: number) => (points === 1 ? 0.5 : i / (points - 1));
  const values = Array.from({ length: points }, (_, i) => at(share(i), low, high, log));
  return [...new Set(integer ? values.map(Math.round) : values)];
}
