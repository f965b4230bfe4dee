import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Tensor, tf } from "../../engine/tensor.js";
import type { LossOptions } from "../../lib/checks/divisor.js";
import * as losses from "../../lib/losses.js";
import { engines, onEngine } from "../helpers/on-engine.js";
import { numericGradient, relativeError } from "../helpers/tensors.js";

const { binaryCrossEntropy, halfSquaredError, huber, meanAbsoluteError, meanSquaredError, softmaxCrossEntropy } =
  losses;

interface Golden {
  loss: keyof typeof losses;
  options: LossOptions;
  predictions: number[][];
  targets: number[] | number[][];
  weights?: number[];
  value: number;
  gradient: number[][];
}
const golden: Golden[] = JSON.parse(readFileSync(new URL("../goldens/losses-torch.json", import.meta.url), "utf8"));

/** Every loss with suitable predictions, away from kinks, and targets. */
const x = tf.tensor2d([0.5, 2.2, -3, 1.2, -0.4, 2.5], [2, 3]);
const y = tf.tensor2d([0, 1, 1, 1, 0, 0], [2, 3]);
const oneHot = tf.tensor2d([0, 1, 0, 0, 0, 1], [2, 3]);
const every: [string, (options?: LossOptions) => losses.Loss, Tensor][] = [
  ["meanSquaredError", meanSquaredError, y],
  ["halfSquaredError", halfSquaredError, y],
  ["meanAbsoluteError", meanAbsoluteError, y],
  ["huber", huber, y],
  ["binaryCrossEntropy", binaryCrossEntropy, y],
  ["softmaxCrossEntropy", softmaxCrossEntropy, oneHot],
  ["softmaxCrossEntropy", softmaxCrossEntropy, tf.tensor1d([1, 2], "int32")],
];

describe.each(every)("%s refuses", (name, make, targets) => {
  it("targets of another shape, which would be broadcast", () => {
    for (const shape of [[3], [2, 1], [3, 2], []]) {
      for (const part of ["value", "gradient"] as const) {
        expect(() => make()[part](x, tf.zeros(shape))).toThrow(`${name}: expected targets of shape [2`);
        expect(() => make()[part](x, tf.zeros(shape))).toThrow(`received [${shape}]`);
      }
    }
  });

  it("a divisor that is not above 0, an unknown reduction, both together", () => {
    expect(() => make({ divisor: 0 })).toThrow(`${name}: expected divisor above 0, received 0.`);
    expect(() => make({ divisor: Number.NaN })).toThrow("expected divisor above 0, received NaN");
    // @ts-expect-error: what the compiler refuses, JavaScript may still pass
    expect(() => make({ reduction: "none" })).toThrow('expected reduction "mean" or "sum", received "none"');
    expect(() => make({ reduction: "mean", divisor: 2 })).toThrow("expected reduction or divisor, received both");
    expect(make({ divisor: 2 }).value(x, targets).shape).toEqual([]);
  });
});

it("huber refuses a delta that is not above 0", () => {
  expect(() => huber({ delta: 0 })).toThrow("huber: expected delta above 0, received 0");
});

it.each([
  [[1, 3], "received 3 at index 1"],
  [[-1, 0], "received -1 at index 0"],
  [[0, 1.5], "received 1.5 at index 1"],
  [[Number.NaN, 0], "received NaN at index 0"],
])("softmaxCrossEntropy refuses the class numbers %s", (numbers, message) => {
  for (const part of ["value", "gradient"] as const) {
    const call = () => softmaxCrossEntropy()[part](x, tf.tensor1d(numbers));
    expect(call).toThrow("softmaxCrossEntropy: expected class numbers in 0 … 2 (the predictions have 3 columns)");
    expect(call).toThrow(message);
  }
});

it("cross-entropies refuse targets that are no probabilities", () => {
  const wrong = (loss: losses.Loss, targets: number[]) => () => loss.value(x, tf.tensor2d(targets, [2, 3]));
  expect(wrong(binaryCrossEntropy(), [0, 1, 0, 0, 2, 0])).toThrow(
    "binaryCrossEntropy: expected targets in [0, 1], received 2 at index 4.",
  );
  expect(wrong(binaryCrossEntropy(), [0, Number.NaN, 0, 0, 1, 0])).toThrow("received NaN at index 1");
  expect(wrong(softmaxCrossEntropy(), [0, 1, 0, -1, 1, 1])).toThrow(
    "softmaxCrossEntropy: expected targets in [0, 1], received -1 at index 3.",
  );
  expect(wrong(softmaxCrossEntropy(), [0, 1, 0, 0, 0.5, 0])).toThrow(
    "expected targets whose rows are probabilities with the sum 1, received the sum 0.5 in row 1.",
  );
});

