/** The ready-made figures: their traces and axes, and one clear error for each wrong input. */
import { describe, expect, it } from "vitest";
import { barsFigure } from "../../plot/bars.js";
import { curvesFigure } from "../../plot/curves.js";
import { histogramFigure } from "../../plot/histogram.js";
import { predictionsFigure } from "../../plot/predictions.js";
import { scatterFigure } from "../../plot/scatter.js";

describe("curvesFigure", () => {
  const options = { title: "Loss", yTitle: "logRmse" };

  it("draws a line for each series over epochs from 1, with marks where its numbers are few", () => {
    const { data, layout } = curvesFigure({ train: [3, 2], validation: Float32Array.of(4, 3) }, options).toJSON();
    expect(data).toMatchObject([
      { type: "scatter", mode: "lines+markers", name: "train", x0: 1, dx: 1, y: [3, 2] },
      { type: "scatter", mode: "lines+markers", name: "validation", x0: 1, dx: 1, y: [4, 3] },
    ]);
    expect(layout).toMatchObject({
      title: { text: "Loss" },
      xaxis: { title: { text: "epoch" } },
      yaxis: { title: { text: "logRmse" } },
    });
    expect(layout.yaxis?.type).toBeUndefined();
    expect(curvesFigure({ train: Array(13).fill(1) }, options).data).toMatchObject([{ mode: "lines" }]);
  });

  it("draws several runs as their mean in a band from the least to the largest", () => {
    const { data } = curvesFigure({ train: [[1, 2], Float32Array.of(3, 6)], test: [[5, 5]] }, options).toJSON();
    const edge = { name: "train", legendgroup: "train", showlegend: false, line: { width: 0 } };
    expect(data).toMatchObject([
      { ...edge, y: [1, 2] },
      { ...edge, y: [3, 6], fill: "tonexty", fillcolor: "#0072B233" },
      { name: "train", legendgroup: "train", y: [2, 4], line: { color: "#0072B2" } },
      { name: "test", y: [5, 5] },
    ]);
    expect(() => curvesFigure({ train: [[1, 2], [3]] }, options)).toThrow(
      'Expected as many values in each run of series "train" of curvesFigure, received 2, 1.',
    );
  });

  it("takes positions and another name for them", () => {
    const { data, layout } = curvesFigure({ a: [3, 2] }, { ...options, x: [10, 20], xTitle: "step" });
    expect(data).toMatchObject([{ x: [10, 20], y: [3, 2] }]);
    expect(layout.xaxis?.title).toMatchObject({ text: "step" });
  });

  it("has ticks at whole positions only where these are few", () => {
    const axis = (x: number[]) => curvesFigure({ a: x }, { ...options, x }).layout.xaxis;
    expect(axis([1, 2, 3, 4, 5])).toMatchObject({ dtick: 1 });
    for (const x of [[1, 2.5], [1, 100], [7]]) expect(axis(x)).not.toHaveProperty("dtick");
  });

  it("has a logarithmic axis on demand, and then refuses what it cannot show", () => {
    expect(curvesFigure({ a: [3, 0.1] }, { ...options, logY: true }).layout.yaxis?.type).toBe("log");
    expect(curvesFigure({ a: [3, 1] }, { ...options, x: [0.1, 10], logX: true }).layout.xaxis?.type).toBe("log");
    expect(() => curvesFigure({ a: [3, 1] }, { ...options, x: [0, 10], logX: true })).toThrow(
      "Expected only numbers above zero in x of curvesFigure, as logX is set, received 0 at index 0",
    );
    expect(() => curvesFigure({ a: [3, -1] }, { ...options, logY: true })).toThrow(
      'Expected only numbers above zero in series "a" of curvesFigure, as logY is set, received -1 at index 1',
    );
    expect(curvesFigure({ a: [3, 0] }, { ...options, logY: true }).toJSON().data).toMatchObject([{ y: [3, null] }]);
  });

  it("leaves gaps where a run diverged", () => {
    const { data } = curvesFigure(
      { a: [1, Number.NaN, Number.POSITIVE_INFINITY] },
      { ...options, logY: true },
    ).toJSON();
    expect(data).toMatchObject([{ y: [1, null, null] }]);
  });

  it("refuses an empty series, text, and positions that do not match", () => {
    expect(() => curvesFigure({ a: [] }, options)).toThrow(
      'Expected at least one number in series "a" of curvesFigure',
    );
    expect(() => curvesFigure({ a: ["1"] as unknown as number[] }, options)).toThrow(
      'Expected only numbers in series "a" of curvesFigure, received "1" at index 0.',
    );
    expect(() => curvesFigure({ a: [1, 2] }, { ...options, x: [1] })).toThrow(
      'received 2 values in series "a" and 1 positions in x',
    );
    expect(() => curvesFigure({}, options)).toThrow("Expected at least one trace");
  });
});

