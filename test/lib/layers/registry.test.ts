import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { checkGradients } from "../../../lib/inspection/check-gradients.js";
import { summary } from "../../../lib/inspection/summary.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Conv2D } from "../../../lib/layers/conv2d.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { Layer, type LayerArguments, type LayerConfig } from "../../../lib/layers/layer.js";
import { layerFrom, registerLayer } from "../../../lib/layers/registry.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Residual } from "../../../lib/layers/residual.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Tanh } from "../../../lib/layers/tanh.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { loadCheckpoint, saveCheckpoint } from "../../../lib/persistence/checkpoint.js";
import { loadModel, saveModel } from "../../../lib/persistence/model.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { fit } from "../../../lib/training/fit.js";
import { temporaryFolder } from "../../helpers/folder.js";
import "../../helpers/tensors.js";

describe("layerFrom refuses what describes no layer", () => {
  const dense = { type: "Dense", inputs: 2, outputs: 1, bias: true };
  const cases: [string, unknown][] = [
    ["expected the config of a layer, an object with its type, received null.", null],
    ['expected the config of a layer, an object with its type, received {"type":3}.', { type: 3 }],
    ['received "constructor": make a layer of your own known by registerLayer(constructor).', { type: "constructor" }],
    ["expected inputs of Dense to be a number, received none.", { ...dense, inputs: undefined }],
    ['expected outputs of Dense to be a number, received "1".', { ...dense, outputs: "1" }],
    ["Dense: expected outputs to be a positive integer, received -1.", { ...dense, outputs: -1 }],
    ["expected bias of Dense to be a boolean, received 0.", { ...dense, bias: 0 }],
    ["expected seed of Dropout to be a number, received none.", { type: "Dropout", rate: 0.5 }],
    ["Random: expected an integer seed, received 0.5.", { type: "Dropout", rate: 0.5, seed: 0.5 }],
    ['expected layers of Sequential to be a list, received {"0":1}.', { type: "Sequential", layers: { 0: 1 } }],
    ["expected the config of a layer, an object with its type, received 7.", { type: "Residual", layers: [7] }],
  ];
  it.each(cases)("%s", (message, config) => {
    expect(() => layerFrom(config)).toThrow(message);
  });
});

it("leaves no tensor behind when a later layer is refused", () => {
  const dense = { type: "Dense", inputs: 2, outputs: 1, bias: true };
  const before = tf.memory().numTensors;
  expect(() => layerFrom({ type: "Sequential", layers: [dense, { type: "MinPool" }] })).toThrow('received "MinPool"');
  expect(tf.memory().numTensors).toBe(before);
});

it("layerFrom draws the weights from the given Random, different ones for each layer", () => {
  const dense = { type: "Dense", inputs: 2, outputs: 2, bias: true };
  const weights = (seed: number) => {
    const { parameters } = layerFrom({ type: "Sequential", layers: [dense, dense] }, new Random(seed));
    return ["0.weight", "1.weight"].map((name) => parameters.get(name)!.value.arraySync());
  };
  expect(weights(1)).toEqual(weights(1));
  expect(weights(1)[0]).not.toEqual(weights(1)[1]);
  expect(weights(1)).not.toEqual(weights(2));
});

it("a dropout layer built from its config draws the same masks", () => {
  const [one, x] = [new Dropout(0.5, { random: new Random(3) }), tf.ones([4, 4])];
  expect(layerFrom(one.config).forward(x, true).arraySync()).toEqual(one.forward(x, true).arraySync());
});

class Scale extends Layer {
  constructor(readonly factor: number) {
    super();
  }

  static from(given: LayerArguments): Layer {
    return new Scale(given.number("factor"));
  }

  override get config(): LayerConfig {
    return { ...super.config, factor: this.factor };
  }

  override forward(x: Tensor): Tensor {
    return tf.mul(x, this.factor);
  }

  override backward(dy: Tensor): Tensor {
    return tf.mul(dy, this.factor);
  }
}

/** y = [left(x), right(x)], side by side. */
class Branches extends Layer {
  readonly left: Layer;
  readonly right: Layer;

  constructor(left: Layer, right: Layer) {
    super();
    this.left = this.addLayer("left", left);
    this.right = this.addLayer("right", right);
  }

  static from(given: LayerArguments): Layer {
    return new Branches(given.layer("left"), given.layer("right"));
  }

  override forward(x: Tensor, training: boolean): Tensor {
    return tf.concat([this.left.forward(x, training), this.right.forward(x, training)], -1);
  }

  override backward(dy: Tensor): Tensor {
    const [left, right] = tf.split(dy, 2, -1) as [Tensor, Tensor];
    return tf.add(this.left.backward(left), this.right.backward(right));
  }
}

