import { describe, expect, it } from "vitest";
import type { Parameters } from "../../../lib/layers/layer.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { tf } from "../../../lib/tensor.js";
import { relativeError } from "../../helpers/tensors.js";

const start = [1, -2, 3];
const gradients = [
  [0.5, -1, 0],
  [-0.25, 2, 1],
  [4, 0.125, -1],
];

/** The weights after one step for each of `gradients`. */
function run(optimizer: Optimizer): Float32Array {
  const parameters: Parameters = new Map([["w", { value: tf.variable(tf.tensor1d(start)), frozen: false }]]);
  for (const gradient of gradients) {
    parameters.get("w")!.gradient = tf.tensor1d(gradient);
    optimizer.step(parameters);
  }
  return parameters.get("w")!.value.dataSync() as Float32Array;
}

describe("bad arguments", () => {
  it.each([0, -1, Number.NaN])("refuses the learning rate %s", (learningRate) => {
    expect(() => new SGD({ learningRate })).toThrow(`SGD: expected a positive learningRate, received ${learningRate}`);
  });

  it("Adam refuses moments outside [0, 1) and an epsilon that is not positive", () => {
    expect(() => new Adam({ beta1: 1 })).toThrow("expected beta1 in [0, 1), received 1");
    expect(() => new Adam({ beta2: -0.1 })).toThrow("expected beta2 in [0, 1), received -0.1");
    expect(() => new Adam({ epsilon: 0 })).toThrow("expected a positive epsilon, received 0");
  });

  it("refuses a parameter without a gradient, by name", () => {
    const parameters: Parameters = new Map([["2.bias", { value: tf.variable(tf.zeros([1])), frozen: false }]]);
    expect(() => new SGD().step(parameters)).toThrow("expected a gradient of 2.bias");
  });
});

it("SGD steps against the gradient", () => {
  const expected = start.map((w, i) => w - 0.1 * gradients.reduce((sum, g) => sum + g[i]!, 0));
  expect(relativeError(run(new SGD({ learningRate: 0.1 })), expected)).toBeLessThan(1e-6);
});

it("Adam follows the paper's algorithm, epsilon outside the root", () => {
  const [learningRate, beta1, beta2, epsilon] = [0.1, 0.8, 0.9, 1e-2];
  const expected = start.map((w0, i) => {
    let [w, m, v] = [w0, 0, 0];
    for (const [step, gradient] of gradients.entries()) {
      const g = gradient[i]!;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const mHat = m / (1 - beta1 ** (step + 1));
      const vHat = v / (1 - beta2 ** (step + 1));
      w -= (learningRate * mHat) / (Math.sqrt(vHat) + epsilon);
    }
    return w;
  });
  expect(relativeError(run(new Adam({ learningRate, beta1, beta2, epsilon })), expected)).toBeLessThan(1e-6);
});
