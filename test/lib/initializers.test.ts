import { describe, expect, it } from "vitest";
import { Random } from "../../engine/random.js";
import {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  normal,
  uniform,
  zeros,
} from "../../lib/initializers.js";
import "../helpers/tensors.js";

const draw = (initializer: typeof zeros, shape: number[]) => Array.from(initializer(shape, new Random(2)).dataSync());
const named = { glorotNormal, glorotUniform, heNormal, heUniform, lecunNormal };

it.each(Object.entries(named))("%s refuses a shape without fans", (name, initializer) => {
  expect(() => initializer([3], new Random(0))).toThrow(
    `${name}: expected a shape [fanIn, fanOut] or [height, width, inputs, outputs], received [3].`,
  );
});

it("refuses numbers that give nothing to draw", () => {
  expect(() => uniform(0)).toThrow("uniform: expected limit above 0, received 0.");
  expect(() => normal(Number.NaN)).toThrow("normal: expected std above 0, received NaN.");
});

it("fills", () => {
  expect(new Set(draw(zeros, [100, 50]))).toEqual(new Set([0]));
  expect(new Set(draw(constant(2), [100, 50]))).toEqual(new Set([2]));
});

const dense = [100, 50];
const conv = [3, 3, 20, 40]; // fanIn 180, fanOut 360

describe("stays within its limit and fills it", () => {
  it.each([
    ["uniform", uniform(0.07), dense, 0.07],
    ["glorotUniform", glorotUniform, dense, Math.sqrt(6 / 150)],
    ["glorotUniform of a convolution", glorotUniform, conv, Math.sqrt(6 / 540)],
    ["heUniform", heUniform, dense, Math.sqrt(6 / 100)],
    ["heUniform of a convolution", heUniform, conv, Math.sqrt(6 / 180)],
  ])("%s", (_name, initializer, shape, limit) => {
    const values = draw(initializer, shape);
    const largest = Math.max(...values.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(limit * 1.000001);
    expect(largest).toBeGreaterThan(limit * 0.99);
    expect(values.reduce((sum, x) => sum + x) / values.length / limit).toBeCloseTo(0, 1);
  });
});

describe("has its standard deviation and is not truncated", () => {
  it.each([
    ["normal", normal(0.01), dense, 0.01],
    ["glorotNormal", glorotNormal, dense, Math.sqrt(2 / 150)],
    ["glorotNormal of a convolution", glorotNormal, conv, Math.sqrt(2 / 540)],
    ["heNormal", heNormal, dense, Math.sqrt(2 / 100)],
    ["heNormal of a convolution", heNormal, conv, Math.sqrt(2 / 180)],
    ["lecunNormal", lecunNormal, dense, Math.sqrt(1 / 100)],
    ["lecunNormal of a convolution", lecunNormal, conv, Math.sqrt(1 / 180)],
  ])("%s", (_name, initializer, shape, std) => {
    const values = draw(initializer, shape);
    expect(Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length) / std).toBeCloseTo(1, 1);
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(2.5 * std);
  });
});

it("draws the same from the same Random", () => {
  for (const initializer of Object.values(named)) expect(draw(initializer, dense)).toEqual(draw(initializer, dense));
});
