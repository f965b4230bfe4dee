import { expect, it } from "vitest";
import { constant, glorotUniform, normal, uniform, zeros } from "../../lib/initializers.js";
import { Random } from "../../lib/random.js";
import "../helpers/tensors.js";

const draw = (initializer: typeof zeros) => Array.from(initializer([100, 50], new Random(2)).dataSync());

it("refuses a shape without fans", () => {
  expect(() => glorotUniform([3], new Random(0))).toThrow("expected a shape [fanIn, fanOut], received [3]");
});

it("fills", () => {
  expect(new Set(draw(zeros))).toEqual(new Set([0]));
  expect(new Set(draw(constant(2)))).toEqual(new Set([2]));
});

it.each([
  ["uniform", uniform(0.07), 0.07],
  ["glorotUniform", glorotUniform, Math.sqrt(6 / 150)],
])("%s stays within its limit and fills it", (_name, initializer, limit) => {
  const largest = Math.max(...draw(initializer).map(Math.abs));
  expect(largest).toBeLessThanOrEqual(limit * 1.000001);
  expect(largest).toBeGreaterThan(limit * 0.99);
});

it("normal has the standard deviation asked for", () => {
  const values = draw(normal(0.01));
  const std = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
  expect(std / 0.01).toBeCloseTo(1, 1);
});
