import { describe, expect, it } from "vitest";
import { type TensorLike, tf } from "../../engine/tensor.js";
import { accuracy, logRmse, type Metric, r2, rmse } from "../../lib/metrics.js";
import "../helpers/tensors.js";

const value = (metric: Metric, predictions: TensorLike, targets: TensorLike) =>
  metric(tf.tensor(predictions), tf.tensor(targets)).dataSync()[0];

it.each([
  ["rmse", rmse],
  ["logRmse", logRmse],
  ["r2", r2],
  ["accuracy", accuracy],
])("%s refuses targets of another shape, which would be broadcast", (name, metric) => {
  expect(() => value(metric, [[1], [2]], [1, 2])).toThrow(
    `${name}: expected targets of shape [2,1], like the predictions, received [2]: give them the axis, tf.expandDims(y, -1).`,
  );
});

it("accuracy refuses class numbers out of range", () => {
  expect(() => value(accuracy, [[1, 2]], [2])).toThrow("accuracy: expected class numbers in 0 … 1");
});

it("rmse is the root of the mean squared error", () => {
  expect(value(rmse, [1, 5], [0, 1])).toBeCloseTo(Math.sqrt(17 / 2), 6);
});

it("logRmse compares logarithms and raises predictions below 1 to 1, but not targets", () => {
  expect(value(logRmse, [Math.E, -5], [1, Math.E ** 2])).toBeCloseTo(Math.sqrt((1 + 4) / 2), 5);
  expect(value(logRmse, [1], [Math.exp(-2)])).toBeCloseTo(2, 5);
});

describe("r2", () => {
  it("is 1 for perfect predictions, 0 for the mean, negative for worse", () => {
    expect(value(r2, [1, 2, 6], [1, 2, 6])).toBe(1);
    expect(value(r2, [3, 3, 3], [1, 2, 6])).toBeCloseTo(0, 6);
    expect(value(r2, [6, 2, 1], [1, 2, 6])).toBeCloseTo(1 - 50 / 14, 5);
  });

  it("is the mean over the columns", () => {
    const predictions = [
      [1, 3],
      [2, 3],
      [6, 3],
    ];
    expect(
      value(
        r2,
        predictions,
        predictions.map(([a]) => [a!, a!]),
      ),
    ).toBeCloseTo(0.5, 6);
  });

  it("measures each column against its own mean", () => {
    const targets = [
      [0, 100],
      [2, 102],
    ];
    const means = targets.map(() => [1, 101]);
    expect(value(r2, means, targets)).toBeCloseTo(0, 6);
  });
});

describe("accuracy", () => {
  const logits = [
    [0.1, 2, -1],
    [3, 0, 0],
    [0, 0, 1],
    [1, 5, 2],
  ];

  it("takes class numbers and one-hot rows", () => {
    expect(value(accuracy, logits, [1, 0, 1, 1])).toBe(0.75);
    expect(accuracy(tf.tensor(logits), tf.oneHot(tf.tensor1d([1, 0, 1, 1], "int32"), 3)).dataSync()[0]).toBe(0.75);
  });

  it("takes single logits, above 0 for class 1", () => {
    expect(value(accuracy, [[0.2], [-3], [0]], [[1], [0], [1]])).toBeCloseTo(2 / 3, 6);
    expect(value(accuracy, [0.2, -3], [1, 0])).toBe(1);
  });
});

it.each([
  ["rmse", rmse],
  ["logRmse", logRmse],
  ["r2", r2],
])("%s passes NaN on", (_name, metric) => {
  expect(value(metric, [Number.NaN, 1], [1, 2])).toBeNaN();
});

it("accuracy takes a network that has overflown to predict one class for all", () => {
  const predictions = Array.from({ length: 3 }, () => [Number.NaN, Number.NaN, Number.NaN]);
  expect(value(accuracy, predictions, [0, 1, 1])).toBeCloseTo(1 / 3, 6);
});