it("softmaxCrossEntropy refuses predictions without a class axis", () => {
  expect(() => softmaxCrossEntropy().value(tf.zeros([3]), tf.zeros([3]))).toThrow(
    "expected predictions of shape [batch, classes], received [3]",
  );
});

it("by hand: mean, half, sum over a fixed divisor, absolute, cut off", () => {
  const predictions = tf.tensor2d([1, 2, -3, 5], [4, 1]);
  const targets = tf.tensor2d([0, 2, -1, 1], [4, 1]);
  const value = (loss: losses.Loss) => loss.value(predictions, targets).dataSync()[0]!;
  // Errors 1, 0, −2, 4; their squares 1, 0, 4, 16.
  expect(value(meanSquaredError())).toBeCloseTo(21 / 4, 6);
  expect(value(halfSquaredError())).toBeCloseTo(21 / 8, 6);
  expect(value(halfSquaredError({ divisor: 64 }))).toBeCloseTo(21 / 128, 6);
  expect(value(meanAbsoluteError({ reduction: "sum" }))).toBeCloseTo(7, 6);
  expect(value(huber({ delta: 2, reduction: "sum" }))).toBeCloseTo(0.5 + 0 + 2 + 6, 6);
  expect(huber({ delta: 2, reduction: "sum" }).gradient(predictions, targets).arraySync()).toEqual([
    [1],
    [0],
    [-2],
    [2],
  ]);
});

it("by hand: cross-entropies of even odds are log 2 and log 3 an example", () => {
  expect(
    binaryCrossEntropy()
      .value(tf.zeros([2, 1]), tf.tensor2d([0, 1], [2, 1]))
      .dataSync()[0],
  ).toBeCloseTo(Math.LN2, 6);
  const classes = tf.tensor1d([0, 2], "int32");
  expect(
    softmaxCrossEntropy()
      .value(tf.zeros([2, 3]), classes)
      .dataSync()[0],
  ).toBeCloseTo(Math.log(3), 6);
  const mean = softmaxCrossEntropy().gradient(tf.zeros([2, 3]), classes);
  expect(relativeError(mean, [-1 / 3, 1 / 6, 1 / 6, 1 / 6, 1 / 6, -1 / 3])).toBeLessThan(1e-6);
});

it.each([
  ["binaryCrossEntropy, right and sure", binaryCrossEntropy(), [[20]], [[1]], Math.exp(-20)],
  ["binaryCrossEntropy, wrong and sure", binaryCrossEntropy(), [[-1e30]], [[1]], 1e30],
  ["softmaxCrossEntropy, wrong and sure", softmaxCrossEntropy(), [[1e30, 0]], [1], 1e30],
])("%s: the loss is exact", (_name, loss, predictions, targets, expected) => {
  const value = loss.value(tf.tensor(predictions), tf.tensor(targets));
  expect(relativeError(value, [expected])).toBeLessThan(1e-6);
});

it("class numbers and their one-hot rows mean the same, and may have more axes than a batch", () => {
  const classes = tf.tensor2d([0, 2, 1, 1], [2, 2], "int32");
  const predictions = tf.tensor3d([1, -1, 0, 2, 0.5, 3, 0, 0, 1, -2, 1, 0], [2, 2, 3]);
  const rows = tf.oneHot(classes, 3).toFloat();
  for (const part of ["value", "gradient"] as const) {
    const numbers = softmaxCrossEntropy()[part](predictions, classes);
    expect(relativeError(numbers, softmaxCrossEntropy()[part](predictions, rows))).toBeLessThan(1e-7);
  }
  // The mean is over all four positions.
  expect(softmaxCrossEntropy().value(tf.zerosLike(predictions), classes).dataSync()[0]).toBeCloseTo(Math.log(3), 6);
});

