/** `predict` and `evaluate` of a model that is asked again: the same numbers, to the bit, before and after it is a graph. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Random } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { Layer } from "../../../lib/layers/layer.js";
import { LeakyReLU } from "../../../lib/layers/leaky-relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Sigmoid } from "../../../lib/layers/sigmoid.js";
import { binaryCrossEntropy, meanSquaredError } from "../../../lib/losses.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { evaluate, predict } from "../../../lib/training/evaluate.js";
import { fit } from "../../../lib/training/fit.js";
import { layerCases, layerOf } from "../../helpers/layer-cases.js";
import { describeNative } from "../../helpers/native.js";
import { relativeError } from "../../helpers/tensors.js";

const numbers = (rows: number, columns: number, seed = 1) =>
  tf.tensor2d(new Random(seed).normals(rows * columns), [rows, columns]);

const network = () => {
  const random = new Random(2);
  return new Sequential(
    new Dense(3, 8, { random: random.split(0) }),
    new BatchNorm(8),
    new LeakyReLU(0.1),
    new Dropout(0.5, { random: random.split(1) }),
    new Dense(8, 2, { random: random.split(2) }),
  );
};

const valuesOf = (tensor: Tensor) => {
  const values = Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
};

/** What `forward` gives. */
const expected = (model: Layer, x: Tensor) => valuesOf(tf.tidy(() => model.forward(x, false)));

/** Every call takes 50 ms of this clock, so that the second one pays for a graph. */
function slowClock(): void {
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 50));
  onTestFinished(() => clock.mockRestore());
}

/** How often `forward` of a layer has run since. */
function countForwards(layer: Layer): () => number {
  const { prototype } = layer.constructor as unknown as { prototype: Layer };
  const spy = vi.spyOn(prototype, "forward");
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.length;
}

describeNative("predict, asked again,", () => {
  it("runs no layer any more, gives the same to the bit, and leaves no tensors", () => {
    slowClock();
    const model = network();
    const x = numbers(5, 3);
    const first = valuesOf(predict(model, x));
    predict(model, x).dispose();
    const forwards = countForwards(model.layers[0]!);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) expect(valuesOf(predict(model, x))).toEqual(first);
    expect(forwards()).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
    // Other values of the same shape, and another shape.
    for (const other of [numbers(5, 3, 9), numbers(1, 3), numbers(7, 3)]) {
      for (let i = 0; i < 3; i++) expect(valuesOf(predict(model, other))).toEqual(expected(model, other));
    }
    expect(valuesOf(predict(model, numbers(23, 3), { batchSize: 5 }))).toEqual(expected(model, numbers(23, 3)));
  });

  it("shares many examples out among threads, with the same digits", () => {
    slowClock();
    const model = network();
    for (const rows of [511, 513, 2048]) {
      const x = numbers(rows, 3);
      for (let i = 0; i < 3; i++) expect(valuesOf(predict(model, x))).toEqual(expected(model, x));
    }
  });

  it("sees weights that were assigned or trained, and numbers that have changed", async () => {
    slowClock();
    const model = network();
    const x = numbers(5, 3);
    const isRight = () => {
      for (let i = 0; i < 3; i++) expect(valuesOf(predict(model, x))).toEqual(expected(model, x));
    };
    isRight();
    const weight = model.parameters.get("0.weight")!;
    weight.value.assign(tf.mul(weight.value, 2));
    isRight();
    const optimizer = new Adam({ learningRate: 0.1 });
    const options = { loss: meanSquaredError(), optimizer, epochs: 2, batchSize: 4, shuffle: new Random(1) };
    await fit(model, new Dataset(numbers(20, 3), numbers(20, 2)), options);
    isRight();
    Object.assign(model.layers[2]!, { slope: 0.7 });
    isRight();
    model.dispose();
    expect(() => predict(model, x)).toThrow();
  });

  it.each(layerCases)("agrees with forward of $name", (one) => {
    slowClock();
    const model = layerOf(one);
    const size = one.shape.reduce((product, length) => product * length, 1);
    const x = tf.tensor(new Random(3).normals(size), one.shape);
    const values = expected(model, x);
    for (let i = 0; i < 3; i++) {
      const predicted = valuesOf(predict(model, x));
      // With it a single Softmax is oneDNN's, and one in a graph is not.
      if (process.env.TF_ENABLE_ONEDNN_OPTS !== "1") expect(predicted).toEqual(values);
      else expect(relativeError(predicted, values)).toBeLessThan(1e-6);
    }
  });
});

describe("predict", () => {
  it("asks a layer of one's own each time, which may compute otherwise", () => {
    slowClock();
    class Counting extends Layer {
      calls = 0;
      override forward(x: Tensor): Tensor {
        this.calls += 1;
        return tf.add(x, this.calls);
      }
      override backward(dy: Tensor): Tensor {
        return dy;
      }
    }
    class Twice extends Dense {
      override forward(x: Tensor, training: boolean): Tensor {
        return tf.mul(super.forward(x, training), 2);
      }
    }
    const layer = new Counting();
    const model = new Sequential(layer, new Twice(1, 1, { weight: () => tf.ones([1, 1]) }));
    for (let call = 1; call < 6; call++) expect(valuesOf(predict(model, tf.zeros([1, 1])))).toEqual([2 * call]);
    const own = new Dense(1, 1, { weight: () => tf.ones([1, 1]) });
    let added = 0;
    own.forward = (x) => tf.add(x, ++added);
    for (let call = 1; call < 6; call++) expect(valuesOf(predict(own, tf.zeros([1, 1])))).toEqual([call]);
  });

  it("has a gradient, and is part of a function's graph, however often it was asked", () => {
    slowClock();
    const model = network();
    const x = numbers(5, 3);
    const slope = () => valuesOf(tf.grad((inputs: Tensor) => tf.sum(predict(model, inputs)))(x));
    const first = slope();
    expect(first.some((value) => value !== 0)).toBe(true);
    for (let i = 0; i < 4; i++) predict(model, x).dispose();
    expect(slope()).toEqual(first);
  });

  it("keeps what is known of probabilities", () => {
    slowClock();
    const model = new Sequential(new Dense(3, 1, { random: new Random(1) }), new Sigmoid());
    const data = new Dataset(numbers(4, 3), tf.zeros([4, 1]));
    for (let i = 0; i < 4; i++) {
      expect(() => evaluate(model, data, { loss: binaryCrossEntropy() })).toThrow(/output of a Sigmoid/);
    }
  });
});
