import { expect, it } from "vitest";
import { tf } from "../../../engine/tensor.js";
import { graphFigure } from "../../../lib/inspection/graph-figure.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { freeze } from "../../../lib/layers/parameters.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Residual } from "../../../lib/layers/residual.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { decodePng } from "../../helpers/png.js";
import "../../helpers/tensors.js";

const model = () =>
  new Sequential(
    new Dense(2, 4),
    new BatchNorm(4),
    new Residual(new Dense(4, 4), new ReLU()),
    new Dropout(0.5),
    new Dense(4, 1),
  );

it("refuses a shape that is none, or not the model's", () => {
  expect(() => graphFigure(model(), [0])).toThrow(
    "graphFigure: expected length 0 of the input to be a positive integer, received 0",
  );
  expect(() => graphFigure(model(), [3])).toThrow("expected an input of shape [batch, 2]");
});

it("shows layers, parameters and the shapes that flow", () => {
  const net = model();
  freeze(net, "0.weight");
  const tensors = tf.memory().numTensors;
  const { data, layout } = graphFigure(net, [2]).toJSON();
  expect(tf.memory().numTensors).toBe(tensors);
  const texts = layout.annotations!.map(({ text }) => text);
  const boxes = texts.filter((text) => !text?.startsWith("[batch"));
  expect(boxes).toEqual([
    "<b>input</b>",
    "<b>Dense</b> (0)",
    "weight [2, 4], frozen<br>bias [4]",
    "<b>BatchNorm</b> (1)",
    "gamma [4]<br>beta [4]<br>runningMean [4], not trained<br>runningVar [4], not trained",
    "<b>Dense</b> (2.0)",
    "weight [4, 4]<br>bias [4]",
    "<b>ReLU</b> (2.1)",
    "<b>+</b>",
    "<b>Dropout</b> (3)<br>rate 0.5",
    "<b>Dense</b> (4)",
    "weight [4, 1]<br>bias [1]",
  ]);
  const flows = ["[batch, 2]", ...new Array<string>(6).fill("[batch, 4]")];
  expect(texts.filter((text) => text?.startsWith("[batch"))).toEqual(flows);
  // An arrow into each box but the first, one from each of four parameter boxes, one round the Residual.
  expect(layout.shapes!.filter(({ type }) => type === "path")).toHaveLength(7 + 4 + 1);
  expect(layout.shapes!.filter(({ type }) => type === "rect")).toHaveLength(8 + 4);
  expect((data[0] as { hovertext: string[] }).hovertext.at(-1)).toContain("output [batch, 1]");
});

it("is a picture", { tags: "all" }, async () => {
  const figure = graphFigure(model(), [2]);
  const picture = await decodePng(await figure.png());
  expect([picture.width, picture.height]).toEqual([1440, 2 * figure.layout.height]);
  expect(picture.ink).toBeGreaterThan(0.02);
});
