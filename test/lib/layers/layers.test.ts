/** Each layer by hand, and what each refuses. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { constant } from "../../../lib/initializers.js";
import { AveragePool } from "../../../lib/layers/average-pool.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Conv2D } from "../../../lib/layers/conv2d.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { Flatten } from "../../../lib/layers/flatten.js";
import { GlobalAveragePool } from "../../../lib/layers/global-average-pool.js";
import type { Layer } from "../../../lib/layers/layer.js";
import { LeakyReLU } from "../../../lib/layers/leaky-relu.js";
import { MaxPool } from "../../../lib/layers/max-pool.js";
import type { Padding } from "../../../lib/layers/padding.js";
import { freeze, unfreeze } from "../../../lib/layers/parameters.js";
import { PlainDropout } from "../../../lib/layers/plain-dropout.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Residual } from "../../../lib/layers/residual.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Sigmoid } from "../../../lib/layers/sigmoid.js";
import { Softmax } from "../../../lib/layers/softmax.js";
import { Softplus } from "../../../lib/layers/softplus.js";
import { SpatialDropout } from "../../../lib/layers/spatial-dropout.js";
import { Tanh } from "../../../lib/layers/tanh.js";
import { relativeError } from "../../helpers/tensors.js";

describe("bad arguments are refused", () => {
  const count = "to be a positive integer";
  const cases: [string, () => Layer][] = [
    [`Dense: expected inputs ${count}, received 0.`, () => new Dense(0, 3)],
    [`Dense: expected outputs ${count}, received 1.5.`, () => new Dense(2, 1.5)],
    ["LeakyReLU: expected slope in [0, 1), received 1.", () => new LeakyReLU(1)],
    ["Dropout: expected rate in [0, 1), received 1.", () => new Dropout(1)],
    ["PlainDropout: expected rate in [0, 1), received -0.5.", () => new PlainDropout(-0.5)],
    ["SpatialDropout: expected rate in [0, 1), received NaN.", () => new SpatialDropout(Number.NaN)],
    [`BatchNorm: expected features ${count}, received 0.`, () => new BatchNorm(0)],
    ["BatchNorm: expected momentum in [0, 1), received 1.", () => new BatchNorm(2, { momentum: 1 })],
    ["BatchNorm: expected epsilon above 0, received 0.", () => new BatchNorm(2, { epsilon: 0 })],
    ["BatchNorm: expected initialVar at least 0, received -1.", () => new BatchNorm(2, { initialVar: -1 })],
    [`Conv2D: expected inputs ${count}, received 0.`, () => new Conv2D(0, 1, 3)],
    [`Conv2D: expected outputs ${count}, received -1.`, () => new Conv2D(1, -1, 3)],
    [`Conv2D: expected size ${count}, received 2.5.`, () => new Conv2D(1, 1, 2.5)],
    [`Conv2D: expected strides ${count}, received 0.`, () => new Conv2D(1, 1, 3, { strides: 0 })],
    [
      'Conv2D: expected the padding "valid", "same" or a number of pixels, received "full".',
      () => new Conv2D(1, 1, 3, { padding: "full" as Padding }),
    ],
    [`MaxPool: expected size ${count}, received 0.`, () => new MaxPool(0)],
    [`MaxPool: expected strides ${count}, received -2.`, () => new MaxPool(2, { strides: -2 })],
    [
      'MaxPool: expected the padding "valid", "same" or a number of pixels, received 0.5.',
      () => new MaxPool(2, { padding: 0.5 }),
    ],
    ["MaxPool: expected a padding of at most half the size (1), received 2.", () => new MaxPool(2, { padding: 2 })],
    [
      "AveragePool: expected a padding of at most half the size (1), received 2.",
      () => new AveragePool(2, { padding: 2 }),
    ],
    ["Sequential: expected at least one layer, received none.", () => new Sequential()],
    ["Residual: expected at least one layer, received none.", () => new Residual()],
  ];
  it.each(cases)("%s", (message, make) => {
    expect(make).toThrow(new RangeError(message));
  });

  it("the same layer twice", () => {
    const relu = new ReLU();
    expect(() => new Sequential(relu, new Tanh(), relu)).toThrow(
      "Sequential: expected different layers, received one twice (0 and 2).",
    );
  });
});

describe("inputs of another shape are refused", () => {
  const cases: [string, Layer, number[]][] = [
    ["Dense: expected an input of shape [batch, 2], received [4,5].", new Dense(2, 3), [4, 5]],
    ["Flatten: expected an input of shape [batch, …], received [4].", new Flatten(), [4]],
    [
      "GlobalAveragePool: expected an input of shape [batch, height, width, channels], received [4,2].",
      new GlobalAveragePool(),
      [4, 2],
    ],
    [
      "SpatialDropout: expected an input of shape [batch, height, width, channels], received [4,2].",
      new SpatialDropout(0.5),
      [4, 2],
    ],
    [
      "BatchNorm: expected an input of shape [batch, 2] or [batch, height, width, 2], received [4,3].",
      new BatchNorm(2),
      [4, 3],
    ],
    [
      "Conv2D: expected an input of shape [batch, height, width, 1] with at least 3 pixels each way, received [1,2,5,1].",
      new Conv2D(1, 1, 3),
      [1, 2, 5, 1],
    ],
    [
      "Conv2D: expected an input of shape [batch, height, width, 2], received [1,5,5,1].",
      new Conv2D(2, 1, 3, { padding: "same" }),
      [1, 5, 5, 1],
    ],
    [
      "MaxPool: expected an input of shape [batch, height, width, channels] with at least 2 pixels each way, received [1,5,1,1].",
      new MaxPool(),
      [1, 5, 1, 1],
    ],
    [
      "Residual: expected layers that keep the shape [1,2], received [1,3]: or give a projection.",
      new Residual(new Dense(2, 3)),
      [1, 2],
    ],
  ];
  it.each(cases)("%s", (message, layer, shape) => {
    expect(() => layer.forward(tf.zeros(shape), true)).toThrow(new RangeError(message));
  });

  it("a mask of another shape", () => {
    const dropout = new Dropout(0.5);
    dropout.mask = tf.ones([2, 3]);
    expect(() => dropout.forward(tf.ones([2, 4]), true)).toThrow(
      "Dropout: expected a mask for the shape [2,4], received the shape [2,3].",
    );
  });
});

describe("one step by hand", () => {
  it("Dense computes x · weight + bias, or x · weight", () => {
    const x = tf.tensor2d([[1, 2]]);
    expect(new Dense(2, 2, { weight: constant(2), bias: constant(-1) }).forward(x).arraySync()).toEqual([[5, 5]]);
    const plain = new Dense(2, 2, { weight: constant(2), bias: false });
    expect(plain.forward(x).arraySync()).toEqual([[6, 6]]);
    expect([...plain.parameters.keys()]).toEqual(["weight"]);
  });

  const e = Math.E;
  const s = 1 / (1 + 1 / e); // sigmoid(1)
  const activations: [Layer, number[], number[], number[]][] = [
    // layer, x, y, dy/dx at x
    [new ReLU(), [-1, 0, 2], [0, 0, 2], [0, 0, 1]],
    [new LeakyReLU(), [-1, 0, 2], [-0.01, 0, 2], [0.01, 0.01, 1]],
    [new LeakyReLU(0.2), [-1, 0, 2], [-0.2, 0, 2], [0.2, 0.2, 1]],
    [new Sigmoid(), [-1, 0, 1], [1 - s, 0.5, s], [s * (1 - s), 0.25, s * (1 - s)]],
    [new Tanh(), [-1, 0, 1], [-Math.tanh(1), 0, Math.tanh(1)], [1 - Math.tanh(1) ** 2, 1, 1 - Math.tanh(1) ** 2]],
    [new Softplus(), [-1, 0, 1], [Math.log(1 + 1 / e), Math.log(2), Math.log(1 + e)], [1 - s, 0.5, s]],
    [new Softplus(), [-100, 100], [0, 100], [0, 1]],
  ];
  it.each(activations)("%o", (layer, x, y, slope) => {
    expect(relativeError(layer.forward(tf.tensor1d(x), true), y)).toBeLessThan(1e-6);
    const dy = [3, -2, 5].slice(0, x.length);
    const dx = slope.map((value, i) => value * dy[i]!);
    expect(relativeError(layer.backward(tf.tensor1d(dy)), dx)).toBeLessThan(1e-6);
  });

  it("Softmax gives probabilities, however large the scores", () => {
    const softmax = new Softmax();
    const y = softmax.forward(tf.tensor2d([[1000, 1000, 1000 + Math.log(2)]]));
    expect(relativeError(y, [0.25, 0.25, 0.5])).toBeLessThan(1e-4);
    expect(relativeError(softmax.backward(tf.tensor2d([[4, 0, 0]])), [0.75, -0.25, -0.5])).toBeLessThan(1e-4);
  });

  const mask = () => tf.tensor2d([[1, 0, 1]]);
  const x = tf.tensor2d([[1, 2, 3]]);
  it("Dropout scales while training, PlainDropout in prediction", () => {
    for (const [layer, training, prediction] of [
      [new Dropout(0.5), [2, 0, 6], [1, 2, 3]],
      [new PlainDropout(0.5), [1, 0, 3], [0.5, 1, 1.5]],
    ] as const) {
      layer.mask = mask();
      expect(Array.from(layer.forward(x, true).dataSync())).toEqual(training);
      expect(Array.from(layer.backward(x).dataSync())).toEqual(training);
      expect(Array.from(layer.forward(x, false).dataSync())).toEqual(prediction);
      expect(Array.from(layer.backward(x).dataSync())).toEqual(prediction);
    }
  });

  it("BatchNorm normalizes by the batch while training, by the running statistics in prediction", () => {
    const norm = new BatchNorm(1, { epsilon: 1e-12 });
    const batch = tf.tensor2d([[1], [3]]); // mean 2, variance 1
    expect(relativeError(norm.forward(batch, true), [-1, 1])).toBeLessThan(1e-6);
    expect(norm.runningMean.dataSync()[0]).toBeCloseTo(0.2, 6);
    expect(norm.runningVar.dataSync()[0]).toBeCloseTo(1, 6);
    expect(relativeError(norm.forward(batch, false), [0.8, 2.8])).toBeLessThan(1e-6);
    expect(norm.runningMean.dataSync()[0]).toBeCloseTo(0.2, 6);
  });

  it("BatchNorm's running variance can start at 0, and of one value is beta", () => {
    const norm = new BatchNorm(1, { initialVar: 0, momentum: 0.75 });
    norm.forward(tf.tensor2d([[1], [5]]), true); // variance 4
    expect(norm.runningVar.dataSync()[0]).toBeCloseTo(1, 6);
    norm.beta.value.assign(tf.tensor1d([7]));
    expect(norm.forward(tf.tensor2d([[3]]), true).arraySync()).toEqual([[7]]);
  });

  it("a frozen BatchNorm keeps its statistics, and computes by them in training too", () => {
    const norm = new BatchNorm(1);
    const batch = tf.tensor2d([[1], [3]]);
    norm.forward(batch, true);
    const statistics = () => [norm.runningMean, norm.runningVar].map((buffer) => buffer.dataSync()[0]);
    const before = statistics();
    freeze(norm, "gamma");
    norm.forward(batch, true);
    expect(statistics()).not.toEqual(before); // Only a part of it is frozen.
    const then = statistics();
    freeze(norm, "beta");
    expect(norm.forward(batch, true).arraySync()).toEqual(norm.forward(batch, false).arraySync());
    norm.forward(batch, true);
    const dx = norm.backward(batch).arraySync();
    norm.forward(batch, false);
    expect(norm.backward(batch).arraySync()).toEqual(dx);
    expect(statistics()).toEqual(then);
    unfreeze(norm, "gamma");
    norm.forward(batch, true);
    expect(statistics()).not.toEqual(then);
  });

  it("BatchNorm's running variance is on request the unbiased one", () => {
    const norm = new BatchNorm(1, { unbiased: true, momentum: 0 });
    norm.forward(tf.tensor2d([[1], [5]]), true); // variance 4, unbiased 8
    expect(norm.runningVar.dataSync()[0]).toBeCloseTo(8, 5);
    const mean = norm.runningMean.dataSync();
    expect(() => norm.forward(tf.ones([1, 1]), true)).toThrow(
      "BatchNorm: expected more than one value of each feature, received one: it has no unbiased variance.",
    );
    expect(norm.runningMean.dataSync()).toEqual(mean);
  });

  it("MaxPool of −∞ alone is −∞, beside numbers the largest", () => {
    const lowest = -3.4028234663852886e38;
    const x = tf.tensor4d([-1 / 0, -1 / 0, -1 / 0, -1 / 0, -1 / 0, 2, lowest, -1 / 0], [2, 2, 2, 1]);
    expect([...new MaxPool().forward(x).dataSync()]).toEqual([-1 / 0, 2]);
    const low = tf.tensor4d([-1 / 0, lowest, -1 / 0, -1 / 0], [1, 2, 2, 1]);
    expect([...new MaxPool().forward(low).dataSync()]).toEqual([lowest]);
  });

  it("AveragePool counts what a number adds as 0, and what same adds not at all", () => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const output = (padding: Padding) => Array.from(new AveragePool(3, { strides: 2, padding }).forward(x).dataSync());
    expect(relativeError(output("same"), [3, 4, 6, 7])).toBeLessThan(1e-6);
    expect(relativeError(output(1), [12 / 9, 16 / 9, 24 / 9, 28 / 9])).toBeLessThan(1e-6);
    expect(relativeError(output("valid"), [5])).toBeLessThan(1e-6);
  });

  it("BatchNorm of pictures takes the statistics of each channel", () => {
    const pictures = tf.tensor4d([1, 10, 3, 30], [1, 1, 2, 2]);
    const y = new BatchNorm(2, { epsilon: 1e-12 }).forward(pictures, true);
    expect(relativeError(y, [-1, -1, 1, 1])).toBeLessThan(1e-6);
  });

  const picture = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
  it("Conv2D sums windows", () => {
    const ones = { weight: constant(1), bias: constant(0.5) };
    const output = (layer: Layer) => Array.from(layer.forward(picture, true).dataSync());
    expect(output(new Conv2D(1, 1, 2, ones))).toEqual([12.5, 16.5, 24.5, 28.5]);
    expect(output(new Conv2D(1, 1, 3, { ...ones, padding: "same", strides: 2 }))).toEqual([12.5, 16.5, 24.5, 28.5]);
    expect(output(new Conv2D(1, 1, 1, { ...ones, bias: false, strides: 2 }))).toEqual([1, 3, 7, 9]);
  });

  it("Conv2D counts bias, weight and input once for each window", () => {
    const conv = new Conv2D(1, 1, 2, { weight: constant(1) });
    conv.forward(picture);
    const dx = conv.backward(tf.ones([1, 2, 2, 1]));
    expect(Array.from(dx.dataSync())).toEqual([1, 2, 1, 2, 4, 2, 1, 2, 1]);
    expect(Array.from(conv.weight.gradient!.dataSync())).toEqual([12, 16, 24, 28]);
    expect(Array.from(conv.bias!.gradient!.dataSync())).toEqual([4]);
  });

  it("MaxPool passes the gradient to the largest, the first of equal ones", () => {
    const pool = new MaxPool(2);
    const x = tf.tensor4d([0, 0, 5, 0, 0, 0, 7, 6], [1, 2, 4, 1]);
    expect(Array.from(pool.forward(x).dataSync())).toEqual([0, 7]);
    expect(Array.from(pool.backward(tf.tensor4d([2, 3], [1, 1, 2, 1])).dataSync())).toEqual([2, 0, 0, 0, 0, 0, 3, 0]);
  });

  it("MaxPool does not let what same adds win, nor NaN be lost", () => {
    const pool = new MaxPool(2, { padding: "same" });
    expect(Array.from(pool.forward(tf.neg(picture)).dataSync())).toEqual([-1, -3, -7, -9]);
    const withNaN = tf.tensor4d([1, Number.NaN, 3, 4], [1, 1, 4, 1]);
    expect(Array.from(new MaxPool(2, { padding: "same" }).forward(withNaN).dataSync())).toEqual([Number.NaN, 4]);
  });

  it("GlobalAveragePool shares the gradient among the pixels", () => {
    const pool = new GlobalAveragePool();
    const x = tf.tensor4d([1, 10, 2, 20, 3, 30, 6, 60], [1, 2, 2, 2]);
    expect(pool.forward(x).arraySync()).toEqual([[3, 30]]);
    expect(Array.from(pool.backward(tf.tensor2d([[4, 8]])).dataSync())).toEqual([1, 2, 1, 2, 1, 2, 1, 2]);
  });

  it("Flatten keeps the examples and the order", () => {
    const flatten = new Flatten();
    expect(flatten.forward(tf.tensor3d([1, 2, 3, 4], [2, 1, 2])).arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(flatten.backward(tf.ones([2, 2])).shape).toEqual([2, 1, 2]);
  });

  it("Residual adds the way round", () => {
    const residual = new Residual(new Dense(2, 2, { weight: constant(1) }), new ReLU());
    expect(residual.forward(tf.tensor2d([[1, 2]]), true).arraySync()).toEqual([[4, 5]]);
    expect(residual.backward(tf.tensor2d([[1, 10]])).arraySync()).toEqual([[12, 21]]);
  });
});

describe("random masks", () => {
  const ones = (...shape: number[]) => tf.ones(shape);
  const kept = (y: Tensor) => Array.from(y.dataSync(), (value) => value > 0);

  it("zero the share asked for and keep the mean", () => {
    const y = Array.from(new Dropout(0.3, { random: new Random(2) }).forward(ones(100, 100), true).dataSync());
    expect(y.filter((value) => value === 0).length / y.length).toBeCloseTo(0.3, 1);
    expect(y.reduce((sum, value) => sum + value) / y.length).toBeCloseTo(1, 1);
  });

  it("of step t depend on the seed and t only", () => {
    const layer = new Dropout(0.5, { random: new Random(3) });
    const masks = [0, 1, 2].map(() => kept(layer.forward(ones(4, 8), true)));
    expect(masks[1]).not.toEqual(masks[0]);
    const other = new Dropout(0.5, { random: new Random(3) });
    other.forward(ones(4, 8), false);
    expect(other.steps).toBe(0);
    other.steps = 2;
    expect(kept(other.forward(ones(4, 8), true))).toEqual(masks[2]);
  });

  it("of SpatialDropout zero whole channels of one example", () => {
    const y = new SpatialDropout(0.5, { random: new Random(1) }).forward(ones(2, 3, 3, 8), true);
    const pixels = (y.reshape([2, 9, 8]).transpose([1, 0, 2]).arraySync() as number[][][]).map((pixel) => pixel.flat());
    for (const pixel of pixels) expect(pixel).toEqual(pixels[0]);
    expect(new Set(pixels[0])).toEqual(new Set([0, 2]));
    expect(pixels[0]!.slice(0, 8)).not.toEqual(pixels[0]!.slice(8));
  });
});

describe("names", () => {
  const model = new Sequential(
    new Dense(3, 3),
    new Residual(new BatchNorm(3), new Dense(3, 3, { bias: false })),
    new ReLU(),
  );

  it("of parameters and buffers are the layer's position", () => {
    expect([...model.parameters.keys()]).toEqual(["0.weight", "0.bias", "1.0.gamma", "1.0.beta", "1.1.weight"]);
    expect([...model.buffers.keys()]).toEqual(["1.0.runningMean", "1.0.runningVar"]);
  });

  it("walk goes through all layers, outer before inner", () => {
    expect([...model.walk()].map(([name, layer]) => `${name} ${layer.constructor.name}`)).toEqual([
      " Sequential",
      "0 Dense",
      "1 Residual",
      "1.0 BatchNorm",
      "1.1 Dense",
      "2 ReLU",
    ]);
  });
});

it("the same Random gives the same parameters", () => {
  const weight = (seed: number) => new Dense(3, 2, { random: new Random(seed) }).weight.value.arraySync();
  expect(weight(1)).toEqual(weight(1));
  expect(weight(1)).not.toEqual(weight(2));
});
