import { expect, it } from "vitest";
import { tf } from "../../../engine/tensor.js";
import { summary } from "../../../lib/inspection/summary.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Conv2D } from "../../../lib/layers/conv2d.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Flatten } from "../../../lib/layers/flatten.js";
import { MaxPool } from "../../../lib/layers/max-pool.js";
import { freeze } from "../../../lib/layers/parameters.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Residual } from "../../../lib/layers/residual.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import "../../helpers/tensors.js";

const model = new Sequential(
  new Conv2D(1, 8, 3),
  new Residual(new BatchNorm(8), new ReLU()),
  new MaxPool(),
  new Flatten(),
  new Dense(1352, 10),
);

it("refuses a shape the model cannot take", () => {
  expect(() => summary(model, [784])).toThrow("Conv2D: expected an input of shape [batch, height, width, 1]");
});

it("shows shapes, counts and what is frozen, and leaves the model as it was", () => {
  freeze(model, "0");
  const before = [...model.buffers.values()].map((buffer) => buffer.arraySync());
  const tensors = tf.memory().numTensors;
  expect(summary(model, [28, 28, 1])).toBe(
    `
name  layer       output              parameters
      Sequential  [batch, 10]
0     Conv2D      [batch, 26, 26, 8]  80 frozen
1     Residual    [batch, 26, 26, 8]
1.0   BatchNorm   [batch, 26, 26, 8]  16
1.1   ReLU        [batch, 26, 26, 8]
2     MaxPool     [batch, 13, 13, 8]
3     Flatten     [batch, 1352]
4     Dense       [batch, 10]         13,530
13,626 parameters: 13,546 trainable, 80 frozen`.trimStart(),
  );
  expect(tf.memory().numTensors).toBe(tensors);
  expect([...model.buffers.values()].map((buffer) => buffer.arraySync())).toEqual(before);
});
