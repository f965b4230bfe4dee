/** Grids of small figures: where the panels are, what they share, and what stands once. */
import { describe, expect, it } from "vitest";
import { curvesFigure } from "../../plot/curves.js";
import { Figure } from "../../plot/figure.js";
import { gridFigure } from "../../plot/grid.js";
import { histogramFigure } from "../../plot/histogram.js";
import { decodePng } from "../helpers/png.js";

const panel = (title: string, yTitle = "accuracy") =>
  curvesFigure({ plain: [1, 2], batchNorm: [2, 3] }, { title, xTitle: "update", yTitle });
const texts = (figure: { layout: { annotations?: { text?: string }[] } }) =>
  figure.layout.annotations!.map(({ text }) => text);

describe("gridFigure", () => {
  it("puts panels side by side and below each other, with their titles above them", () => {
    const figure = gridFigure(
      ["a", "b", "c"].map((title) => panel(title)),
      { title: "All" },
    ).toJSON();
    const { width, height } = figure.layout;
    const domain = (axis: "xaxis" | "xaxis2" | "yaxis" | "yaxis3") => figure.layout[axis]!.domain!;
    expect([width, height]).toEqual([720, 42 + 30 + 2 * 200 - 38 + 60]);
    expect(domain("xaxis")[0]).toBe(0);
    expect(domain("xaxis2")[0]).toBeGreaterThan(domain("xaxis")[1]!);
    expect(domain("xaxis2")[1]).toBe(1);
    expect(domain("yaxis")[0]).toBeGreaterThan(domain("yaxis3")[1]!);
    expect(domain("yaxis3")[0]).toBe(0);
    expect(figure.layout.title).toMatchObject({ text: "All" });
    expect(texts(figure).slice(0, 3)).toEqual(["a", "b", "c"]);
    expect(figure.data.map((trace) => (trace as { yaxis: string }).yaxis)).toEqual(["y", "y", "y2", "y2", "y3", "y3"]);
  });

  it("writes common axis titles once, others in each panel", () => {
    expect(texts(gridFigure([panel(""), panel("")], { title: "" }))).toEqual(["update", "accuracy"]);
    const different = gridFigure([panel(""), panel("", "loss")], { title: "" });
    expect(texts(different)).toEqual(["update"]);
    expect(different.layout.yaxis2).toMatchObject({ title: { text: "loss" } });
  });

  it("gives series of the same name one colour and one entry in the legend", () => {
    const { data, layout } = gridFigure([panel("a"), panel("b")], { title: "" });
    expect(data).toMatchObject([
      { name: "plain", showlegend: true, line: { color: "#0072B2" } },
      { name: "batchNorm", showlegend: true, line: { color: "#D55E00" } },
      { name: "plain", showlegend: false, legendgroup: "plain", line: { color: "#0072B2" } },
      { name: "batchNorm", showlegend: false, legendgroup: "batchNorm", line: { color: "#D55E00" } },
    ]);
    expect(layout.showlegend).toBe(true);
    const quiet = new Figure([{ type: "scatter", name: "quiet", y: [1], showlegend: false }]);
    expect(gridFigure([quiet, panel("a")], { title: "" }).data[0]).toMatchObject({ showlegend: false });
    const one = histogramFigure({ values: [1, 2] }, { title: "", xTitle: "" });
    expect(gridFigure([one], { title: "" }).layout.showlegend).toBe(false);
  });

  it("lets panels share ranges, with numbers at the left and below only", () => {
    const figures = ["a", "b", "c"].map((title) => panel(title));
    const { layout } = gridFigure(figures, { title: "", sameX: true, sameY: true });
    expect(layout.xaxis).toMatchObject({ showticklabels: false });
    expect(layout.xaxis2).toMatchObject({ matches: "x" });
    expect(layout.xaxis3).toMatchObject({ matches: "x" });
    for (const axis of [layout.xaxis2, layout.xaxis3, layout.yaxis]) expect(axis).not.toHaveProperty("showticklabels");
    expect(layout.yaxis2).toMatchObject({ showticklabels: false, matches: "y" });
  });

  it("has as many ticks on a narrow panel as there is room for, none of them slanted", () => {
    const { layout } = gridFigure(Array(5).fill(panel("")), { title: "", columns: 5 }).toJSON();
    expect(layout.xaxis5).toMatchObject({ tickangle: 0, nticks: 3 });
    const options = { title: "", yTitle: "", x: [1, 1000], logX: true };
    expect(gridFigure([curvesFigure({ a: [1, 2] }, options)], { title: "" }).layout.xaxis).not.toHaveProperty(
      "tickangle",
    );
  });

  it("has a picture", async () => {
    const { colors } = await decodePng(await gridFigure([panel("a"), panel("b")], { title: "Two" }).png());
    for (const color of ["#0072b2", "#d55e00"]) expect(colors.get(color)).toBeGreaterThan(500);
  });

  it("refuses no figures and half a column", () => {
    expect(() => gridFigure([], { title: "" })).toThrow("Expected at least one figure in gridFigure, received none.");
    expect(() => gridFigure([panel("a")], { title: "", columns: 1.5 })).toThrow("received 1.5");
  });
});
