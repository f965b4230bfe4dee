/** The knobs of a chapter: values that it cannot run with are refused before anything is computed. */

export type Knob = string | number | boolean | readonly Knob[] | { readonly [name: string]: Knob };

/** The least and the largest value of a number, ends included. */
export type KnobRange = readonly [least: number, most: number];

/**
 * Refuses knobs that a chapter cannot run with, and tells whether all are as stored: `checkClaims` wants to know.
 *
 * A knob has the type of its stored value. A number is finite and above 0, and whole where the stored one is; `randomSeed`, and a
 * number that is stored as 0, may be 0. A list has at least one entry, and what holds for the stored list's first number holds for
 * each of its numbers; so it does for a text of numbers with commas between them, and for the entries of an object.
 * @param knobs the values by name, as they are now
 * @param stored the values by the same names with which the chapter is stored
 * @param ranges for numbers that the rule does not fit; the number is whole where the stored one and both ends are
 * @throws RangeError naming the knob, for a value that is refused; for names that `knobs` and `stored` do not share
 *
 * @example
 * ```ts
 * import { checkKnobs } from "gradbook";
 *
 * let epochs = 20; // a reader may change it
 * console.log(checkKnobs({ epochs }, { epochs: 10 }, { epochs: [1, 1000] })); // false
 * ```
 */
export function checkKnobs(
  knobs: Readonly<Record<string, Knob>>,
  stored: Readonly<Record<string, Knob>>,
  ranges: Readonly<Record<string, KnobRange>> = {},
): boolean {
  const names = Object.keys(stored);
  if (names.join() !== Object.keys(knobs).join()) {
    throw new RangeError(`Expected the knobs ${names.join(", ")}, received ${Object.keys(knobs).join(", ")}.`);
  }
  for (const name of names) check(name, knobs[name]!, stored[name]!, ranges[name]);
  return JSON.stringify(names.map((name) => knobs[name])) === JSON.stringify(names.map((name) => stored[name]));
}

function check(name: string, value: Knob, stored: Knob, range?: KnobRange): void {
  const wrong = (expected: string) => {
    const received = typeof value === "number" ? String(value) : JSON.stringify(value);
    return new RangeError(`Expected ${expected} as ${name}, received ${received}: give the knob another value.`);
  };
  if (typeof stored === "number") {
    const [least, most] = range ?? [0, Number.MAX_VALUE];
    const isWhole = [stored, ...(range ?? [])].every(Number.isInteger);
    const mayBe0 = range !== undefined || stored === 0 || name === "randomSeed";
    const isWithin = typeof value === "number" && value >= least && value <= most && (mayBe0 || value > 0);
    const place = range ? `from ${least} to ${most}` : mayBe0 ? "from 0 up" : "above 0";
    if (!isWithin || (isWhole && !Number.isInteger(value))) throw wrong(`a ${isWhole ? "whole " : ""}number ${place}`);
  } else if (isList(stored)) {
    if (!isList(value) || value.length === 0) throw wrong("a list with at least one entry");
    const example = (stored.flat(9) as Knob[])[0]!;
    for (const entry of value.flat(9) as Knob[]) check(name, entry, example, range);
  } else if (typeof stored === "object") {
    const names = Object.keys(stored);
    const isSame = typeof value === "object" && !isList(value) && Object.keys(value).join() === names.join();
    if (!isSame) throw wrong(`an object with ${names.join(", ")}`);
    for (const key of names) check(`${name}.${key}`, value[key]!, stored[key]!, range);
  } else if (typeof value !== typeof stored) throw wrong(`a ${typeof stored}`);
  else if (/^\d+(,\d+)*$/.test(String(stored)) && !/^[1-9]\d*(,[1-9]\d*)*$/.test(String(value))) {
    throw wrong("whole numbers above 0 with commas between them");
  }
}

const isList = (knob: Knob): knob is readonly Knob[] => Array.isArray(knob);
