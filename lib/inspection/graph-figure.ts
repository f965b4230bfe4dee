/** The computational graph of a model as a figure: its layers from top to bottom, what flows between them, what they learn. */

import { tf } from "gradbook-engine/tensor";
import { arrowShapes, colors, Figure, lineShape, titled } from "gradbook-plot";
import type { Annotation, Shape } from "plotly.js-dist";
import { expectModel } from "../checks/expect-model.js";
import { expectGiven, expectNumbers } from "../checks/expect-numbers.js";
import type { Json, Layer } from "../layers/layer.js";
import { Residual } from "../layers/residual.js";
import { Sequential } from "../layers/sequential.js";
import { observe } from "./observe.js";

/** Positions and sizes in px, y downward from the first box. */
const box = { left: 200, right: 360, lineHeight: 17, padding: 14, gap: 40 };
const parameterBox = { left: 430, right: 640 };
const width = 720;
const margin = 20;
const titleHeight = 60;

/** One box of the middle column. */
interface Node {
  lines: string[];
  /** Lines of the box beside it, which flows into it. */
  parameters: string[];
  /** The shape of what flows out of it. */
  shape: string;
  /** For the sum at the end of a Residual: the node whose output goes round the layers inside. */
  from?: number;
}

const shapeText = (shape: number[]) => `[${["batch", ...shape.slice(1)].join(", ")}]`;

/** A layer's arguments where no parameter shows them: "rate 0.5". */
function argumentsOf({ config, parameters }: Layer): string[] {
  if (parameters.size > 0) return [];
  const shown = Object.entries(config).filter(([name, value]) => !["type", "seed"].includes(name) && !isConfig(value));
  return shown.map(([name, value]) => `${name} ${value}`);
}

const isConfig = (value: Json) => typeof value === "object";

function parametersOf({ parameters, buffers }: Layer): string[] {
  const row = (name: string, shape: number[], note = "") => `${name} [${shape.join(", ")}]${note}`;
  return [
    ...[...parameters].map(([name, { value, frozen }]) => row(name, value.shape, frozen ? ", frozen" : "")),
    ...[...buffers].map(([name, { shape }]) => row(name, shape, ", not trained")),
  ];
}

/** The boxes in the order of computation. */
function nodesOf(model: Layer, inputShape: number[]): Node[] {
  const shapes = new Map<string, string>();
  tf.tidy(() => {
    const forward = (name: string, _: Layer, y: { shape: number[] }) => void shapes.set(name, shapeText(y.shape));
    observe(model, { forward }, () => void model.forward(tf.zeros([1, ...inputShape]), false));
  });
  const nodes: Node[] = [{ lines: ["<b>input</b>"], parameters: [], shape: shapeText([1, ...inputShape]) }];
  const place = (layer: Layer, name: string) => {
    const from = nodes.length - 1;
    const chain = layer instanceof Sequential ? layer.layers : [];
    for (const [i, child] of chain.entries()) place(child, name === "" ? `${i}` : `${name}.${i}`);
    if (layer instanceof Residual) {
      const parameters = layer.projection ? parametersOf(layer.projection) : [];
      nodes.push({ lines: ["<b>+</b>"], parameters, shape: shapes.get(name)!, from });
    } else if (chain.length === 0) {
      const title = `<b>${layer.constructor.name}</b>${name && ` (${name})`}`;
      const [lines, parameters] = [[title, ...argumentsOf(layer)], parametersOf(layer)];
      nodes.push({ lines, parameters, shape: shapes.get(name)! });
    }
  };
  place(model, "");
  return nodes;
}

