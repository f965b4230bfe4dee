/** What an exercise prints, for each kind of answer. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { checkAnswer } from "../../lib/check-answer.js";
import { tf } from "../../lib/tensor.js";
import "../helpers/tensors.js";

const printed: unknown[] = [];
beforeEach(() => void vi.spyOn(console, "log").mockImplementation((line) => void printed.push(line)));
afterEach(() => {
  vi.restoreAllMocks();
  printed.length = 0;
});

it("says that there is no answer yet, and does not judge it", () => {
  const answer: number | undefined = undefined;
  checkAnswer(
    answer,
    (_: number) => {
      throw new Error("asked");
    },
    "look again",
  );
  expect(printed).toEqual(["Not answered yet."]);
});

it("tells right from wrong, and gives the hint for wrong", () => {
  for (const answer of [0.25, 0.5, Number.NaN]) checkAnswer(answer, (slope) => Math.abs(slope - 0.25) < 1e-6, "at 0");
  expect(printed).toEqual(["Right.", "Not yet: at 0", "Not yet: at 0"]);
});

it("takes arrays, tensors, functions and false", () => {
  checkAnswer([3, 1], ([first]) => first === 3, "");
  checkAnswer(tf.ones([2]), (tensor) => tensor.shape[0] === 2, "");
  checkAnswer(
    (x: number) => 2 * x,
    (double) => double(4) === 8,
    "",
  );
  checkAnswer(false, (claim) => claim === false, "");
  expect(printed).toEqual(["Right.", "Right.", "Right.", "Right."]);
});

it("lets the error of an answer through", () => {
  const answer = (): number => {
    throw new Error("mine");
  };
  expect(() => checkAnswer(answer, (f) => f() === 1, "")).toThrow("mine");
});
