/** Layers whose inputs were left out: the first input, the data or an example says how many there are. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { summary } from "../../../lib/inspection/summary.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Conv2D } from "../../../lib/layers/conv2d.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Flatten } from "../../../lib/layers/flatten.js";
import { layerFrom } from "../../../lib/layers/registry.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { loadModel, saveModel } from "../../../lib/persistence/model.js";
import { l2 } from "../../../lib/regularizers/penalty.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { fit } from "../../../lib/training/fit.js";
import { fitAll } from "../../../lib/training/fit-all.js";
import { trainStep } from "../../../lib/training/train-step.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { engines, onEngine } from "../../helpers/on-engine.js";

const random = (key: string) => new Random(5).split(key);
const told = () =>
  new Sequential(
    new Conv2D(2, 3, 3, { random: random("conv") }),
    new BatchNorm(3),
    new ReLU(),
    new Flatten(),
    new Dense(12, 4, { random: random("dense"), activation: "tanh" }),
    new Dense(4, 1, { random: random("out") }),
  );
const leftOut = () =>
  new Sequential(
    new Conv2D({ outputs: 3, size: 3, random: random("conv") }),
    new BatchNorm(),
    new ReLU(),
    new Flatten(),
    new Dense({ outputs: 4, random: random("dense"), activation: "tanh" }),
    new Dense({ outputs: 1, random: random("out") }),
  );
const x = tf.tensor4d(new Random(2).normals(128), [4, 4, 4, 2]);
const data = new Dataset(x, tf.ones([4, 1]));
const options = () => ({
  loss: meanSquaredError(),
  optimizer: new Adam({ learningRate: 0.01 }),
  regularizers: [l2(0.01)],
  epochs: 3,
  batchSize: 2,
  shuffle: new Random(1),
});

describe("a model whose inputs were left out", () => {
  it("is the one that was told them, after forward, summary, a step, fit and fitAll", async () => {
    const names = [...told().parameters.keys()];
    const [first, expected] = [leftOut(), told()];
    expect([...first.parameters.keys()]).toEqual([]);
    expect(first.forward(x, false).arraySync()).toEqual(expected.forward(x, false).arraySync());
    expect([...first.parameters.keys()]).toEqual(names);
    expect(first.config).toEqual(expected.config);
    const shown = leftOut();
    expect(summary(shown, [4, 4, 2])).toBe(summary(expected, [4, 4, 2]));
    const [stepped, step] = [leftOut(), told()].map((model) => trainStep(model, data, options()));
    expect(stepped).toBe(step);
    const [fitted, like] = [leftOut(), told()];
    const [one, other] = [await fit(fitted, data, options()), await fit(like, data, options())];
    expect(one.loss).toEqual(other.loss);
    expect(fitted.forward(x, false).arraySync()).toEqual(like.forward(x, false).arraySync());
    const [all] = await fitAll([[leftOut(), data, options()]]);
    expect(all!.loss).toHaveLength(3);
  });

  it("makes its parameters in the order of the layers, whichever is made first", () => {
    const model = new Sequential(new Dense({ outputs: 3 }), new Dense(3, 1));
    expect([...model.parameters.keys()]).toEqual(["1.weight", "1.bias"]);
    model.forward(tf.ones([1, 2]), false);
    expect([...model.parameters.keys()]).toEqual(["0.weight", "0.bias", "1.weight", "1.bias"]);
  });

  it("is saved before and after, and built again", () => {
    const file = join(temporaryFolder().path, "model");
    const model = leftOut();
    saveModel(file, model);
    expect(loadModel(file).config).toEqual(model.config);
    model.forward(x, false);
    saveModel(file, model);
    expect(loadModel(file).forward(x, false).arraySync()).toEqual(model.forward(x, false).arraySync());
    expect(layerFrom(leftOut().config).forward(x, false).shape).toEqual([4, 1]);
  });

  it("says so where a parameter is asked for too early, and refuses other inputs afterwards", () => {
    const dense = new Dense({ outputs: 3 });
    expect(() => dense.weight).toThrow("Dense: expected known inputs, received none yet: run forward on an example.");
    expect(() => dense.forward(tf.ones([2, 3, 4]))).toThrow(
      "Dense: expected an input of shape [batch, inputs], received [2,3,4].",
    );
    dense.forward(tf.ones([2, 3]));
    expect(() => dense.forward(tf.ones([2, 4]))).toThrow(
      "Dense: expected an input of shape [batch, 3], received [2,4].",
    );
    expect(() => new BatchNorm().gamma).toThrow("BatchNorm: expected known inputs");
  });

  it.each(engines)("trains the same on %s", (engine) => {
    const program = `
const data = new lib.Dataset(tf.linspace(-1, 1, 64).reshape([32, 2]), tf.linspace(0, 1, 32).reshape([32, 1]));
const losses = [];
for (const make of [(outputs, options) => new lib.Dense({ outputs, ...options }), (outputs, options, inputs) => new lib.Dense(inputs, outputs, options)]) {
  lib.seed(3);
  const model = new lib.Sequential(make(8, { activation: "relu" }, 2), make(1, {}, 8));
  const history = await lib.fit(model, data, { loss: lib.meanSquaredError(), optimizer: new lib.Adam(), epochs: 5, shuffle: false });
  losses.push(history.loss);
}
report(losses);`;
    const [left, given] = onEngine<[number[], number[]]>(engine, program);
    expect(left).toEqual(given);
    expect(left).toHaveLength(5);
  });
});
