/** Small figures in a grid under one title, such as the same curves for sixteen settings. */
import type { Annotation, Data, LayoutAxis } from "plotly.js-dist";
import { Figure } from "./figure.js";
import { looks } from "./looks.js";
import { colors, titled } from "./style.js";

/** How `gridFigure` arranges its panels. */
export interface GridOptions {
  /** Above the grid. */
  title: string;
  /** Panels in a row. Default 2. */
  columns?: number;
  /** Width of the whole in px. Default 720. */
  width?: number;
  /** Height of one row of panels in px. Default 200. */
  rowHeight?: number;
  /** One range of x for all panels, and numbers only below the lowest of each column. Default false: each panel its own. */
  sameX?: boolean;
  /** One range of y for all panels, and numbers only at the left. Default false. */
  sameY?: boolean;
}

/** Space in px around and between panels: an axis's numbers, a panel's title above it, the axis titles, title and legend. */
const space = { left: 70, right: 25, legend: 30, top: 42, bottom: 60, between: 22, numbers: 38, panelTitle: 42 };

/**
 * Puts figures with one pair of axes each into a grid, row by row. Each keeps its title, above its panel (`<br>` begins a second
 * line), and its axes; an axis title is written once where all have the same. Series of the same name have the same colour in
 * all panels and stand once in the legend.
 *
 * @example
 * ```ts
 * import { curvesFigure, gridFigure } from "gradbook";
 *
 * const panels = [0.1, 0.5].map((rate) =>
 *   curvesFigure({ loss: [1, rate, rate / 2] }, { title: `rate ${rate}`, yTitle: "loss" }),
 * );
 * console.log(gridFigure(panels, { title: "Two rates", sameY: true }).data.length); // 2
 * ```
 */
export function gridFigure(figures: readonly Figure[], options: GridOptions): Figure {
  const { title, columns = 2, width = 720, rowHeight = 200, sameX = false, sameY = false } = options;
  if (figures.length === 0) throw new RangeError("Expected at least one figure in gridFigure, received none.");
  if (!Number.isInteger(columns) || columns < 1) {
    throw new RangeError(`Expected columns to be a positive integer in gridFigure, received ${columns}.`);
  }
  const names = new Set(figures.flatMap(({ data }) => data.filter(inLegend).map(nameOf)));
  const look = looks(figures.flatMap(({ data }) => data.map(nameOf)));
  const [xTitle, yTitle] = [common(figures, "xaxis"), common(figures, "yaxis")];

  // Places in px, from the plot area's upper left; Plotly wants parts of the plot area, y from below.
  const top = space.top + (names.size > 1 ? space.legend : 0);
  const numbersBelow = sameX ? 0 : space.numbers;
  const innerWidth = width - space.left - space.right;
  const innerHeight = Math.ceil(figures.length / columns) * rowHeight - numbersBelow;
  const gap = space.between + (sameY ? 0 : space.numbers);
  const panelWidth = (innerWidth - gap * (columns - 1)) / columns;
  const panelHeight = rowHeight - space.panelTitle - numbersBelow;
  const part = (from: number, to: number, all: number): [number, number] => [
    Math.max(0, from / all),
    Math.min(1, to / all),
  ];

  const data: Data[] = [];
  const axes: Record<string, Partial<LayoutAxis>> = {};
  const annotations: Partial<Annotation>[] = [];
  const legend = new Set<string>();
  for (const [i, figure] of figures.entries()) {
    const number = i === 0 ? "" : `${i + 1}`;
    const left = (i % columns) * (panelWidth + gap);
    const bottom = innerHeight - Math.floor(i / columns) * rowHeight - space.panelTitle - panelHeight;
    const [x, y] = [part(left, left + panelWidth, innerWidth), part(bottom, bottom + panelHeight, innerHeight)];
    axes[`xaxis${number}`] = {
      ...panelAxis(figure.layout.xaxis, xTitle),
      ...(figure.layout.xaxis?.type !== "log" && { tickangle: 0, nticks: Math.max(3, Math.floor(panelWidth / 45)) }),
      ...{ domain: x, anchor: `y${number}` as "y" },
      ...(sameX && i > 0 && { matches: "x" }),
      ...(sameX && i + columns < figures.length && { showticklabels: false }),
    };
    axes[`yaxis${number}`] = {
      ...panelAxis(figure.layout.yaxis, yTitle),
      ...{ domain: y, anchor: `x${number}` as "x" },
      ...(sameY && i > 0 && { matches: "y" }),
      ...(sameY && i % columns > 0 && { showticklabels: false }),
    };
    const panelTitle = textOf(figure.layout);
    if (panelTitle) annotations.push({ ...text(panelTitle, (x[0] + x[1]) / 2, y[1], 12), yanchor: "bottom" });
    for (const trace of figure.data) {
      const name = nameOf(trace);
      const shown = inLegend(trace);
      data.push(inPanel(trace, number, look.get(name)!.color, shown && !legend.has(name)));
      if (shown) legend.add(name);
    }
  }
  if (xTitle) annotations.push({ ...text(xTitle, 0.5, 0), yanchor: "top", yshift: -30 });
  if (yTitle) annotations.push({ ...text(yTitle, 0, 0.5), xanchor: "right", textangle: -90, xshift: -42 });
  const height = top + innerHeight + space.bottom;
  return new Figure(data, {
    ...axes,
    title: { ...titled(title).title, y: 1 - 16 / height },
    ...{ width, height, margin: { l: space.left, r: space.right, t: top, b: space.bottom } },
    ...{ hovermode: "closest", showlegend: names.size > 1, annotations: annotations as Annotation[] },
    ...{ barmode: figures[0]!.layout.barmode, bargap: figures[0]!.layout.bargap },
  });
}

