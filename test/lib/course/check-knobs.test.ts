/** Which knobs a chapter refuses, and when it knows them as the stored ones. */
import { describe, expect, it } from "vitest";
import { checkKnobs, type Knob } from "../../../lib/course/check-knobs.js";

const stored = {
  epochs: 30,
  rate: 0.1,
  offset: 0,
  name: "tanh",
  depths: "1,2,4",
  sizes: [10, 20],
  wide: [[], [3]],
  l: { L1: 0.1 },
};
const withKnob = (knob: Record<string, Knob>) => checkKnobs({ ...stored, ...knob }, stored);

it("tells whether all knobs are as stored", () => {
  expect(withKnob({})).toBe(true);
  const others: Record<string, Knob>[] = [
    { epochs: 31 },
    { sizes: [10] },
    { l: { L1: 0.2 } },
    { name: "relu" },
    { offset: 2 },
    { depths: "8" },
  ];
  for (const knob of others) expect(withKnob(knob), JSON.stringify(knob)).toBe(false);
});

describe("refuses", () => {
  it.each<[string, Record<string, Knob>, string]>([
    ["a count below 1", { epochs: 0 }, "Expected a whole number above 0 as epochs, received 0"],
    ["a negative count", { epochs: -3 }, "as epochs, received -3"],
    ["a fraction as a count", { epochs: 2.5 }, "as epochs, received 2.5"],
    ["NaN", { rate: Number.NaN }, "Expected a number above 0 as rate, received NaN"],
    ["infinity", { rate: Number.POSITIVE_INFINITY }, "as rate, received Infinity"],
    ["a text as a number", { rate: "fast" }, 'as rate, received "fast"'],
    ["a number as a text", { name: 3 }, "Expected a string as name, received 3"],
    ["a negative number where 0 is stored", { offset: -1 }, "Expected a whole number from 0 up as offset"],
    ["an empty list", { sizes: [] }, "Expected a list with at least one entry as sizes"],
    ["a wrong number in a list", { sizes: [10, -1] }, "as sizes, received -1"],
    ["a wrong number in a list of lists", { wide: [[0]] }, "as wide, received 0"],
    ["a wrong list in a text", { depths: "1,,2" }, "Expected whole numbers above 0 with commas between them as depths"],
    ["a wrong entry", { l: { L1: -1 } }, "Expected a number above 0 as l.L1, received -1"],
    ["other entries", { l: { L3: 1 } }, "Expected an object with L1 as l"],
  ])("%s", (_, knob, message) => {
    expect(() => withKnob(knob)).toThrow(message);
  });

  it("what lies outside of a range, and takes what lies within", () => {
    const ranges = { rate: [0, 1] } as const;
    expect(checkKnobs({ rate: 0 }, { rate: 0.5 }, ranges)).toBe(false);
    expect(checkKnobs({ rate: 1.5 }, { rate: 1 }, { rate: [0.5, 2] })).toBe(false);
    expect(() => checkKnobs({ rate: 1.5 }, { rate: 1 }, { rate: [0, 2] })).toThrow(
      "a whole number from 0 to 2 as rate",
    );
    expect(() => checkKnobs({ rate: 1.5 }, { rate: 0.5 }, ranges)).toThrow(
      "Expected a number from 0 to 1 as rate, received 1.5",
    );
  });

  it("other names than the stored ones", () => {
    expect(() => checkKnobs({ epoch: 1 }, { epochs: 1 })).toThrow("Expected the knobs epochs, received epoch.");
  });
});

it("lets a seed be 0 whatever the stored one is", () => {
  expect(checkKnobs({ randomSeed: 0 }, { randomSeed: 1 })).toBe(false);
});
