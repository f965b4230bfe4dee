/** One thing looks the same in every figure, whatever else is in it. */
import { expect, it } from "vitest";
import { barsFigure } from "../../plot/bars.js";
import { curvesFigure } from "../../plot/curves.js";
import { gridFigure } from "../../plot/grid.js";
import { looks } from "../../plot/looks.js";
import { scatterFigure } from "../../plot/scatter.js";
import { colors } from "../../plot/style.js";

const colorOf = (names: string[], name: string) => looks(names).get(name)!.color;

it("gives a known name its colour wherever it stands, and unknown ones what is left", () => {
  expect(colorOf(["train"], "train")).toBe(colorOf(["test", "other", "training loss", "train"], "train"));
  expect(colorOf(["Adam", "SGD"], "Adam")).toBe(colorOf(["SGD", "Momentum", "AdaGrad", "RMSProp", "Adam"], "Adam"));
  expect(colorOf(["published, with", "with BatchNorm"], "with BatchNorm")).toBe(
    colorOf(["with dropout"], "with dropout"),
  );
  const seven = [...looks(["train", "test", "a", "b", "c", "d", "e"]).values()].map(({ color }) => color);
  expect(new Set(seven)).toEqual(new Set(colors));
  expect([...looks(["a", "b"]).values()].map(({ color }) => color)).toEqual(colors.slice(0, 2));
});

it("tells things of one colour apart by their lines", () => {
  const found = looks(["without BatchNorm", "with BatchNorm", "published, without", "published, with"]);
  expect([...found.values()].map(({ dash }) => dash)).toEqual(["solid", "solid", "dot", "dot"]);
});

it("is the same for lines, points, bars and panels", () => {
  const titles = { title: "", xTitle: "x", yTitle: "y" };
  const red = { color: colorOf(["test"], "test") };
  expect(curvesFigure({ a: [1], test: [1, 2] }, titles).data[1]).toMatchObject({
    line: red,
    marker: { symbol: "diamond" },
  });
  expect(scatterFigure({ test: { x: [1], y: [1] } }, titles).data[0]).toMatchObject({
    marker: { ...red, symbol: "diamond" },
  });
  expect(barsFigure({ test: [1] }, titles).data[0]).toMatchObject({ marker: red });
  const line = { x: [1, 2], y: [1, 2], color: "#999999" };
  const panel = scatterFigure({ test: { x: [1], y: [1] } }, { ...titles, lines: { curve: line } });
  expect(gridFigure([panel, curvesFigure({ b: [1], curve: [1] }, titles)], { title: "" }).data).toMatchObject([
    { name: "curve", line: { color: "#999999" } },
    { name: "test", marker: red },
    { name: "b" },
    { name: "curve" },
  ]);
});

it("keeps a band in the colour of its mean in a grid", () => {
  const band = curvesFigure(
    {
      anything: [
        [1, 2],
        [2, 3],
      ],
    },
    { title: "", yTitle: "y" },
  );
  const { data } = gridFigure([curvesFigure({ first: [1] }, { title: "", yTitle: "y" }), band], { title: "" });
  const color = (data.at(-1) as { line: { color: string } }).line.color;
  expect(data.at(-2)).toMatchObject({ fill: "tonexty", fillcolor: `${color}33`, showlegend: false });
});
