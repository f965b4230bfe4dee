import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Dense } from "../../../lib/layers/dense.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { halfSquaredError } from "../../../lib/losses.js";
import { rmse } from "../../../lib/metrics.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { Random } from "../../../lib/random.js";
import { tf } from "../../../lib/tensor.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { evaluate, predict } from "../../../lib/training/evaluate.js";
import { fit } from "../../../lib/training/fit.js";
import { kFold } from "../../../lib/training/k-fold.js";
import { trainStep } from "../../../lib/training/train-step.js";
import "../../helpers/tensors.js";

/** y = 2 x₀ − x₁ + 1, twenty examples. */
function line(): Dataset {
  const x = tf.tensor2d(new Random(1).normals(40), [20, 2]);
  return new Dataset(x, tf.add(tf.matMul(x, tf.tensor2d([[2], [-1]])), 1));
}

describe("bad arguments", () => {
  it("Dataset refuses x and y of different lengths, and no examples", () => {
    expect(() => new Dataset(tf.zeros([3, 2]), tf.zeros([4, 1]))).toThrow("received shapes [3,2] and [4,1]");
    expect(() => new Dataset(tf.zeros([0, 2]), tf.zeros([0, 1]))).toThrow("at least one example");
  });

  it("fit refuses epochs and batch sizes that are not positive integers", async () => {
    const options = { loss: halfSquaredError(), optimizer: new SGD(), epochs: 0 };
    await expect(fit(new Dense(2, 1), line(), options)).rejects.toThrow(
      "expected epochs to be a positive integer, received 0",
    );
    await expect(fit(new Dense(2, 1), line(), { ...options, epochs: 1, batchSize: 2.5 })).rejects.toThrow(
      "expected batchSize to be a positive integer, received 2.5",
    );
  });

  it.each([1, 11, 2.5])("kFold refuses k = %s for 10 rows", (k) => {
    expect(() => kFold(10, k)).toThrow(`received ${k}`);
  });
});

it("batches cover the data in order, the last one smaller", () => {
  const data = line();
  expect([0, 8, 16].map((start) => data.batch(start, 8).x.shape[0])).toEqual([8, 8, 4]);
  expect(data.batch(16, 8).y.arraySync()).toEqual((data.y.arraySync() as number[][]).slice(16));
});

it("shuffling keeps each target with its example", () => {
  const { x, y } = line().shuffled(new Random(9));
  const expected = tf.add(tf.matMul(x as ReturnType<typeof tf.tensor2d>, tf.tensor2d([[2], [-1]])), 1);
  expect(rmse(y, expected).dataSync()[0]).toBeLessThan(1e-6);
  expect(y.arraySync()).not.toEqual(line().y.arraySync());
});

it("fit learns a line, and its history has one entry per epoch", async () => {
  const model = new Dense(2, 1, { random: new Random(0) });
  const history = await fit(model, line(), {
    loss: halfSquaredError(),
    optimizer: new Adam({ learningRate: 0.1 }),
    epochs: 200,
    batchSize: 8,
    shuffle: new Random(0),
    validation: line(),
    metrics: { rmse },
  });
  expect(model.weight.value.dataSync()[0]).toBeCloseTo(2, 2);
  expect(model.bias!.value.dataSync()[0]).toBeCloseTo(1, 2);
  expect(history.steps.slice(0, 2)).toEqual([3, 6]);
  for (const list of [history.loss, history.valLoss, history.metrics.rmse, history.valMetrics.rmse]) {
    expect(list).toHaveLength(200);
    expect(list!.at(-1)).toBeLessThan(list![0]!);
  }
  expect(predict(model, tf.tensor2d([[1, 1]])).dataSync()[0]).toBeCloseTo(2, 2);
});

it("the same seed gives the same run, to the bit", async () => {
  const losses = async () => {
    const random = new Random(6);
    const model = new Sequential(new Dense(2, 8, { random }), new ReLU(), new Dense(8, 1, { random: random.split(1) }));
    const options = { loss: halfSquaredError(), optimizer: new Adam(), epochs: 5, batchSize: 8, shuffle: random };
    return (await fit(model, line(), options)).loss;
  };
  expect(await losses()).toEqual(await losses());
});

it("a fixed divisor weighs the examples of a smaller last batch like the others", () => {
  const step = (batchSize: number) => {
    const model = new Dense(2, 1, { random: new Random(0) });
    trainStep(model, line().batch(16, batchSize), {
      loss: halfSquaredError({ divisor: 8 }),
      optimizer: new SGD({ learningRate: 1 }),
    });
    return model.bias!.value.dataSync()[0]!;
  };
  const model = new Dense(2, 1, { random: new Random(0) });
  const { x, y } = line().batch(16, 8);
  const error = tf.sum(tf.sub(model.forward(x), y)).dataSync()[0]!;
  expect(step(8)).toBeCloseTo(-error / 8, 5);
});

it("leaks no tensor over 1,000 steps", () => {
  const data = line();
  const batch = data.batch(0, 8);
  const random = new Random(2);
  const model = new Sequential(new Dense(2, 4, { random }), new ReLU(), new Dense(4, 1, { random: random.split(1) }));
  const options = { loss: halfSquaredError(), optimizer: new Adam() };
  trainStep(model, batch, options);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 1000; i++) trainStep(model, batch, options);
  evaluate(model, data, { ...options, metrics: { rmse } });
  data.shuffled(random).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

describe("kFold", () => {
  it("cuts contiguous folds and leaves the rest to training", () => {
    const folds = kFold(11, 5);
    expect(folds.map((fold) => Array.from(fold.validation))).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
    expect(Array.from(folds[0]!.train)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("every row validates at most once and trains in all other folds", () => {
    const sizes = fc.integer({ min: 2, max: 100 }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        k: fc.integer({ min: 2, max: count }),
        shuffle: fc.option(fc.integer()),
      }),
    );
    fc.assert(
      fc.property(sizes, ({ count, k, shuffle }) => {
        const folds = kFold(count, k, shuffle === null ? {} : { shuffle: new Random(shuffle) });
        const all = Array.from({ length: count }, (_, row) => row);
        for (const { train, validation } of folds) {
          expect([...train, ...validation].sort((a, b) => a - b)).toEqual(all);
        }
        const validated = folds.flatMap(({ validation }) => [...validation]);
        expect(new Set(validated).size).toBe(validated.length);
        expect(validated).toHaveLength(k * Math.floor(count / k));
      }),
    );
  });
});
