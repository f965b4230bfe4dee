import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  cosineDecay,
  exponentialDecay,
  reduceOnPlateau,
  type Schedule,
  stepDecay,
  warmUp,
} from "../../lib/schedules.js";
import { relativeError } from "../helpers/tensors.js";

const golden = JSON.parse(readFileSync(new URL("../goldens/optimizers-torch.json", import.meta.url), "utf8")).schedules;
const steps = Array.from({ length: 30 }, (_, step) => step);

describe("bad arguments", () => {
  it.each([
    [() => stepDecay(0, { every: 1 }), "stepDecay: expected initial above 0, received 0."],
    [() => stepDecay(1, { every: 1.5 }), "stepDecay: expected every to be a positive integer, received 1.5."],
    [() => stepDecay(1, { every: 1, factor: 1 }), "stepDecay: expected factor in (0, 1), received 1."],
    [() => exponentialDecay(-1, { factor: 0.9 }), "exponentialDecay: expected initial above 0, received -1."],
    [() => exponentialDecay(1, { factor: 0 }), "exponentialDecay: expected factor in (0, 1), received 0."],
    [() => exponentialDecay(1, { factor: 0.9, every: 0 }), "expected every to be a positive integer, received 0."],
    [() => cosineDecay(1, { steps: 0 }), "cosineDecay: expected steps to be a positive integer, received 0."],
    [() => cosineDecay(1, { steps: 1, final: -1 }), "cosineDecay: expected final at least 0, received -1."],
    [() => warmUp(0, { steps: 1 }), "warmUp: expected rate above 0, received 0."],
    [() => warmUp(1, { steps: -1 }), "warmUp: expected steps to be a positive integer, received -1."],
    [() => reduceOnPlateau(Number.NaN), "reduceOnPlateau: expected initial above 0, received NaN."],
    [() => reduceOnPlateau(1, { factor: 2 }), "reduceOnPlateau: expected factor in (0, 1), received 2."],
    [() => reduceOnPlateau(1, { patience: 0 }), "expected patience to be a positive integer, received 0."],
    [() => reduceOnPlateau(1, { threshold: 1 }), "reduceOnPlateau: expected threshold in [0, 1), received 1."],
    [() => reduceOnPlateau(1, { minimum: 2 }), "expected a minimum of at most 1 (initial), received 2."],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });
});

it.each([
  ["stepDecay", stepDecay(golden.initial, golden.stepDecay.options)],
  ["exponentialDecay", exponentialDecay(golden.initial, golden.exponentialDecay.options)],
  ["cosineDecay", cosineDecay(golden.initial, golden.cosineDecay.options)],
])("%s has PyTorch's rates", (name, schedule: Schedule) => {
  expect(relativeError(steps.map(schedule.at), golden[name].rates)).toBeLessThan(1e-12);
});

it("by hand: half-lives, and a cosine that ends and stays", () => {
  expect(exponentialDecay(8, { factor: 0.5, every: 10 }).at(15)).toBeCloseTo(8 * 0.5 ** 1.5, 12);
  const cosine = cosineDecay(1, { steps: 10, final: 0.25 });
  expect([0, 5, 10, 11].map(cosine.at)).toEqual([1, 0.625, 0.25, 0.25]);
});

describe("warmUp", () => {
  it("rises in a line to the first rate of what follows", () => {
    const schedule = warmUp(stepDecay(1, { every: 2 }), { steps: 3 });
    expect(relativeError([0, 1, 2, 3, 4, 5].map(schedule.at), [0.25, 0.5, 0.75, 1, 1, 0.1])).toBeLessThan(1e-12);
    expect([0, 1, 2].map(warmUp(3, { steps: 2 }).at)).toEqual([1, 2, 3]);
  });

  it("passes on what it is told", () => {
    const schedule = warmUp(reduceOnPlateau(1, { patience: 1, factor: 0.5 }), { steps: 1 });
    for (const loss of [1, 1, 1]) schedule.observe!(loss);
    expect(schedule.at(1)).toBe(0.5);
    expect(schedule.state).toEqual({ rate: 0.5, best: 1, waited: 0 });
    expect(warmUp(1, { steps: 1 }).state).toBeUndefined();
    const second = warmUp(reduceOnPlateau(1, { patience: 1, factor: 0.5 }), { steps: 1 });
    second.state = schedule.state!;
    expect(second.at(1)).toBe(0.5);
  });
});

describe("reduceOnPlateau", () => {
  const { options, rates } = golden.reduceOnPlateau;

  /** The rates while the golden losses are observed from number `from` on; JSON has null for NaN. */
  const observed = (schedule: Schedule, from: number) =>
    golden.losses.slice(from).map((loss: number | null, i: number) => {
      const rate = schedule.at(from + i);
      schedule.observe!(loss ?? Number.NaN);
      return rate;
    });

  it("has PyTorch's rates, a NaN among the losses, down to the minimum", () => {
    expect(relativeError(observed(reduceOnPlateau(golden.initial, options), 0), rates)).toBeLessThan(1e-12);
  });

  it("gives a state that stays as it was", () => {
    const schedule = reduceOnPlateau(1, { patience: 1 });
    const before = schedule.state;
    schedule.observe!(3);
    expect([before, schedule.state]).toEqual([
      { rate: 1, best: null, waited: 0 },
      { rate: 1, best: 3, waited: 0 },
    ]);
  });

  it("goes on from a saved state as if it had not stopped", () => {
    for (const stop of [0, 1, 9]) {
      const [first, second] = [reduceOnPlateau(golden.initial, options), reduceOnPlateau(golden.initial, options)];
      for (const loss of golden.losses.slice(0, stop)) first.observe!(loss);
      second.state = JSON.parse(JSON.stringify(first.state));
      expect(relativeError(observed(second, stop), rates.slice(stop))).toBeLessThan(1e-12);
    }
  });
});