/**
 * Draws `model` for examples of `inputShape` (without the batch: `graphFigure(model, [28, 28, 1])`): a box for each layer, named
 * by its place in the model, arrows with the shapes of what flows, parameters beside their layers , the way round a Residual at the left.
 *
 * @example
 * ```ts
 * import { Dense, graphFigure, ReLU, Sequential } from "gradbook";
 *
 * const model = new Sequential(new Dense(4, 8), new ReLU(), new Dense(8, 1));
 * const figure = graphFigure(model, [4]); // a notebook shows it as a cell's last value
 * console.log(figure.layout.annotations!.some(({ text }) => text?.includes("ReLU"))); // true
 * ```
 */
export function graphFigure(model: Layer, inputShape: number[], title = "Computational graph"): Figure {
  expectModel("graphFigure", model);
  expectGiven("graphFigure", "graphFigure(model, [28, 28, 1])", { inputShape });
  const lengths = inputShape.map((length, i) => [`length ${i} of the input`, length]);
  expectNumbers("graphFigure", "to be a positive integer", Object.fromEntries(lengths));
  const nodes = nodesOf(model, inputShape);
  const shapes: Partial<Shape>[] = [];
  const annotations: Partial<Annotation>[] = [];
  const text = (x: number, y: number, lines: string[], xanchor: "left" | "center") =>
    annotations.push({ xref: "x", yref: "y", x, y, text: lines.join("<br>"), showarrow: false, xanchor });
  const rectangle = (x0: number, x1: number, y: number, height: number, color: string) =>
    shapes.push({
      ...{ type: "rect", xref: "x", yref: "y", x0, x1, y0: y - height / 2, y1: y + height / 2 },
      ...{ fillcolor: color, opacity: 0.25, line: { color, width: 2 }, layer: "below" },
    });
  const arrow = (x0: number, y0: number, x1: number, y1: number) => shapes.push(...arrowShapes(x0, y0, x1, y1));

  const center = (box.left + box.right) / 2;
  const heights = nodes.map(
    ({ lines, parameters }) => Math.max(lines.length, parameters.length) * box.lineHeight + box.padding,
  );
  const middles: number[] = [];
  let y = 0;
  let skips = 0;
  for (const [i, { lines, parameters, from }] of nodes.entries()) {
    const height = heights[i]!;
    const middle = y + height / 2;
    middles.push(middle);
    if (i > 0) {
      arrow(center, y - box.gap, center, y);
      text(center + 8, y - box.gap / 2, [nodes[i - 1]!.shape], "left");
    }
    rectangle(box.left, box.right, middle, height, i === 0 || from !== undefined ? "#888888" : colors[0]!);
    text(center, middle, lines, "center");
    if (parameters.length > 0) {
      rectangle(parameterBox.left, parameterBox.right, middle, height, colors[4]!);
      text((parameterBox.left + parameterBox.right) / 2, middle, parameters, "center");
      arrow(parameterBox.left, middle, box.right, middle);
    }
    if (from !== undefined) {
      const start = middles[from]! + heights[from]! / 2 + 8;
      const side = box.left - 30 - 20 * (skips++ % 6);
      shapes.push(lineShape(center, start, side, start), lineShape(side, start, side, middle));
      arrow(side, middle, box.left, middle);
    }
    y += height + box.gap;
  }
  const bottom = y - box.gap;
  const hidden = { visible: false, fixedrange: true };
  const hover = nodes.map(({ lines, parameters, shape }) => [...lines, ...parameters, `output ${shape}`].join("<br>"));
  return new Figure(
    [
      {
        ...{
          type: "scatter",
          mode: "markers",
          x: nodes.map(() => center),
          y: middles,
          marker: { opacity: 0, size: 30 },
        },
        ...{ hoverinfo: "text", hovertext: hover, showlegend: false },
      },
    ],
    {
      ...titled(title),
      width,
      height: bottom + titleHeight + 30,
      margin: { l: margin, r: margin, t: titleHeight, b: 10 },
      xaxis: { ...hidden, range: [margin, width - margin] },
      yaxis: { ...hidden, range: [bottom + 10, -10] },
      shapes,
      annotations,
    },
  );
}
