import fc from "fast-check";
import { expect, it } from "vitest";
import { nextRandom, Random, type RandomState, seed } from "../../lib/random.js";

it("refuses a seed that is not an integer", () => {
  expect(() => new Random(0.5)).toThrow("expected an integer seed, received 0.5");
});

it("gives the same stream for the same seed and another for another", () => {
  expect(new Random(7).uniforms(5)).toEqual(new Random(7).uniforms(5));
  expect(new Random(7).uniforms(5)).not.toEqual(new Random(8).uniforms(5));
});

it("splits into streams that do not depend on what was drawn before", () => {
  const random = new Random(3);
  const before = random.split("weight").uniforms(4);
  random.uniforms(100);
  expect(random.split("weight").uniforms(4)).toEqual(before);
  expect(random.split("bias").uniforms(4)).not.toEqual(before);
});

it("draws normal numbers with the mean and standard deviation asked for", () => {
  const values = Array.from(new Random(1).normals(100_001, 3, 2));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const std = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length);
  expect(mean).toBeCloseTo(3, 1);
  expect(std).toBeCloseTo(2, 1);
});

it("draws uniform numbers within their limits", () => {
  const values = new Random(1).uniforms(10_000, -0.07, 0.07);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(-0.07));
  expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(0.07));
  expect(Math.max(...values)).toBeGreaterThan(0.069);
});

it("permutes: every number once", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 200 }), (value, count) => {
      const order = Array.from(new Random(value).permutation(count));
      expect(order.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    }),
  );
});

it("permutes into every order alike, the one that moves nothing too", () => {
  const random = new Random(1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const order = random.permutation(3).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(["012", "021", "102", "120", "201", "210"]);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

it("is governed by one seed where no Random is given", () => {
  seed(5);
  const first = [nextRandom().uniform(), nextRandom().uniform()];
  seed(5);
  expect([nextRandom().uniform(), nextRandom().uniform()]).toEqual(first);
  expect(first[0]).not.toBe(first[1]);
});

it("refuses to restore what is no state, and stays where it was", () => {
  const random = new Random(3);
  for (const state of [null, {}, { seed: 1, words: [1, 2, 3] }, { seed: 0.5, words: [1, 2, 3, 4] }]) {
    expect(() => random.restore(state as RandomState)).toThrow(/Random: expected a state of a seed and four words/);
  }
  expect(random.uniforms(3)).toEqual(new Random(3).uniforms(3));
});

it("continues from a restored state with the same numbers and splits, also by way of JSON", () => {
  const random = new Random(3);
  random.uniforms(7);
  const state: RandomState = JSON.parse(JSON.stringify(random.state));
  const other = new Random(4);
  other.restore(state);
  expect(other.permutation(50)).toEqual(random.permutation(50));
  expect(other.split("x").uniforms(3)).toEqual(random.split("x").uniforms(3));
});