const inLegend = (trace: Data): boolean => (trace as { showlegend?: boolean }).showlegend !== false;
const nameOf = (trace: Data): string => (trace as { name?: string }).name ?? "";

function textOf({ title }: { title?: string | Partial<{ text: string }> }): string | undefined {
  return typeof title === "string" ? title : title?.text;
}

/** The axis title that all figures have; undefined where they differ. */
function common(figures: readonly Figure[], axis: "xaxis" | "yaxis"): string | undefined {
  const titles = figures.map(({ layout }) => textOf(layout[axis] ?? {}));
  return titles.every((title) => title === titles[0]) ? titles[0] : undefined;
}

/** The axis of a figure as that of a panel, without its title where the grid has it. */
function panelAxis(axis: Partial<LayoutAxis> | undefined, shared: string | undefined): Partial<LayoutAxis> {
  return { ...axis, automargin: false, ...(shared !== undefined && { title: { text: "" } }) };
}

/** A text at a place of the whole plot area, both from 0 to 1. */
function text(text: string, x: number, y: number, size = 13): Partial<Annotation> {
  return { text, x, y, xref: "paper", yref: "paper", xanchor: "center", showarrow: false, font: { size } };
}

/**
 * A trace on the axes of panel `number`; `first` of that name. It has the colour of its name in the grid, unless its own is none of
 * the palette's, such as grey.
 */
function inPanel(trace: Data, number: string, color: string, first: boolean): Data {
  const { marker, line, fillcolor, showlegend: wanted = true } = trace as Drawn;
  const showlegend = wanted && first;
  const keeps = (own?: string) => typeof own === "string" && !colors.includes(own);
  const colored = (own?: { color?: string }) => ({ ...own, color: keeps(own?.color) ? own!.color : color });
  const hasMarks = trace.type === "scatter" || trace.type === "bar" || trace.type === "histogram";
  return {
    ...trace,
    ...{ xaxis: `x${number}`, yaxis: `y${number}`, legendgroup: nameOf(trace), showlegend },
    ...(trace.type === "scatter" && { line: { width: 1.5, ...colored(line) } }),
    ...(fillcolor !== undefined && colors.includes(fillcolor.slice(0, 7)) && { fillcolor: color + fillcolor.slice(7) }),
    ...(hasMarks && { marker: colored(marker) }),
  } as Data;
}

/** What of a trace has colour. */
interface Drawn {
  marker?: { color?: string };
  line?: { color?: string };
  fillcolor?: string;
  showlegend?: boolean;
}
