/** What holds for every layer, on the table of test/helpers/layer-cases.ts. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { engine, type Tensor, tf } from "../../../engine/tensor.js";
import type { Layer } from "../../../lib/layers/layer.js";
import { freeze, unfreeze } from "../../../lib/layers/parameters.js";
import { type LayerCase, layerCases, layerOf } from "../../helpers/layer-cases.js";
import { inFull } from "../../helpers/long.js";
import { engines, onEngine } from "../../helpers/on-engine.js";
import { numericGradient, relativeError } from "../../helpers/tensors.js";

const size = (shape: number[]) => shape.reduce((product, length) => product * length, 1);
const input = ({ shape }: LayerCase) => tf.tensor(new Random(1).normals(size(shape)), shape);

/** The output for `x`, always with the layer's first mask and first running statistics. */
function again(layer: Layer, x: Tensor, training: boolean): Tensor {
  const saved = [...layer.buffers.values()].map((buffer) => ({ buffer, value: buffer.clone() }));
  if ("steps" in layer) layer.steps = 0;
  const y = layer.forward(x, training);
  for (const { buffer, value } of saved) buffer.assign(value);
  return y;
}

/** loss = Σ dy ⊙ forward(x), whose gradient with respect to forward(x) is dy. */
describe.each([true, false])("backward with training %s", (training) => {
  it.each(layerCases)("$name: the numeric gradient and autodiff's", (one) => {
    const layer = layerOf(one);
    const x = input(one);
    const { shape } = again(layer, x, training);
    const dy = tf.tensor(new Random(2).normals(size(shape)), shape);
    const loss = (at: Tensor) => tf.sum(tf.mul(again(layer, at, training), dy));
    again(layer, x, training);
    const dx = layer.backward(dy);
    // Central differences in float32: truncation ~h², rounding ~1e-7/h (×10 where WebAssembly sums), below 3e-3 at h = 3e-3.
    const numeric = (f: (values: Float32Array) => Tensor, at: Tensor) =>
      numericGradient((values) => tf.tidy(() => f(values).dataSync()[0]!), at.dataSync(), 3e-3);
    expect(
      relativeError(
        dx,
        numeric((values) => loss(tf.tensor(values, one.shape)), x),
      ),
    ).toBeLessThan(3e-3);
    for (const { value, gradient } of layer.parameters.values()) {
      const before = value.clone();
      const at = (values: Float32Array) => {
        value.assign(tf.tensor(values, value.shape));
        return loss(x);
      };
      expect(relativeError(gradient!, numeric(at, before))).toBeLessThan(3e-3);
      value.assign(before);
    }
    const variables = [...layer.parameters.values()].map(({ value }) => value);
    expect(relativeError(dx, tf.grad(loss)(x))).toBeLessThan(1e-6);
    if (variables.length === 0) return;
    const autodiff = () => tf.variableGrads(() => loss(x).asScalar(), variables);
    if (engine.name === "wasm" && one.config.type === "Conv2D") {
      expect(autodiff).toThrow("Kernel 'Conv2DBackpropFilter' not registered"); // why Conv2D does without it
      return;
    }
    const { grads } = autodiff();
    for (const { value, gradient } of layer.parameters.values()) {
      expect(relativeError(gradient!, grads[value.name]!)).toBeLessThan(1e-6);
    }
  });
});

