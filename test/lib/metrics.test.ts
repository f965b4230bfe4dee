import { expect, it } from "vitest";
import { logRmse, rmse } from "../../lib/metrics.js";
import { tf } from "../../lib/tensor.js";
import "../helpers/tensors.js";

it("rmse is the root of the mean squared error", () => {
  expect(rmse(tf.tensor1d([1, 5]), tf.tensor1d([0, 1])).dataSync()[0]).toBeCloseTo(Math.sqrt(17 / 2), 6);
});

it("logRmse compares logarithms and raises predictions below 1 to 1", () => {
  const value = logRmse(tf.tensor1d([Math.E, -5]), tf.tensor1d([1, Math.E ** 2])).dataSync()[0];
  expect(value).toBeCloseTo(Math.sqrt((1 + 4) / 2), 5);
});
