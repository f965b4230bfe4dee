/** Claims that do not hold stop a chapter only where its knobs are as stored. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { checkClaims } from "../../../lib/course/check-claims.js";

const printed: unknown[] = [];
beforeEach(() => void vi.spyOn(console, "log").mockImplementation((line) => void printed.push(line)));
afterEach(() => {
  vi.restoreAllMocks();
  printed.length = 0;
});

const claims = { "the loss falls": true, "and stays there": false, "the test loss rises": false };

it("says which claims hold, and goes on", () => {
  checkClaims(claims, false);
  expect(printed).toEqual([
    "holds: the loss falls",
    "not so with these knobs: and stays there",
    "not so with these knobs: the test loss rises",
  ]);
});

it("throws with the stored knobs, after it has said all", () => {
  expect(() => checkClaims(claims, true)).toThrow("received not so: and stays there; the test loss rises.");
  expect(printed).toHaveLength(3);
});

it("is content where all hold", () => {
  checkClaims({ "the loss falls": true, "it is 0 in the end": undefined }, true);
  expect(printed).toEqual(["holds: the loss falls"]);
});
