/** What is missing or of another kind is said under its own name, with the remedy. */
import { describe, expect, it } from "vitest";
import { tf } from "../../../engine/tensor.js";
import { constant, normal, uniform } from "../../../lib/initializers.js";
import { graphFigure } from "../../../lib/inspection/graph-figure.js";
import { summary } from "../../../lib/inspection/summary.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Conv2D } from "../../../lib/layers/conv2d.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { freeze } from "../../../lib/layers/parameters.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { huber, meanSquaredError, softmaxCrossEntropy } from "../../../lib/losses.js";
import { accuracy, rmse } from "../../../lib/metrics.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { saveModel } from "../../../lib/persistence/model.js";
import { toPyTorch } from "../../../lib/persistence/pytorch.js";
import { saveState } from "../../../lib/persistence/state-dict.js";
import { damping } from "../../../lib/regularizers/damping.js";
import { maxNorm } from "../../../lib/regularizers/max-norm.js";
import { elastic, l1, l2, pNorm } from "../../../lib/regularizers/penalty.js";
import { cosineDecay, exponentialDecay, reduceOnPlateau, stepDecay, warmUp } from "../../../lib/schedules.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { evaluate, predict } from "../../../lib/training/evaluate.js";
import { fit } from "../../../lib/training/fit.js";
import { fitAll } from "../../../lib/training/fit-all.js";
import { trainStep } from "../../../lib/training/train-step.js";

/** `f` called as a program without types may call it. */
const called = (f: unknown, ...args: unknown[]): unknown => (f as (...args: unknown[]) => unknown)(...args);
const made = (kind: unknown, ...args: unknown[]): unknown => Reflect.construct(kind as new () => unknown, args);

const model = () => new Sequential(new Dense(2, 1));
const data = new Dataset(tf.ones([4, 2]), tf.ones([4, 1]));
const right = () => ({ loss: meanSquaredError(), optimizer: new Adam(), epochs: 1 });

