/** Bars side by side, such as the train and validation error of each fold. */
import { checkNumbers } from "./checks.js";
import { Figure } from "./figure.js";
import { looks } from "./looks.js";
import { axis, baseLayout, titled } from "./style.js";

const { width, margin } = baseLayout;
const plotWidth = width - margin!.l! - margin!.r!;

/** How `barsFigure` labels its axes. */
export interface BarsOptions {
  /** Above the figure. */
  title: string;
  /** What the groups are, such as "fold". */
  xTitle: string;
  /** What the values are, such as "logRmse". */
  yTitle: string;
  /** A label for each group. Default 1, 2, 3, … */
  labels?: readonly (string | number)[];
}

/**
 * Draws groups of bars with their values, rounded to 4 significant digits, above them.
 * @param series values by name, such as `{ train: [0.16, 0.17], validation: [0.17, 0.18] }`; the first of each makes the first group
 *
 * @example
 * ```ts
 * import { barsFigure } from "gradbook";
 *
 * const errors = { train: [0.16, 0.17], validation: [0.17, 0.18] };
 * const figure = barsFigure(errors, { title: "Cross-validation", xTitle: "fold", yTitle: "logRmse" });
 * console.log(figure.data.length); // 2
 * ```
 */
export function barsFigure(series: Record<string, ArrayLike<number>>, options: BarsOptions): Figure {
  const { title, xTitle, yTitle, labels } = options;
  const look = looks(Object.keys(series));
  const traces = Object.entries(series).map(([name, values]) => {
    const y = checkNumbers(values, `series "${name}" of barsFigure`);
    const x = (labels ?? y.map((_, i) => i + 1)).map(String);
    if (x.length !== y.length) {
      throw new RangeError(
        `Expected a value for each label in barsFigure, received ${y.length} values in series "${name}" and ${x.length} labels.`,
      );
    }
    const label = { texttemplate: "%{y:.4~g}", textposition: "outside" as const, cliponaxis: false };
    return { type: "bar" as const, name, x, y, marker: { color: look.get(name)!.color }, ...label };
  });
  const names = traces[0]?.x ?? [];
  // About 7 px for a letter: labels without room side by side are slanted, so that each ends below its bars.
  const crowded = Math.max(0, ...names.map((name) => name.length)) * 7 * names.length > plotWidth;
  return new Figure(traces, {
    ...titled(title),
    barmode: "group",
    showlegend: traces.length > 1,
    xaxis: { ...axis(xTitle), type: "category", showgrid: false, tickangle: crowded ? -30 : 0 },
    yaxis: axis(yTitle),
  });
}
