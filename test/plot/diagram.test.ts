/** Diagrams: where nodes are, what arrows join, and one clear error for a name that is none. */
import { expect, it } from "vitest";
import { diagramFigure } from "../../plot/diagram.js";
import { decodePng } from "../helpers/png.js";

const nodes = {
  x: { column: 0, row: 0, note: "2" },
  W: { column: 0, row: 1 },
  "·": { column: 1, row: 0.5, kind: "operation" as const },
};

it("draws circles and boxes with their names and notes, and a line with a head for each arrow", () => {
  const { layout } = diagramFigure(nodes, [["x", "·"]], { title: "Product" }).toJSON();
  expect(layout.shapes!.map(({ type }) => type)).toEqual(["line", "path", "circle", "circle", "rect"]);
  expect(layout.annotations!.map(({ text }) => text)).toEqual(["<b>x</b>", "2", "<b>W</b>", "<b>·</b>"]);
  const [x, , w, product] = layout.annotations!;
  expect(x!.x).toBe(w!.x);
  expect(product!.x).toBeGreaterThan(Number(x!.x));
  expect(product!.y).toBe((Number(x!.y) + Number(w!.y)) / 2);
  expect(layout.title).toMatchObject({ text: "Product" });
});

it("refuses an arrow to nowhere, and no nodes", () => {
  expect(() => diagramFigure(nodes, [["x", "y"]], { title: "" })).toThrow(
    "diagramFigure: expected arrows between the nodes x, W, ·, received y.",
  );
  expect(() => diagramFigure({}, [], { title: "" })).toThrow("expected at least one node");
});

it("has a picture", async () => {
  const figure = diagramFigure(nodes, [["W", "·"]], { title: "Product" });
  const { width, height } = await decodePng(await figure.png());
  expect([width, height]).toEqual([1440, 2 * figure.layout.height]);
});