describe("what is required is asked for", () => {
  const dense = "write new Dense(inputs, outputs), or new Dense({ outputs }) for as many inputs as the data have";
  const cases: [string, () => unknown][] = [
    [`Dense: expected outputs, received none: ${dense}.`, () => made(Dense, 10)],
    [`Dense: expected inputs, received none: ${dense}.`, () => made(Dense)],
    [`Dense: expected outputs, received none: ${dense}.`, () => made(Dense, {})],
    ["Conv2D: expected size, received none: write new Conv2D(inputs, outputs, size)", () => made(Conv2D, 1, 2)],
    ["Dropout: expected rate, received none: write new Dropout(0.5).", () => made(Dropout)],
    ['BatchNorm: expected features to be a positive integer, received "8".', () => made(BatchNorm, "8")],
    [
      "Sequential: expected layers, received a list of them: write new Sequential(...layers).",
      () => made(Sequential, [new Dense(1, 1)]),
    ],
    ["Sequential: expected a layer as 0, received the function Dense.", () => made(Sequential, Dense)],
    ["Dense: expected the activation relu, leakyRelu", () => made(Dense, 1, 1, { activation: "gelu" })],
    ["l1: expected lambda, received none: write l1(0.001).", () => called(l1)],
    ["l2: expected lambda, received none: write l2(0.001).", () => called(l2)],
    ["elastic: expected l1, received none", () => called(elastic)],
    ["elastic: expected l2, received none", () => called(elastic, { l1: 1 })],
    ["pNorm: expected lambda, received none: write pNorm(1.5, 0.001).", () => called(pNorm, 2)],
    ["damping: expected lambda, received none: write damping(0.001).", () => called(damping)],
    ["maxNorm: expected limit, received none: write maxNorm(3).", () => called(maxNorm)],
    [
      "stepDecay: expected every, received none: write stepDecay(0.1, { every: 1000 }).",
      () => called(stepDecay, 0.1, {}),
    ],
    ["stepDecay: expected every, received none", () => called(stepDecay, 0.1)],
    ["exponentialDecay: expected factor, received none", () => called(exponentialDecay, 0.1)],
    ["cosineDecay: expected steps, received none", () => called(cosineDecay, 0.1)],
    ["warmUp: expected steps, received none", () => called(warmUp, 0.1)],
    ["reduceOnPlateau: expected initial, received none", () => called(reduceOnPlateau)],
    ["uniform: expected limit, received none: write uniform(0.1).", () => called(uniform)],
    ["normal: expected std, received none", () => called(normal)],
    ["constant: expected value, received none", () => called(constant)],
    ["fit: expected a model, received none", () => called(fit)],
    [
      "fit: expected a Dataset, received a Tensor: write new Dataset(x, y).",
      () => called(fit, model(), data.x, data.y),
    ],
    ["fit: expected a loss in the options, received none", () => called(fit, model(), data)],
    [
      'fit: expected a loss in the options, received "mse": write loss: meanSquaredError()',
      () => called(fit, model(), data, { ...right(), loss: "mse" }),
    ],
    [
      "fit: expected a loss in the options, received the function meanSquaredError: write loss: meanSquaredError(), or another of the losses, called.",
      () => called(fit, model(), data, { ...right(), loss: meanSquaredError }),
    ],
    [
      'fit: expected an optimizer in the options, received "adam": write optimizer: new Adam({ learningRate: 0.001 }).',
      () => called(fit, model(), data, { ...right(), optimizer: "adam" }),
    ],
    ["fit: expected metrics by name", () => called(fit, model(), data, { ...right(), metrics: [accuracy] })],
    ["fit: expected metrics by name", () => called(fit, model(), data, { ...right(), metrics: { a: "accuracy" } })],
    ["fit: expected a list of regularizers", () => called(fit, model(), data, { ...right(), regularizers: l2(1) })],
    [
      "fit: expected regularizers, received the function l2",
      () => called(fit, model(), data, { ...right(), regularizers: [l2] }),
    ],
    [
      "fitAll: expected an optimizer in the options, received none",
      () => called(fitAll, [[model(), data, { loss: huber() }]]),
    ],
    ["trainStep: expected a loss in the options, received none", () => called(trainStep, model(), data, {})],
    ["evaluate: expected a loss in the options, received none", () => called(evaluate, model(), data)],
    [
      "predict: expected x as a tensor, received [[1,2]]: write toTensor(…) or tf.tensor(…).",
      () => called(predict, model(), [[1, 2]]),
    ],
    ["predict: expected x as a tensor, received a Dataset: take its x or y.", () => called(predict, model(), data)],
    [
      "Adam: expected parameters, received a Sequential: write model.parameters.",
      () => new Adam().step(model() as never),
    ],
    [
      "l2: expected parameters, received a Sequential: write model.parameters.",
      () => l2(1).penalty?.(model() as never),
    ],
    ["summary: expected inputShape, received none: write summary(model, [28, 28, 1]).", () => called(summary, model())],
    ["graphFigure: expected inputShape, received none", () => called(graphFigure, model())],
    ["freeze: expected pattern, received none", () => called(freeze, model())],
    ["freeze: expected a model, received none", () => called(freeze)],
    [
      'saveModel(file, model): expected a model, received "model": write new',
      () => called(saveModel, model(), "model"),
    ],
    ["stateDict: expected a model, received none", () => called(saveState, "file")],
    ["PyTorch: expected a model, received none", () => called(toPyTorch)],
    ["rmse: expected targets as a tensor, received none", () => called(rmse, tf.ones([2]))],
  ];
  it.each(cases)("%s", async (message, call) => {
    await expect((async () => call())()).rejects.toThrow(message);
  });
});

it("predict names a table as such", () => {
  class DataFrame {
    readonly shape = [4, 2];
  }
  expect(() => called(predict, model(), new DataFrame())).toThrow(
    "predict: expected x as a tensor, received a DataFrame: write toTensor(…)",
  );
});

it("class numbers in a column: says squeeze, and a row of targets for a column of predictions: says expandDims", () => {
  const column = tf.tensor2d([[0], [1]]);
  for (const f of [softmaxCrossEntropy().value, accuracy]) {
    expect(() => f(tf.zeros([2, 3]), column)).toThrow(
      "received [2,1]: take the axis of length 1 away, tf.squeeze(y, [-1]).",
    );
  }
  // Also where values are looked at before the first step, which without graphs comes first.
  expect(() => softmaxCrossEntropy().checkTargets!([2, 3], column)).toThrow("tf.squeeze(y, [-1])");
  expect(() => meanSquaredError().value(column, tf.zeros([2]))).toThrow(
    "meanSquaredError: expected targets of shape [2,1], like the predictions, received [2]: give them the axis, tf.expandDims(y, -1).",
  );
});
