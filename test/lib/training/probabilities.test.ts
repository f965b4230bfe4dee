/** Logits and probabilities: a loss or metric of logits refuses the output of Sigmoid and Softmax, by its layer, not its values. */
import { describe, expect, it } from "vitest";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { Flatten } from "../../../lib/layers/flatten.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Sigmoid } from "../../../lib/layers/sigmoid.js";
import { Softmax } from "../../../lib/layers/softmax.js";
import { binaryCrossEntropy, type Loss, meanSquaredError, softmaxCrossEntropy } from "../../../lib/losses.js";
import { accuracy } from "../../../lib/metrics.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { evaluate, predict } from "../../../lib/training/evaluate.js";
import { fit } from "../../../lib/training/fit.js";
import { fitAll } from "../../../lib/training/fit-all.js";
import { trainStep } from "../../../lib/training/train-step.js";
import { engines, onEngine } from "../../helpers/on-engine.js";

const binary = new Dataset(tf.ones([6, 2]), tf.tensor2d([[0], [1], [0], [1], [1], [0]]));
const classes = new Dataset(tf.ones([6, 2]), tf.tensor1d([0, 1, 2, 0, 1, 2], "int32"));
const sigmoid = () => new Sequential(new Dense(2, 1), new Sequential(new Sigmoid()));
const softmax = () => new Sequential(new Dense(2, 3), new Softmax());
const optimizer = () => new SGD();

describe("probabilities are refused", () => {
  const logits = binaryCrossEntropy();
  const refused =
    "binaryCrossEntropy: expected logits, received the output of a Sigmoid: leave out the Sigmoid at the end of the model, the loss has it inside";
  const cases: [string, () => unknown][] = [
    [refused, () => fit(sigmoid(), binary, { loss: logits, optimizer: optimizer(), epochs: 1 })],
    [refused, () => fitAll([[sigmoid(), binary, { loss: logits, optimizer: optimizer(), epochs: 1 }]])],
    [refused, () => trainStep(sigmoid(), binary, { loss: logits, optimizer: optimizer() })],
    [refused, () => evaluate(sigmoid(), binary, { loss: logits })],
    [refused, () => evaluate(sigmoid(), binary, { loss: logits, batchSize: 4 })],
    [refused, () => logits.value(predict(sigmoid(), binary.x, { batchSize: 4 }), binary.y)],
    [refused, () => logits.gradient(sigmoid().forward(binary.x, true), binary.y)],
    [
      refused,
      () => trainStep(new Dense(2, 1, { activation: "sigmoid" }), binary, { loss: logits, optimizer: optimizer() }),
    ],
    [refused, () => logits.value(new Sequential(sigmoid(), new Flatten()).forward(binary.x, false), binary.y)],
    [refused, () => logits.value(new Sequential(sigmoid(), new Dropout(0.5)).forward(binary.x, true), binary.y)],
    [
      "softmaxCrossEntropy: expected logits, received the output of a Softmax: leave out the Softmax at the end",
      () => fit(softmax(), classes, { loss: softmaxCrossEntropy(), optimizer: optimizer(), epochs: 1 }),
    ],
    [
      "accuracy: expected logits, received the output of a Sigmoid: leave out the Sigmoid at the end of the model, or compare (p, t) => accuracy(tf.sub(p, 0.5), t).",
      () =>
        fit(sigmoid(), binary, { loss: meanSquaredError(), metrics: { accuracy }, optimizer: optimizer(), epochs: 1 }),
    ],
    ["accuracy: expected logits", () => accuracy(predict(sigmoid(), binary.x), binary.y)],
    [
      "accuracy: expected logits",
      () => evaluate(sigmoid(), binary, { loss: meanSquaredError(), metrics: { accuracy }, batchSize: 4 }),
    ],
  ];
  it.each(cases)("%s", async (message, call) => {
    await expect((async () => call())()).rejects.toThrow(message);
  });

  it.each(engines)("by the evaluations of fit, in parts too, on %s", (engine) => {
    const program = `
const data = new lib.Dataset(tf.ones([3000, 2]), tf.ones([3000, 1]));
const model = new lib.Sequential(new lib.Dense(2, 1), new lib.Sigmoid());
const options = { loss: lib.meanSquaredError(), optimizer: new lib.SGD(), metrics: { accuracy: lib.accuracy }, epochs: 1 };
report(await lib.fit(model, data, options).then(() => "trained", (error) => error.message));`;
    expect(onEngine<string>(engine, program)).toContain("accuracy: expected logits, received the output of a Sigmoid");
  });
});

/** The mean squared error of class probabilities. */
const oneHot = (t: Tensor) => tf.oneHot(tf.cast(t, "int32"), 3, 1, 0, "float32");
const meanSquaredOneHot: Loss = {
  value: (p, t) => meanSquaredError().value(p, oneHot(t)),
  gradient: (p, t) => meanSquaredError().gradient(p, oneHot(t)),
};

it("logits between 0 and 1, class probabilities of several columns and probabilities moved by 0.5 are right", () => {
  expect(accuracy(tf.tensor2d([[0.2], [0.9]]), tf.tensor2d([[1], [1]])).dataSync()[0]).toBe(1);
  expect(accuracy(predict(softmax(), classes.x), classes.y).dataSync()[0]).toBeGreaterThanOrEqual(0);
  const model = new Sequential(new Dense(2, 1), new Sigmoid());
  const moved = accuracy(tf.sub(predict(model, binary.x), 0.5), binary.y);
  const logits = accuracy(predict(model.layers[0]!, binary.x), binary.y);
  expect(moved.dataSync()).toEqual(logits.dataSync());
  expect(
    evaluate(softmax(), classes, { loss: meanSquaredOneHot, metrics: { accuracy } }).metrics.accuracy,
  ).toBeDefined();
});
