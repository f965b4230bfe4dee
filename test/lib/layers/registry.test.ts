import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { layerFrom } from "../../../lib/layers/registry.js";
import "../../helpers/tensors.js";

describe("layerFrom refuses what describes no layer", () => {
  const dense = { type: "Dense", inputs: 2, outputs: 1, bias: true };
  const cases: [string, unknown][] = [
    ["expected the config of a layer, an object with its type, received null.", null],
    ['expected the config of a layer, an object with its type, received {"type":3}.', { type: 3 }],
    ['Tanh, received "constructor".', { type: "constructor" }],
    ["expected inputs of Dense to be a number, received undefined.", { ...dense, inputs: undefined }],
    ['expected outputs of Dense to be a number, received "1".', { ...dense, outputs: "1" }],
    ["Dense: expected outputs to be a positive integer, received -1.", { ...dense, outputs: -1 }],
    ["expected bias of Dense to be a boolean, received 0.", { ...dense, bias: 0 }],
    ["expected seed of Dropout to be a number, received undefined.", { type: "Dropout", rate: 0.5 }],
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