describe("histogramFigure", () => {
  it("counts one set without a legend, several over each other with one", () => {
    const one = histogramFigure({ price: [1, 2, 2] }, { title: "Prices", xTitle: "dollars" }).toJSON();
    expect(one.data).toMatchObject([{ type: "histogram", name: "price", x: [1, 2, 2], opacity: 1 }]);
    expect(one.layout).toMatchObject({ showlegend: false, yaxis: { title: { text: "count" } } });
    const two = histogramFigure({ a: [1], b: [2] }, { title: "Two", xTitle: "x", bins: 20 }).toJSON();
    expect(two.data).toMatchObject([
      { opacity: 0.6, nbinsx: 20 },
      { opacity: 0.6, nbinsx: 20 },
    ]);
    expect(two.layout).toMatchObject({ showlegend: true, barmode: "overlay" });
  });

  it("counts in bins of a given range, and leaves out what is outside", () => {
    const set = [-1, 0, 0.1, 0.5, 0.99, 1, 1.01];
    const { data, layout } = histogramFigure({ set }, { title: "", xTitle: "x", bins: 4, range: [0, 1] }).toJSON();
    expect(data).toMatchObject([{ type: "bar", x0: 0.125, dx: 0.25, y: [2, 0, 1, 2], width: 0.25 }]);
    expect(layout.xaxis?.range).toEqual([0, 1]);
    expect(histogramFigure({ set }, { title: "", xTitle: "x", range: [0, 1] }).data).toMatchObject([{ width: 1 / 30 }]);
    expect(() => histogramFigure({ set }, { title: "", xTitle: "x", range: [1, 0] })).toThrow("a range that grows");
    expect(() => histogramFigure({ set }, { title: "", xTitle: "x", bins: 0 })).toThrow("positive integer");
  });

  it("refuses an empty set", () => {
    expect(() => histogramFigure({ a: [] }, { title: "", xTitle: "" })).toThrow(
      'Expected at least one number in set "a" of histogramFigure, received none.',
    );
  });
});

describe("predictionsFigure", () => {
  it("draws points and the diagonal through all of them", () => {
    const { data } = predictionsFigure([1, 5], [2, 0.5], { title: "Fit" }).toJSON();
    expect(data).toMatchObject([
      { mode: "markers", x: [1, 5], y: [2, 0.5] },
      { mode: "lines", x: [0.5, 5], y: [0.5, 5] },
    ]);
  });

  it("refuses unequal lengths, and zero on logarithmic axes", () => {
    expect(() => predictionsFigure([1, 2], [1], { title: "" })).toThrow("received 1 predictions and 2 targets");
    expect(() => predictionsFigure([1, 2], [1, -3], { title: "", log: true })).toThrow("received -3 at index 1");
    expect(() => predictionsFigure([Number.NaN], [Number.NaN], { title: "" })).toThrow("Expected a finite number");
  });
});

describe("barsFigure", () => {
  const options = { title: "Folds", xTitle: "fold", yTitle: "logRmse" };

  it("puts the series side by side in groups, labelled 1, 2, … or as told", () => {
    const { data, layout } = barsFigure({ train: [0.16, 0.17], validation: [0.18, 0.19] }, options).toJSON();
    expect(data).toMatchObject([
      { type: "bar", name: "train", x: ["1", "2"], y: [0.16, 0.17] },
      { type: "bar", name: "validation", x: ["1", "2"], y: [0.18, 0.19] },
    ]);
    expect(layout).toMatchObject({ barmode: "group", showlegend: true, xaxis: { type: "category" } });
    expect(barsFigure({ a: [1, 2] }, { ...options, labels: ["x", "y"] }).data).toMatchObject([{ x: ["x", "y"] }]);
  });

  it("slants long labels that have no room side by side", () => {
    const angle = (labels: string[]) =>
      barsFigure({ a: labels.map(() => 1) }, { ...options, labels }).layout.xaxis?.tickangle;
    expect(angle(["baseline", "features"])).toBe(0);
    expect(angle(Array(10).fill("YearRemodAdd"))).toBe(-30);
  });

  it("refuses labels that do not match", () => {
    expect(() => barsFigure({ a: [1, 2] }, { ...options, labels: ["x"] })).toThrow(
      'received 2 values in series "a" and 1 labels',
    );
  });
});

describe("scatterFigure", () => {
  const options = { title: "Fit", xTitle: "x", yTitle: "y" };

  it("draws points over lines, within ranges if told", () => {
    const points = { train: { x: [1, 2], y: Float32Array.of(3, 4) }, test: { x: [1], y: [2] } };
    const lines = { curve: { x: [0, 5], y: [0, 5] } };
    const { data, layout } = scatterFigure(points, { ...options, lines, yRange: [-2, 2] }).toJSON();
    expect(data).toMatchObject([
      { mode: "lines", name: "curve", x: [0, 5], y: [0, 5] },
      { mode: "markers", name: "train", x: [1, 2], y: [3, 4] },
      { mode: "markers", name: "test", x: [1], y: [2] },
    ]);
    expect(layout).toMatchObject({ showlegend: true, yaxis: { range: [-2, 2] } });
    expect(layout.xaxis).not.toHaveProperty("range");
  });

  it("draws lines as told, with gaps where there is no number", () => {
    const line = { x: [0, 1, 2], y: [0, Number.NaN, 2], color: "#bbbbbb", dash: "dash", width: 3 } as const;
    const { data } = scatterFigure({}, { ...options, lines: { line } }).toJSON();
    expect(data).toMatchObject([{ y: [0, null, 2], line: { color: "#bbbbbb", dash: "dash", width: 3 } }]);
  });

  it("refuses unequal lengths", () => {
    expect(() => scatterFigure({ a: { x: [1, 2], y: [1] } }, options)).toThrow(
      'Expected as many x as y in "a" of scatterFigure, received 2 and 1.',
    );
  });
});
