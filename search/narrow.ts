/** Narrowing: the space for the next search, around the best trials of the one before. */
import type { SearchResults } from "./results.js";
import { isChoice, type Space } from "./space.js";

/**
 * `space` cut down to where its best trials lie: each range goes from the smallest to the largest value among them, and of the
 * choices those remain that one of them has. What `space` does not have is left out, what it had stays in its bounds.
 * @param best how many of the best trials to look at; default a tenth of those with a result, at least 2
 * @throws RangeError when fewer trials have a result
 *
 * @example
 * ```ts
 * import { narrow, SearchResults } from "gradbook";
 *
 * const space = { units: [8, 16, 32], rate: { low: 0, high: 1 } };
 * const trial = (number: number, units: number, rate: number, loss: number) =>
 *   ({ number, seed: number, parameters: { units, rate }, status: "done", loss, metrics: {}, reports: [], reason: "" }) as const;
 * const trials = [trial(0, 8, 0.9, 3), trial(1, 16, 0.2, 1), trial(2, 16, 0.4, 2)];
 * console.log(narrow(space, new SearchResults("train", space, trials), 2)); // { units: [ 16 ], rate: { low: 0.2, high: 0.4 } }
 * ```
 */
export function narrow(space: Space, results: SearchResults, best?: number): Space {
  const done = results.ranked.length;
  const count = best ?? Math.max(2, Math.round(done / 10));
  if (!Number.isInteger(count) || count < 1 || count > done) {
    throw new RangeError(`narrow: expected at least ${count} trials with a result, received ${done}.`);
  }
  const chosen = results.ranked.slice(0, count).map(({ parameters }) => parameters);
  const narrowed = ([name, entry]: [string, Space[string]]): [string, Space[string]] => {
    const values = chosen.map((parameters) => parameters[name]);
    if (values.includes(undefined)) {
      throw new RangeError(`narrow: expected the space of these results, received one with ${name}, which they lack.`);
    }
    if (isChoice(entry)) return [name, entry.filter((choice) => values.includes(choice))];
    const numbers = values as number[];
    return [name, { ...entry, low: Math.min(...numbers), high: Math.max(...numbers) }];
  };
  return Object.fromEntries(Object.entries(space).map(narrowed));
}
