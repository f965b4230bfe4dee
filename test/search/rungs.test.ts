import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../engine/random.js";
import { checkPruning, Rungs } from "../../search/rungs.js";
import type { Report } from "../../search/trial.js";

describe("Rungs", () => {
  it("lets the best third of those so far go on, by hand", () => {
    const rungs = new Rungs({ rungs: [1], reduction: 3 });
    // Of one and two losses the best goes on, of three one, of six two.
    const losses = [5, 6, 4, 4.5, 3, 3.5];
    const stopped = losses.flatMap((loss, trial) => rungs.note(trial, [[1, loss]], true));
    expect(stopped).toEqual([1, 3]);
    expect(rungs.stoppedAt(3)).toEqual([1, 4.5]);
    expect(rungs.stoppedAt(0)).toBeUndefined();
  });

  it("waits with a trial until the ones before it are there, and stops it then", () => {
    const rungs = new Rungs({ rungs: [1, 2], reduction: 2 });
    expect(rungs.note(1, [[1, 9]], false)).toEqual([]);
    expect(
      rungs.note(
        1,
        [
          [1, 9],
          [2, 8],
        ],
        true,
      ),
    ).toEqual([]);
    expect(rungs.note(0, [[1, 1]], false)).toEqual([1]);
    expect(rungs.stoppedAt(1)).toEqual([1, 9]);
  });

  it("passes over trials that ended before the rung", () => {
    const rungs = new Rungs({ rungs: [2] });
    rungs.note(0, [[1, 0]], true);
    rungs.note(
      1,
      [
        [1, 5],
        [3, 4],
      ],
      true,
    );
    expect(rungs.note(2, [[2, 4.5]], false)).toEqual([2]);
  });

  it("decides the same in whatever order reports arrive", () => {
    const trials = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 5 }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(trials, fc.integer(), fc.constantFrom(2, 3), (losses, seed, reduction) => {
        const reports = losses.map((list) => list.map((loss, i): Report => [i + 1, loss]));
        const outcome = (events: [number, number][]) => {
          const rungs = new Rungs({ rungs: [1, 2, 4], reduction });
          for (const [trial, length] of events) {
            const all = reports[trial]!;
            rungs.note(trial, all.slice(0, length), length > all.length);
          }
          return reports.map((_, trial) => rungs.stoppedAt(trial));
        };
        const one = reports.flatMap((all, trial): [number, number][] => [[trial, all.length + 1]]);
        // Each trial's events in their order, the trials mixed.
        const next = reports.map(() => 1);
        const mixed = [...new Random(seed).permutation(reports.reduce((sum, all) => sum + all.length + 1, 0))]
          .map((place) => {
            let trial = 0;
            for (let left = place; left > reports[trial]!.length; trial++) left -= reports[trial]!.length + 1;
            return trial;
          })
          .map((trial): [number, number] => [trial, next[trial]!++]);
        expect(outcome(mixed)).toEqual(outcome(one));
      }),
    );
  });

  it.each([[[]], [[2, 1]], [[0, 1]], [[1.5]]])("refuses the rungs %j", (rungs) => {
    expect(() => checkPruning("search", { rungs })).toThrow(`received [${rungs}]`);
  });

  it("refuses a reduction of 1", () => {
    expect(() => checkPruning("search", { rungs: [1], reduction: 1 })).toThrow("received 1");
  });
});
