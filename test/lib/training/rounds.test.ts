/** What a call of a program does, in the forms in which its loop is told. */
import { describe, expect, it } from "vitest";
import { inRounds, inRuns, oneAfterTheOther } from "../../../lib/training/rounds.js";

/** Two epochs of three batches of 8 and a rest (part 1), each with validation (part 2). */
const turns = [0, 0, 0, 1, 2, 0, 0, 0, 1, 2];
const slots = [0, 1, 2, 0, 0, 3, 4, 5, 1, 1];

describe("rounds", () => {
  it("have one turn of a part at most, in the order of the parts", () => {
    expect(inRounds(turns, slots, 3)).toEqual([
      [0, -1, -1],
      [1, -1, -1],
      [2, 0, 0],
      [3, -1, -1],
      [4, -1, -1],
      [5, 1, 1],
    ]);
  });

  it("as runs have all turns of the first part that follow each other, from where on and up to where", () => {
    expect(inRuns(turns, slots, 3)).toEqual([
      [0, 0, 0, 3, 1, 1],
      [3, 1, 1, 6, 2, 2],
    ]);
    // A call may begin with what the last one had no time for, and have no turn of a part.
    expect(inRuns([2, 0, 0], [0, 0, 1], 3)).toEqual([
      [0, 0, 0, 0, 0, 1],
      [0, 0, 0, 2, 0, 0],
    ]);
  });

  it("as runs have one turn of another part, although several follow each other", () => {
    expect(inRuns([0, 1, 1], [0, 0, 1], 2)).toEqual([
      [0, 0, 1, 1],
      [0, 1, 0, 2],
    ]);
  });
});

describe("oneAfterTheOther", () => {
  it("puts batches into one array with room for more", () => {
    expect(oneAfterTheOther([Int32Array.of(1, 2), Int32Array.of(3, 4)], 2, 3)).toEqual(Int32Array.of(1, 2, 3, 4, 0, 0));
  });
});
