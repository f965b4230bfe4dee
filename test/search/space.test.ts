import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../engine/random.js";
import { narrow } from "../../search/narrow.js";
import { SearchResults } from "../../search/results.js";
import { checkSpace, draw, grid, type Range, type Space } from "../../search/space.js";
import type { TrialResult } from "../../search/trial.js";

const draws = (space: Space, count: number) =>
  Array.from({ length: count }, (_, i) => draw(space, new Random(0).split(i)));

describe("draw", () => {
  it("stays in every range, with whole numbers where they are asked for", () => {
    const ranges = fc
      .record({
        a: fc.integer({ min: 1, max: 1000 }),
        b: fc.integer({ min: 1, max: 1000 }),
        log: fc.boolean(),
        integer: fc.boolean(),
      })
      .map(({ a, b, ...rest }): Range => ({ low: Math.min(a, b), high: Math.max(a, b), ...rest }));
    fc.assert(
      fc.property(ranges, fc.integer(), (x, seed) => {
        const value = draw({ x }, new Random(seed)).x as number;
        expect(value).toBeGreaterThanOrEqual(x.low);
        expect(value).toBeLessThanOrEqual(x.high);
        if (x.integer) expect(value).toBe(Math.round(value));
      }),
    );
  });

  it("is even on the scale of the range", () => {
    const space: Space = {
      log: { low: 1e-4, high: 1, log: true },
      linear: { low: 1, high: 3 },
      die: { low: 1, high: 6, integer: true },
    };
    const all = draws(space, 6000);
    const share = (test: (values: Record<string, number>) => boolean) =>
      all.filter((values) => test(values as Record<string, number>)).length / all.length;
    expect(share(({ log }) => log! < 1e-2)).toBeCloseTo(0.5, 1);
    expect(share(({ log }) => log! < 1e-3)).toBeCloseTo(0.25, 1);
    expect(share(({ linear }) => linear! < 2)).toBeCloseTo(0.5, 1);
    for (const side of [1, 2, 3, 4, 5, 6]) expect(share(({ die }) => die === side)).toBeCloseTo(1 / 6, 1);
  });

  it("draws a hyperparameter the same whatever others there are", () => {
    const rate = { low: 0, high: 1 };
    const [alone, together] = [draws({ rate }, 5), draws({ width: [1, 2, 3], rate }, 5)];
    expect(together.map((values) => values.rate)).toEqual(alone.map((values) => values.rate));
  });
});

describe("grid", () => {
  it("has every combination, the last name changing fastest", () => {
    const space: Space = { rate: { low: 0.01, high: 1, log: true, points: 3 }, kind: ["a", "b"] };
    const rates = grid(space).map(({ rate }) => rate as number);
    for (const [i, rate] of [0.01, 0.01, 0.1, 0.1, 1, 1].entries()) expect(rates[i]).toBeCloseTo(rate, 12);
    expect(grid(space).map(({ kind }) => kind)).toEqual(["a", "b", "a", "b", "a", "b"]);
    expect(rates.at(-1)).toBe(1);
  });

  it("has each whole number once", () => {
    expect(grid({ n: { low: 1, high: 3, integer: true, points: 10 } }).map(({ n }) => n)).toEqual([1, 2, 3]);
  });
});

describe("checkSpace", () => {
  it.each<[unknown, string]>([
    [{}, "received none"],
    [{ x: [] }, "received []"],
    [{ x: [Number.NaN] }, "received [null]"],
    [{ x: { low: 2, high: 1 } }, "received 2 and 1"],
    [{ x: { low: 0, high: 1, log: true } }, "expected low above 0, received 0"],
    [{ x: { low: 0.5, high: 2, integer: true } }, "expected whole low and high in the range of x"],
    [{ x: { low: 0, high: 2, points: 0 } }, "expected points to be a positive integer, received 0"],
  ])("refuses %j", (space, message) => {
    expect(() => checkSpace("search", space as Space)).toThrow(message);
  });
});

describe("narrow", () => {
  const space: Space = { rate: { low: 1e-6, high: 1, log: true }, kind: ["a", "b", "c"] };
  const trial = (number: number, rate: number, kind: string, loss: number): TrialResult => {
    const status = Number.isNaN(loss) ? "failed" : "done";
    return { number, parameters: { rate, kind }, seed: 0, status, loss, metrics: {}, reason: "", reports: [] };
  };
  const results = new SearchResults("test", space, [
    trial(0, 1e-3, "b", 0.2),
    trial(1, 1e-5, "c", 0.9),
    trial(2, 1e-2, "a", 0.1),
    trial(3, 1e-4, "a", 0.3),
    trial(4, 1, "c", Number.NaN),
  ]);

  it("keeps what lies around the best trials", () => {
    expect(narrow(space, results, 3)).toEqual({ rate: { low: 1e-4, high: 1e-2, log: true }, kind: ["a", "b"] });
    expect(narrow(space, results)).toEqual({ rate: { low: 1e-3, high: 1e-2, log: true }, kind: ["a", "b"] });
  });

  it("refuses more trials than there are, and another space", () => {
    expect(() => narrow(space, results, 5)).toThrow("expected at least 5 trials with a result, received 4");
    expect(() => narrow({ depth: [1] }, results)).toThrow("received one with depth");
  });
});
