import { expect, it } from "vitest";
import { halfSquaredError, type Loss, meanSquaredError } from "../../lib/losses.js";
import { tf } from "../../lib/tensor.js";
import { numericGradient, relativeError } from "../helpers/tensors.js";

const predictions = tf.tensor2d([1, 2, -3, 5], [4, 1]);
const targets = tf.tensor2d([0, 2, -1, 1], [4, 1]);
const value = (loss: Loss) => loss.value(predictions, targets).dataSync()[0]!;

it("refuses targets of another shape, which would broadcast", () => {
  expect(() => meanSquaredError().value(predictions, tf.tensor1d([0, 2, -1, 1]))).toThrow(
    "expected targets of shape [4,1], received [4]",
  );
  expect(() => meanSquaredError().gradient(predictions, tf.tensor1d([0, 2, -1, 1]))).toThrow("received [4]");
});

it("refuses a divisor that is not positive", () => {
  expect(() => halfSquaredError({ divisor: 0 })).toThrow("expected a positive divisor, received 0");
});

it("computes the mean, half of it, and the sum over a fixed divisor", () => {
  // Squared errors 1, 0, 4, 16.
  expect(value(meanSquaredError())).toBeCloseTo(21 / 4, 6);
  expect(value(halfSquaredError())).toBeCloseTo(21 / 8, 6);
  expect(value(halfSquaredError({ divisor: 64 }))).toBeCloseTo(21 / 128, 6);
});

it.each([
  ["meanSquaredError", meanSquaredError()],
  ["halfSquaredError", halfSquaredError()],
  ["halfSquaredError with a divisor", halfSquaredError({ divisor: 3 })],
])("%s: the gradient is the numeric one and autodiff's", (_name, loss) => {
  const gradient = loss.gradient(predictions, targets);
  const numeric = numericGradient(
    (x) => loss.value(tf.tensor2d(x, [4, 1]), targets).dataSync()[0]!,
    predictions.dataSync(),
  );
  expect(relativeError(gradient, numeric)).toBeLessThan(1e-3);
  const autodiff = tf.grad((x) => loss.value(x, targets))(predictions);
  expect(relativeError(gradient, autodiff)).toBeLessThan(1e-6);
});
