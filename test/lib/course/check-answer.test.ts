/** What an exercise prints, for each kind of answer, and its hints one by one. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { tf } from "../../../engine/tensor.js";
import { checkAnswer, type ExerciseName, hint } from "../../../lib/course/check-answer.js";
import { exercises } from "../../../lib/course/exercises.js";
import "../../helpers/tensors.js";

const printed: unknown[] = [];
beforeEach(() => void vi.spyOn(console, "log").mockImplementation((line) => void printed.push(line)));
afterEach(() => {
  vi.restoreAllMocks();
  printed.length = 0;
});

it("says that there is no answer yet", () => {
  checkAnswer("1.3", undefined);
  expect(printed).toEqual(["Not answered yet."]);
});

it("tells right from wrong, and where a hint is", () => {
  for (const answer of [0.005, 0.006, Number.NaN]) checkAnswer("7.3", answer);
  expect(printed).toEqual(["Right.", 'Not yet. A hint: hint("7.3")', 'Not yet. A hint: hint("7.3")']);
});

it("takes tensors, functions and lists", () => {
  checkAnswer("1.2", tf.tensor1d([-1, 1]));
  checkAnswer("2.1", (dh, h) => tf.mul(dh, tf.sub(1, tf.square(h))));
  checkAnswer("13.3", [0, 1, 2]);
  checkAnswer("13.3", [0, 1]);
  expect(printed).toEqual(["Right.", "Right.", "Right.", 'Not yet. A hint: hint("13.3")']);
});

it("checks an exercise of a notebook of one's own", () => {
  for (const answer of [undefined, 4, 5]) checkAnswer(answer, (number) => number === 4, "two and two");
  expect(printed).toEqual(["Not answered yet.", "Right.", "Not yet: two and two"]);
});

it("looks at what an experiment measured, and whether that was foreseen", () => {
  checkAnswer("11.1", { prediction: 160, measured: 160 });
  checkAnswer("11.1", { prediction: 155, measured: 160 });
  checkAnswer("11.1", { prediction: 155, measured: 155 });
  expect(printed.map((line) => line === "Right.")).toEqual([true, false, false]);
  checkAnswer("9.3", { prediction: 0, measured: 2e-7 }); // 0, but for rounding
  expect(printed.at(-1)).toBe("Right.");
});

it("lets the error of an answer through", () => {
  const answer = (): number[] => {
    throw new Error("mine");
  };
  expect(() => checkAnswer("8.2", answer)).toThrow("mine");
});

it("gives the hints one by one, then says that there are no more", () => {
  for (let i = 0; i < 4; i++) hint("10.3");
  expect(printed[0]).toBe("Hint 1 of 2: Each factor is 1 + ∂f/∂x.");
  expect(printed[1]).toBe("Hint 2 of 2: Fifty factors of 1.1.");
  expect(printed.slice(2)).toEqual(
    Array(2).fill("There are no more hints: the solution stands at the end of the chapter."),
  );
});

it("refuses an exercise that is not there", () => {
  expect(() => checkAnswer("9.9" as ExerciseName, undefined)).toThrow(
    /Expected an exercise, "1\.1" to "1\d\.3", received "9\.9"/,
  );
});

it("has three exercises for each chapter, each with hints", () => {
  const names = Object.keys(exercises);
  expect(names).toEqual(names.map((_, i) => `${Math.floor(i / 3) + 1}.${(i % 3) + 1}`));
  for (const { hints } of Object.values(exercises)) expect(hints.length).toBeGreaterThan(0);
});