describe.each(every)("%s", (_name, make, targets) => {
  it("its gradient is the numeric one and autodiff's", () => {
    for (const loss of [make(), make({ divisor: 3 }), make({ reduction: "sum" })]) {
      const gradient = loss.gradient(x, targets);
      const numeric = numericGradient((v) => loss.value(tf.tensor2d(v, [2, 3]), targets).dataSync()[0]!, x.dataSync());
      expect(relativeError(gradient, numeric)).toBeLessThan(1e-3);
      expect(relativeError(gradient, tf.grad((v) => loss.value(v, targets))(x))).toBeLessThan(1e-6);
    }
  });

  it("leaves no tensors behind", () => {
    const before = tf.memory().numTensors;
    for (let step = 0; step < 100; step++) {
      tf.dispose([make().value(x, targets), make().gradient(x, targets)]);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe.each(engines)("on the engine %s", (engine) => {
  it("values and gradients are PyTorch's", () => {
    const results = onEngine<{ value: number; gradient: number[] }[]>(
      engine,
      `report(golden("losses-torch.json").map(({ loss, options, predictions, targets, weights }) => {
        const all = [predictions, targets, ...(weights ? [weights] : [])].map((numbers) => tf.tensor(numbers));
        const made = lib[loss](options);
        return { value: made.value(...all).dataSync()[0], gradient: Array.from(made.gradient(...all).dataSync()) };
      }));`,
    );
    expect(golden.filter(({ weights }) => weights)).toHaveLength(11);
    for (const [i, { value, gradient }] of results.entries()) {
      const { loss, options, ...torch } = golden[i]!;
      const about = `${loss} ${JSON.stringify(options)}`;
      expect(relativeError([value], [torch.value]), about).toBeLessThan(1e-6);
      expect(relativeError(gradient, torch.gradient.flat()), about).toBeLessThan(1e-6);
    }
  });

  it("NaN is passed on: in the value, and in the gradient where the prediction is", () => {
    const names = [...new Set(every.map(([name]) => name))];
    const results = onEngine<unknown[]>(
      engine,
      `const [x, y] = [tf.tensor2d([[NaN, 1], [0, 2]]), tf.tensor2d([[1, 0], [0, 1]])];
      report(${JSON.stringify(names)}.map((name) =>
        [lib[name]().value(x, y).dataSync()[0], lib[name]().gradient(x, y).arraySync()[0][0]]));`,
    );
    expect(results).toEqual(names.map(() => ["NaN", "NaN"]));
  });
});

describe("infinite logits", () => {
  const infinity = Number.POSITIVE_INFINITY;
  const value = (loss: losses.Loss, x: number[], t: number[]) =>
    loss.value(tf.tensor1d(x), tf.tensor1d(t)).dataSync()[0];

  it("binaryCrossEntropy is its limit: 0 where they are right, infinite where they are not", () => {
    const loss = binaryCrossEntropy({ reduction: "sum" });
    expect(value(loss, [-infinity, 1, infinity], [0, 1, 1])).toBeCloseTo(Math.log(1 + Math.exp(-1)), 6);
    expect(value(loss, [-infinity], [1])).toBe(infinity);
    expect(value(loss, [infinity], [0])).toBe(infinity);
    expect(value(loss, [Number.NaN], [0])).toBeNaN();
    const slopes = loss.gradient(tf.tensor1d([-infinity, infinity, -infinity]), tf.tensor1d([0, 1, 1]));
    expect([...slopes.dataSync()]).toEqual([0, 0, -1]);
  });

  it("softmaxCrossEntropy leaves out a class whose logit is −∞, as PyTorch does: .3133", () => {
    const [x, one] = [tf.tensor2d([[-infinity, 0, 1]]), tf.tensor2d([[0, 0, 1]])];
    for (const targets of [one, tf.tensor1d([2], "int32")]) {
      expect(softmaxCrossEntropy().value(x, targets).dataSync()[0]).toBeCloseTo(0.3133, 4);
    }
    expect(
      softmaxCrossEntropy()
        .value(x, tf.tensor1d([0], "int32"))
        .dataSync()[0],
    ).toBe(infinity);
    const nan = tf.tensor2d([[Number.NaN, 0, 1]]);
    expect(softmaxCrossEntropy().value(nan, one).dataSync()[0]).toBeNaN();
  });
});
