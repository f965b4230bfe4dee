/** Losses, metrics and data of somebody's own that are not what training takes: refused by what they gave, on both ways. */
import { describe, expect, it } from "vitest";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { fromPyTorch } from "../../../lib/persistence/pytorch.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { evaluate } from "../../../lib/training/evaluate.js";
import { fit } from "../../../lib/training/fit.js";
import "../../helpers/tensors.js";

const data = (rows = 4) => new Dataset(tf.ones([rows, 2]), tf.ones([rows, 1]));
const options = { loss: meanSquaredError(), optimizer: new Adam(), epochs: 1 };
const error = (predictions: Tensor, targets: Tensor) => tf.sub(predictions, targets);
const train = (more: object) => fit(new Dense(2, 1), data(), { ...options, optimizer: new Adam(), ...more });

describe.each([true, false])("with compile %s", (compile) => {
  it.each([
    ["of many numbers", error, "one of shape [4,1]: give tf.mean(…) of it."],
    ["that is a number", () => 1, "1: give tf.scalar(…), or another tensor."],
    ["that gives nothing", () => {}, "none: give tf.scalar(…), or another tensor."],
    ["of another time", async () => tf.scalar(1), "a Promise: give tf.scalar(…), or another tensor."],
  ])("a metric %s is refused", async (_, own, received) => {
    const message = `Expected the metric own as a tensor of one number, received ${received}`;
    await expect(train({ metrics: { own }, compile })).rejects.toThrow(message);
    const metrics = { own: own as never };
    expect(() => evaluate(new Dense(2, 1), data(), { loss: meanSquaredError(), metrics })).toThrow(message);
  });

  it("a loss of many numbers, and a gradient of few, are refused", async () => {
    const value = (p: Tensor, y: Tensor) => tf.mean(error(p, y));
    const many = { value: error, gradient: error };
    await expect(train({ loss: many, compile })).rejects.toThrow(
      "Expected the loss's value as a tensor of one number, received one of shape [4,1]",
    );
    await expect(train({ loss: { value, gradient: value }, compile })).rejects.toThrow(
      "Expected the loss's gradient as a tensor of shape [4,1], like the predictions, received one of shape [].",
    );
  });

  it("an optimizer that has trained a model of other shapes is refused", async () => {
    const optimizer = new Adam();
    await train({ optimizer, compile });
    const other = fit(new Dense(2, 3), new Dataset(tf.ones([4, 2]), tf.ones([4, 3])), {
      ...options,
      optimizer,
      compile,
    });
    await expect(other).rejects.toThrow(
      "Adam: expected the parameter weight of shape [2,1], as in the steps before, received [2,3]: make a new optimizer for another model.",
    );
  });
});

it("a metric without a name, data that were disposed and weights that are no tensors are refused", async () => {
  await expect(train({ metrics: error })).rejects.toThrow("fit: expected metrics by name, received the function error");
  const gone = data();
  gone.dispose();
  await expect(fit(new Dense(2, 1), gone, options)).rejects.toThrow("fit: expected data that are there");
  await expect(train({ validation: gone })).rejects.toThrow("fit: expected validation data that are there");
  expect(() => fromPyTorch(new Dense(2, 1), { weight: [[1, 2]] } as never)).toThrow(
    "fromPyTorch: expected tensors, received [[1,2]] as weight: use loadTensors(file).",
  );
});
