/** Histograms: how values are distributed. */
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
  /** The number of bins at most. Default: chosen by Plotly from the values. */
  bins?: number;
}

/**
 * Draws one or more sets of values as histograms; several lie over each other, half transparent.
 * @param sets values by name, such as `{ activations }`; a single set shows no legend
 */
export function histogramFigure(sets: Record<string, ArrayLike<number>>, options: HistogramOptions): Figure {
  const { title, xTitle, yTitle = "count", bins } = options;
  const entries = Object.entries(sets);
  const several = entries.length > 1;
  const traces = entries.map(([name, values]) => ({
    type: "histogram" as const,
    name,
    x: checkNumbers(values, `set "${name}" of histogramFigure`),
    opacity: several ? 0.6 : 1,
    ...(bins === undefined ? {} : { nbinsx: bins }),
  }));
  return new Figure(traces, {
    ...titled(title),
    barmode: "overlay",
    bargap: 0.02,
    showlegend: several,
    xaxis: axis(xTitle),
    yaxis: axis(yTitle),
  });
}
