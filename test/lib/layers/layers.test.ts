import { describe, expect, it } from "vitest";
import { constant } from "../../../lib/initializers.js";
import { Dense } from "../../../lib/layers/dense.js";
import type { Layer } from "../../../lib/layers/layer.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Random } from "../../../lib/random.js";
import { type Tensor, tf } from "../../../lib/tensor.js";
import { numericGradient, relativeError } from "../../helpers/tensors.js";

describe("bad arguments", () => {
  it("Dense refuses sizes that are not positive integers", () => {
    expect(() => new Dense(0, 3)).toThrow("expected inputs to be a positive integer, received 0");
    expect(() => new Dense(2, 1.5)).toThrow("expected outputs to be a positive integer, received 1.5");
  });

  it("Dense refuses an input of another width", () => {
    expect(() => new Dense(2, 3).forward(tf.zeros([4, 5]))).toThrow(
      "expected an input of shape [batch, 2], received [4,5]",
    );
  });

  it("Sequential refuses to be empty", () => {
    expect(() => new Sequential()).toThrow("expected at least one layer");
  });

  it.each([new Dense(1, 1), new ReLU()])("backward before forward is refused", (layer) => {
    expect(() => layer.backward(tf.zeros([1, 1]))).toThrow("expected forward before backward");
  });
});

it("Dense computes x · weight + bias", () => {
  const dense = new Dense(2, 2, { weight: constant(2), bias: constant(-1) });
  expect(dense.forward(tf.tensor2d([[1, 2]])).arraySync()).toEqual([[5, 5]]);
});

it("ReLU passes what is positive and its gradient, 0 at the kink", () => {
  const relu = new ReLU();
  expect(relu.forward(tf.tensor1d([-1, 0, 2])).arraySync()).toEqual([0, 0, 2]);
  expect(relu.backward(tf.tensor1d([5, 6, 7])).arraySync()).toEqual([0, 0, 7]);
});

it("NaN is passed on, not hidden", () => {
  expect(new ReLU().forward(tf.tensor1d([Number.NaN])).dataSync()[0]).toBeNaN();
  expect(new Dense(1, 1).forward(tf.tensor2d([[Number.NaN]])).dataSync()[0]).toBeNaN();
});

it("Sequential names its parameters by the layer's position", () => {
  const model = new Sequential(new Dense(3, 4), new ReLU(), new Dense(4, 1));
  expect([...model.parameters.keys()]).toEqual(["0.weight", "0.bias", "2.weight", "2.bias"]);
});

it("the same Random gives the same parameters", () => {
  const weight = (seed: number) => new Dense(3, 2, { random: new Random(seed) }).weight.value.arraySync();
  expect(weight(1)).toEqual(weight(1));
  expect(weight(1)).not.toEqual(weight(2));
});

/** loss = Σ weights ⊙ forward(x): its gradient with respect to y is `weights`. */
describe("backward is the numeric gradient and autodiff's", () => {
  const random = new Random(4);
  const x = tf.tensor2d(random.normals(15), [5, 3]);
  const cases: [string, Layer, number][] = [
    ["Dense", new Dense(3, 2, { random }), 2],
    ["ReLU", new ReLU(), 3],
    [
      "Sequential",
      new Sequential(new Dense(3, 8, { random }), new ReLU(), new Dense(8, 2, { random: random.split(1) })),
      2,
    ],
  ];
  it.each(cases)("%s", (_name, layer, outputs) => {
    const dy = tf.tensor2d(random.normals(5 * outputs), [5, outputs]);
    const loss = (input: Tensor) => tf.sum(tf.mul(layer.forward(input, true), dy));
    const numeric = numericGradient((values) => loss(tf.tensor2d(values, [5, 3])).dataSync()[0]!, x.dataSync(), 1e-3);
    const autodiff = tf.grad(loss)(x);
    layer.forward(x, true);
    const dx = layer.backward(dy);
    expect(relativeError(dx, numeric)).toBeLessThan(5e-3);
    expect(relativeError(dx, autodiff)).toBeLessThan(1e-6);
    const parameters = [...layer.parameters.values()];
    if (parameters.length === 0) return;
    const variables = parameters.map(({ value }) => value);
    const { grads } = tf.variableGrads(() => loss(x).asScalar(), variables);
    for (const { value, gradient } of parameters) {
      expect(relativeError(gradient!, grads[value.name]!)).toBeLessThan(1e-6);
    }
  });
});
