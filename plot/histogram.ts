/** Histograms: how values are distributed. */
import type { Data } from "plotly.js-dist";
import { checkNumbers } from "./checks.js";
import { Figure } from "./figure.js";
import { axis, titled } from "./style.js";

/** How `histogramFigure` counts and labels. */
export interface HistogramOptions {
  /** Above the figure. */
  title: string;
  /** What the values are, such as "sale price". */
  xTitle: string;
  /** What is counted. Default "count". */
  yTitle?: string;
  /** The number of bins at most. Default: chosen by Plotly from the values; 30 with `range`. */
  bins?: number;
  /**
   * The ends of the x axis, cut into exactly `bins` bins; values outside are not counted. The figure then holds the counts only,
   * not the values: for sets of many thousands.
   */
  range?: readonly [from: number, to: number];
}

/** Bars for `bins` equal bins from `from` to `to`, as high as there are values in each; the last includes its upper end. */
function countBins(values: readonly number[], bins: number, [from, to]: readonly [number, number]) {
  const width = (to - from) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    if (value >= from && value <= to) counts[Math.min(bins - 1, Math.floor((value - from) / width))]! += 1;
  }
  return { x0: from + width / 2, dx: width, y: counts, width };
}

/**
 * Draws one or more sets of values as histograms; several lie over each other, half transparent.
 * @param sets values by name, such as `{ activations }`; a single set shows no legend
 *
 * @example
 * ```ts
 * import { histogramFigure, Random } from "gradbook";
 *
 * const weights = new Random(0).normals(1000);
 * const figure = histogramFigure({ weights }, { title: "1,000 weights", xTitle: "weight", bins: 20 });
 * console.log(figure.data[0]!.type); // histogram
 * ```
 */
export function histogramFigure(sets: Record<string, ArrayLike<number>>, options: HistogramOptions): Figure {
  const { title, xTitle, yTitle = "count", range, bins = range && 30 } = options;
  if (range && !(range[0] < range[1])) {
    throw new RangeError(`histogramFigure: expected a range that grows, received [${range}].`);
  }
  if (bins !== undefined && !(Number.isInteger(bins) && bins > 0)) {
    throw new RangeError(`histogramFigure: expected bins to be a positive integer, received ${bins}.`);
  }
  const entries = Object.entries(sets);
  const several = entries.length > 1;
  const traces = entries.map(([name, given]): Data => {
    const values = checkNumbers(given, `set "${name}" of histogramFigure`);
    const opacity = several ? 0.6 : 1;
    if (range) return { type: "bar", name, opacity, ...countBins(values, bins!, range) };
    return { type: "histogram", name, opacity, x: values, ...(bins === undefined ? {} : { nbinsx: bins }) };
  });
  return new Figure(traces, {
    ...titled(title),
    barmode: "overlay",
    bargap: 0.02,
    showlegend: several,
    xaxis: { ...axis(xTitle), ...(range && { range: [...range] }) },
    yaxis: axis(yTitle),
  });
}
