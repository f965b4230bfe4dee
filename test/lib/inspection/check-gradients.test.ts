import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { checkGradients } from "../../../lib/inspection/check-gradients.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { freeze } from "../../../lib/layers/parameters.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Tanh } from "../../../lib/layers/tanh.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { line, weightsOf } from "../../helpers/line.js";

const loss = meanSquaredError();

/** Smooth, so that central differences are right, with all that has state. */
function smooth() {
  const random = new Random(2);
  const first = new Dense(2, 6, { random });
  return new Sequential(
    ...[
      first,
      new BatchNorm(6),
      new Tanh(),
      new Dropout(0.3, { random }),
      new Dense(6, 1, { random: random.split(1) }),
    ],
  );
}

/** A Tanh whose derivative was mistaken. */
class Mistaken extends Tanh {
  override backward(dy: Tensor): Tensor {
    return tf.mul(super.backward(dy), 1.1);
  }
}

describe("checkGradients", () => {
  it.each([
    [{ h: 0 }, "checkGradients: expected h above 0, received 0"],
    [{ elements: 0 }, "checkGradients: expected elements to be a positive integer, received 0"],
  ])("refuses %o", (options, message) => {
    const { x, y } = line();
    expect(() => checkGradients(smooth(), x, y, loss, options)).toThrow(message);
  });

  it.each([true, false])("finds right gradients right, with training %s", (training) => {
    const { x, y } = line();
    const errors = checkGradients(smooth(), x, y, loss, { training });
    expect(Object.keys(errors)).toEqual(["0.weight", "0.bias", "1.gamma", "1.beta", "4.weight", "4.bias", "x"]);
    // Central differences in float32 with h = 1e-2: truncation and rounding are each below 1e-3 of the gradient. Before BatchNorm
    // a bias has no effect: what is found is rounding alone.
    for (const [name, error] of Object.entries(errors))
      expect(error, name).toBeLessThan(training && name === "0.bias" ? 0.1 : 3e-3);
  });

  it("finds a mistaken derivative in every layer before it, and nowhere else", () => {
    const { x, y } = line();
    const random = new Random(3);
    const model = new Sequential(
      new Dense(2, 6, { random }),
      new Mistaken(),
      new Dense(6, 1, { random: random.split(1) }),
    );
    const errors = checkGradients(model, x, y, loss);
    for (const name of ["0.weight", "0.bias", "x"]) expect(errors[name], name).toBeCloseTo(0.1 / 1.1, 2);
    for (const name of ["2.weight", "2.bias"]) expect(errors[name], name).toBeLessThan(3e-3);
  });

  it("leaves frozen parameters out, and the model and the memory as they were", () => {
    const [model, { x, y }] = [smooth(), line()];
    freeze(model, "0");
    const before = [weightsOf(model), model.buffers.get("1.runningMean")!.dataSync()];
    const tensors = tf.memory().numTensors;
    expect(Object.keys(checkGradients(model, x, y, loss))).toEqual(["1.gamma", "1.beta", "4.weight", "4.bias", "x"]);
    expect([weightsOf(model), model.buffers.get("1.runningMean")!.dataSync()]).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
