import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { kFold } from "../../../lib/training/k-fold.js";

describe("kFold", () => {
  it.each([1, 11, 2.5])("refuses k = %s for 10 rows", (k) => {
    expect(() => kFold(10, k)).toThrow(`received ${k}`);
  });

  it("cuts contiguous folds and leaves the rest to training", () => {
    const folds = kFold(11, 5);
    expect(folds.map((fold) => Array.from(fold.validation))).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
    expect(Array.from(folds[0]!.train)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("every row validates at most once and trains in all other folds", () => {
    const sizes = fc.integer({ min: 2, max: 100 }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        k: fc.integer({ min: 2, max: count }),
        shuffle: fc.option(fc.integer()),
      }),
    );
    fc.assert(
      fc.property(sizes, ({ count, k, shuffle }) => {
        const folds = kFold(count, k, shuffle === null ? {} : { shuffle: new Random(shuffle) });
        const all = Array.from({ length: count }, (_, row) => row);
        for (const { train, validation } of folds) {
          expect([...train, ...validation].sort((a, b) => a - b)).toEqual(all);
        }
        const validated = folds.flatMap(({ validation }) => [...validation]);
        expect(new Set(validated).size).toBe(validated.length);
        expect(validated).toHaveLength(k * Math.floor(count / k));
      }),
    );
  });
});
