/** How every figure looks unless its layout says otherwise: size, fonts, margins, colours, axes. */
import type { Data, Layout, LayoutAxis } from "plotly.js-dist";

/** Okabe and Ito's colours, which colour-blind readers can tell apart, with the yellow left out: too pale for lines. */
export const colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

/** A layout that knows its size in px. */
export type SizedLayout = Partial<Layout> & { width: number; height: number };

/** A figure as plain data, as it goes to Plotly and into a notebook file. */
export interface PlainFigure {
  data: Data[];
  layout: SizedLayout;
}

/** What `Figure` starts from; sizes in px. */
export const baseLayout: SizedLayout = {
  width: 720,
  height: 400,
  font: { family: '"Open Sans", verdana, arial, sans-serif', size: 13, color: "#222222" },
  margin: { l: 70, r: 25, t: 75, b: 60 },
  colorway: colors,
  paper_bgcolor: "#ffffff",
  plot_bgcolor: "#ffffff",
  legend: { orientation: "h", x: 0, y: 1, yanchor: "bottom" },
};

/** The title at the upper left, above the legend. */
export function titled(text: string): Partial<Layout> {
  return { title: { text, x: 0, xref: "paper", xanchor: "left", y: 0.96, yanchor: "top", font: { size: 17 } } };
}

/** An axis with a title, a frame line and ticks. */
export function axis(text: string): Partial<LayoutAxis> {
  return {
    title: { text, standoff: 10 },
    automargin: true,
    showline: true,
    linecolor: "#888888",
    gridcolor: "#e6e6e6",
    zeroline: false,
    ticks: "outside",
    tickcolor: "#888888",
  };
}

/**
 * A logarithmic axis for these numbers, which have to be above zero. Labels are whole numbers, where Plotly would write
 * only a digit between powers of ten; over one or two decades they stand at 1, 2 and 5, where Plotly would crowd nine.
 */
export function logAxis(text: string, numbers: readonly number[]): Partial<LayoutAxis> {
  const finite = numbers.filter(Number.isFinite);
  const [min, max] = [finite.reduce((a, b) => Math.min(a, b), 1 / 0), finite.reduce((a, b) => Math.max(a, b), 0)];
  const decades = Math.log10(max / min);
  const nticks = decades > 0.8 && decades < 2.5 ? 3 : 0;
  return { ...axis(text), type: "log", tickformat: min >= 1000 ? "~s" : "~g", nticks };
}
