import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { activations, gradientNorms, gradients } from "../../../lib/inspection/layer-values.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { freeze } from "../../../lib/layers/parameters.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Residual } from "../../../lib/layers/residual.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Sigmoid } from "../../../lib/layers/sigmoid.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { line, network, weightsOf } from "../../helpers/line.js";
import { relativeError } from "../../helpers/tensors.js";

const loss = meanSquaredError();

/** Everything that has state, with layers inside layers. */
function nested() {
  const random = new Random(2);
  const dense = (name: string, inputs: number, outputs: number) =>
    new Dense(inputs, outputs, { random: random.split(name) });
  const inner = new Residual(dense("a", 4, 4), new ReLU());
  return new Sequential(dense("b", 2, 4), new BatchNorm(4), inner, new Dropout(0.5, { random }), dense("c", 4, 1));
}

const stateOf = (model: Sequential) => [
  ...weightsOf(model),
  ...[...model.buffers.values()].flatMap((buffer) => Array.from(buffer.dataSync())),
  ...model.layers.flatMap((layer) => (layer instanceof Dropout ? [layer.steps] : [])),
];

describe("activations", () => {
  it("are what each layer gives, under its name", () => {
    const [model, { x }] = [nested(), line()];
    const found = activations(model, x);
    expect(found.map(({ name, type, shape }) => `${name} ${type} ${shape}`)).toEqual([
      ...["0 Dense 20,4", "1 BatchNorm 20,4", "2.0 Dense 20,4", "2.1 ReLU 20,4", "3 Dropout 20,4", "4 Dense 20,1"],
    ]);
    expect(relativeError(found[0]!.values, model.layers[0]!.forward(x, false))).toBe(0);
    expect(relativeError(found.at(-1)!.values, model.forward(x, false))).toBe(0);
  });

  it("of a model of one layer have no name", () => {
    expect(activations(new Dense(2, 1), line().x).map(({ name, type }) => [name, type])).toEqual([["", "Dense"]]);
  });
});

describe("gradients", () => {
  it("are those of the loss by each layer's output", () => {
    const [model, data] = [network(), line()];
    const found = gradients(model, data, loss);
    expect(found.map(({ name, type }) => `${name} ${type}`)).toEqual(["0 Dense", "1 ReLU", "2 Dense"]);
    const dy = loss.gradient(model.forward(data.x, true), data.y);
    expect(relativeError(found[2]!.values, dy)).toBe(0);
    expect(relativeError(found[1]!.values, model.layers[2]!.backward(dy))).toBe(0);
  });

  it("have their norms by parameter, without the frozen ones", () => {
    const [model, data] = [network(), line()];
    freeze(model, "0.bias");
    const norms = gradientNorms(model, data, loss);
    expect(Object.keys(norms)).toEqual(["0.weight", "2.weight", "2.bias"]);
    model.backward(loss.gradient(model.forward(data.x, true), data.y));
    expect(norms["0.weight"]).toBeCloseTo(tf.norm(model.parameters.get("0.weight")!.gradient!).dataSync()[0]!, 6);
  });

  it("vanish with depth behind sigmoids: each derivative is at most ¼", () => {
    const random = new Random(1);
    const hidden = [0, 1, 2, 3].flatMap((i) => [new Dense(10, 10, { random: random.split(i) }), new Sigmoid()]);
    const model = new Sequential(
      new Dense(2, 10, { random }),
      ...hidden,
      new Dense(10, 1, { random: random.split("out") }),
    );
    const norms = gradientNorms(model, line(), loss);
    expect(norms["0.weight"]! * 100).toBeLessThan(norms["9.weight"]!);
  });
});

it("looking in leaves the model, its methods and the memory as they were", () => {
  const [model, data] = [nested(), line()];
  const look = () => {
    activations(model, data.x, true);
    gradients(model, data, loss);
    gradientNorms(model, data, loss);
  };
  const before = stateOf(model);
  const dropout = model.layers[3] as Dropout;
  const mask = tf.zeros([20, 4]);
  dropout.mask = mask;
  const tensors = tf.memory().numTensors;
  look();
  expect(dropout.mask).toBe(mask);
  expect(stateOf(model)).toEqual(before);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(() => activations(model, tf.zeros([3, 5]))).toThrow("expected an input of shape [batch, 2]");
  expect(stateOf(model)).toEqual(before);
  for (const [, layer] of model.walk()) expect(Object.keys(layer)).not.toContain("forward");
});