describe.each(layerCases)("$name", (one) => {
  it("refuses backward before forward", () => {
    expect(() => layerOf(one).backward(input(one))).toThrow(
      `${one.config.type === "Sequential" ? "ReLU" : one.config.type === "Residual" ? "Tanh" : one.config.type}: expected forward before backward, received backward first.`,
    );
  });

  it("is described by its config", () => {
    expect(layerOf(one).config).toEqual(one.config);
    expect(JSON.parse(JSON.stringify(one.config))).toEqual(one.config);
  });

  it("passes NaN on, in training and in prediction", () => {
    for (const training of [true, false]) {
      const values = input(one).dataSync().slice();
      values[2] = Number.NaN;
      const y = layerOf(one).forward(tf.tensor(values, one.shape), training).dataSync();
      expect(y.some(Number.isNaN)).toBe(true);
    }
  });

  it("does the same again with the same seed", () => {
    const run = () => {
      const layer = layerOf(one);
      const outputs = [1, 2, 3].map(() => layer.forward(input(one), true).arraySync());
      return { outputs, dx: layer.backward(layer.forward(input(one), true)).arraySync() };
    };
    expect(run()).toEqual(run());
  });

  it("leaves no gradient on a frozen parameter, and the same dx", () => {
    const layer = layerOf(one);
    const [x, names] = [input(one), [...layer.parameters.keys()]];
    const backward = () => {
      const y = again(layer, x, true);
      return layer.backward(tf.onesLike(y)).arraySync();
    };
    const dx = backward();
    for (const name of names) {
      expect(layer.parameters.get(name)!.gradient).toBeDefined();
      freeze(layer, name);
      expect(backward()).toEqual(dx);
      expect(names.filter((other) => layer.parameters.get(other)!.gradient === undefined)).toEqual([name]);
      unfreeze(layer, name);
    }
  });

  const steps = inFull(1000, 100);
  it(`keeps the number of tensors over ${steps} training steps, and dispose frees all`, { tags: "long" }, () => {
    const x = input(one);
    const start = tf.memory().numTensors;
    const layer = layerOf(one);
    const before = tf.memory().numTensors;
    for (let step = 0; step < steps; step++) tf.tidy(() => void layer.backward(layer.forward(x, true)));
    expect(tf.memory().numTensors).toBe(before);
    layer.dispose();
    expect(tf.memory().numTensors).toBe(start);
  });
});

/** What a program on an engine reports of every case: numbers by name. */
type Numbers = Record<string, number[]>;

it("native and WebAssembly agree", () => {
  const program = `
const cases = ${JSON.stringify(layerCases)};
report(Object.fromEntries(cases.map(({ name, config, shape }) => {
  const size = (of) => of.reduce((product, length) => product * length, 1);
  const layer = lib.layerFrom(config, new lib.Random(4));
  const x = tf.tensor(new lib.Random(1).normals(size(shape)), shape);
  const y = layer.forward(x, true);
  const dy = tf.tensor(new lib.Random(2).normals(y.size), y.shape);
  const tensors = { y, dx: layer.backward(dy), prediction: layer.forward(x, false) };
  for (const [name, { gradient }] of layer.parameters) tensors["d " + name] = gradient;
  for (const [name, buffer] of layer.buffers) tensors[name] = buffer;
  layer.forward(tf.zeros(shape), false);
  tensors["dx at 0, where values are equal"] = layer.backward(dy);
  return [name, Object.fromEntries(Object.entries(tensors).map(([key, tensor]) => [key, [...tensor.dataSync()]]))];
})));`;
  const [wasm, other] = (["wasm", engines[0]] as const).map((name) => onEngine<Record<string, Numbers>>(name, program));
  for (const { name } of layerCases) {
    expect(Object.keys(wasm![name]!)).toEqual(Object.keys(other![name]!));
    for (const [key, values] of Object.entries(wasm![name]!)) {
      expect(relativeError(values, other![name]![key]!), `${name}: ${key}`).toBeLessThan(1e-6);
    }
  }
});

it.each(engines)("windows of NaN, −∞ and the lowest number are those, on %s", (engine) => {
  const program = `
const lowest = -3.4028234663852886e38;
const rows = [[NaN, 1, 2, 3], [-1 / 0, -1 / 0, -1 / 0, -1 / 0], [-1 / 0, lowest, -1 / 0, -1 / 0], [1 / 0, -1 / 0, 1, NaN], [1 / 0, -1 / 0, 1, 2]];
const x = tf.tensor4d(rows.flat(), [rows.length, 2, 2, 1]);
report([lib.MaxPool, lib.AveragePool].map((Kind) => [...new Kind(2).forward(x, false).dataSync()]));`;
  const [max, mean] = onEngine<unknown[][]>(engine, program);
  expect(max).toEqual(["NaN", "-Infinity", -3.4028234663852886e38, "NaN", "Infinity"]);
  expect([mean![0], mean![1], mean![3]]).toEqual(["NaN", "-Infinity", "NaN"]);
});