describe("a layer of one's own", () => {
  const model = () =>
    new Sequential(
      new Branches(new Sequential(new Dense(3, 4), new BatchNorm(4), new ReLU()), new Dense({ outputs: 4 })),
      new Dropout(0.5),
      new Scale(0.5),
      new Dense(8, 2),
    );
  const x = tf.tensor2d(new Random(1).normals(12), [4, 3]);

  it("is refused as unknown until it is registered", () => {
    expect(() => layerFrom(new Scale(2).config)).toThrow(
      'received "Scale": make a layer of your own known by registerLayer(Scale).',
    );
    registerLayer(Scale);
    expect(layerFrom(new Scale(2).config)).toEqual(new Scale(2));
  });

  it("may come again, as when a cell runs again, but not take the place of Gradbook's", () => {
    const Again = { Scale: class Scale extends ReLU {} }.Scale;
    registerLayer(Again);
    expect(layerFrom({ type: "Scale" })).toBeInstanceOf(Again);
    registerLayer(Scale);
    const Own = { Dense: class Dense extends ReLU {} }.Dense;
    expect(() => registerLayer(Own)).toThrow("registerLayer: expected a name of its own, received Dense");
    expect(() => registerLayer(JSON.parse("3"))).toThrow(
      "registerLayer: expected a class that extends Layer, received 3.",
    );
  });

  it("has names, walk, config, statistics and the training flag of the layers inside for free", () => {
    const own = model();
    own.forward(x, true);
    expect([...own.parameters.keys()]).toEqual([
      ...["0.left.0.weight", "0.left.0.bias", "0.left.1.gamma", "0.left.1.beta"],
      ...["0.right.weight", "0.right.bias", "3.weight", "3.bias"],
    ]);
    expect([...own.buffers.keys()]).toEqual(["0.left.1.runningMean", "0.left.1.runningVar"]);
    expect([...own.walk()].map(([name, layer]) => `${name} ${layer.constructor.name}`)).toEqual([
      ...[" Sequential", "0 Branches", "0.left Sequential", "0.left.0 Dense", "0.left.1 BatchNorm", "0.left.2 ReLU"],
      ...["0.right Dense", "1 Dropout", "2 Scale", "3 Dense"],
    ]);
    expect(
      own.buffers
        .get("0.left.1.runningMean")!
        .dataSync()
        .some((mean) => mean !== 0),
    ).toBe(true);
    expect(own.layers[0]!.config.right).toEqual({ type: "Dense", inputs: 3, outputs: 4, bias: true });
    expect(summary(own, [3])).toContain("\n0         Branches    [batch, 8]\n0.left    Sequential  [batch, 4]\n");
    const before = tf.memory().numTensors;
    own.dispose();
    expect(tf.memory().numTensors).toBe(before - 10);
  });

  it("has gradients as numeric differences have them", () => {
    const own = new Branches(new Sequential(new Dense(3, 4), new Tanh()), new Dense(3, 4));
    const y = tf.zeros([4, 8]);
    for (const [name, error] of Object.entries(checkGradients(own, x, y, meanSquaredError()))) {
      expect(error, name).toBeLessThan(3e-3);
    }
  });

  it("is saved and loaded: as a model, and in a checkpoint that training goes on from", async () => {
    for (const kind of [Scale, Branches]) registerLayer(kind);
    const { path } = temporaryFolder();
    const [own, other] = [model(), model()];
    const data = new Dataset(x, tf.ones([4, 2]));
    const options = () => ({
      loss: meanSquaredError(),
      optimizer: new Adam(),
      shuffle: new Random(1),
      batchSize: 2,
    });
    const [first, second] = [options(), options()];
    const history = await fit(own, data, { ...first, epochs: 3 });
    saveModel(join(path, "model"), own);
    saveCheckpoint(join(path, "checkpoint"), { model: own, optimizer: first.optimizer, history });
    const loaded = loadModel(join(path, "model"));
    expect(loaded.config).toEqual(own.config);
    expect(loaded.forward(x, false).arraySync()).toEqual(own.forward(x, false).arraySync());
    other.forward(x, false); // Makes what waits for the first input.
    const kept = loadCheckpoint(join(path, "checkpoint"), { model: other, optimizer: second.optimizer });
    await fit(own, data, { ...first, epochs: 5, history });
    await fit(other, data, { ...second, epochs: 5, history: kept.history! });
    expect(other.forward(x, false).arraySync()).toEqual(own.forward(x, false).arraySync());
  });

  it("frees the layers inside when a later one is refused", () => {
    registerLayer(Branches);
    const before = tf.memory().numTensors;
    const left = { type: "Dense", inputs: 2, outputs: 1, bias: true };
    expect(() => layerFrom({ type: "Branches", left, right: { type: "MinPool" } })).toThrow('received "MinPool"');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("Residual with a projection", () => {
  const block = () =>
    new Residual(
      { projection: new Conv2D(2, 4, 1, { strides: 2 }) },
      new Conv2D(2, 4, 3, { strides: 2, padding: 1 }),
      new ReLU(),
    );

  it("changes the shape, and names its tensors", () => {
    expect(block().forward(tf.ones([1, 6, 6, 2]), true).shape).toEqual([1, 3, 3, 4]);
    expect([...block().parameters.keys()]).toEqual(["0.weight", "0.bias", "projection.weight", "projection.bias"]);
    expect(block().layers).toHaveLength(2);
  });

  it("refuses one of another shape", () => {
    const model = new Residual({ projection: new Dense(2, 4) }, new Dense(2, 3));
    expect(() => model.forward(tf.ones([1, 2]), true)).toThrow(
      "Residual: expected layers that give the projection's shape [1,4], received [1,3].",
    );
    expect(() => new Residual({ projection: JSON.parse("1") }, new Dense(2, 3))).toThrow(
      "Residual: expected a layer as projection, received 1.",
    );
  });
});
