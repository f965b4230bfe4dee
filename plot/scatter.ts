/** Points of a plane and lines through them: examples, and the functions that models have made of them. */
import type { Data } from "plotly.js-dist";
import { checkNumbers } from "./checks.js";
import { Figure } from "./figure.js";
import { looks } from "./looks.js";
import { axis, titled } from "./style.js";

/** Where points are: as many `x` as `y`. */
export interface Points {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
}

/** A line through its points in their order; NaN leaves a gap, so that one line can hold several curves. */
export interface Line extends Points {
  /** As in CSS. Default: that of its name (`looks`). */
  color?: string;
  /** Default "solid"; "dot" for the second line of one colour. */
  dash?: "solid" | "dash" | "dot";
  /** In px; default 2. */
  width?: number;
}

/** How `scatterFigure` labels its axes, and what it draws besides points. */
export interface ScatterOptions {
  /** Above the figure. */
  title: string;
  xTitle: string;
  yTitle: string;
  /** Lines by name, drawn below `points`. Default none. */
  lines?: Record<string, Line>;
  /** The ends of the x axis. Default: chosen by Plotly, so that everything is seen. */
  xRange?: [number, number];
  /** The ends of the y axis; a curve that runs out of it is cut off. Default: chosen by Plotly. */
  yRange?: [number, number];
}

/**
 * Draws points, and lines if there are any.
 * @param points by name, such as `{ train: { x, y }, test: { x: xTest, y: yTest } }`
 *
 * @example
 * ```ts
 * import { scatterFigure } from "gradbook";
 *
 * const train = { x: [0, 1, 2], y: [0.1, 0.9, 2.2] };
 * const line = { x: [0, 2], y: [0, 2] };
 * const figure = scatterFigure({ train }, { title: "A line", xTitle: "x", yTitle: "y", lines: { "y = x": line } });
 * console.log(figure.data.map(({ name }) => name).join(", ")); // y = x, train
 * ```
 */
export function scatterFigure(points: Record<string, Points>, options: ScatterOptions): Figure {
  const { title, xTitle, yTitle, lines = {}, xRange, yRange } = options;
  const place = (name: string, at: Points) => {
    const x = checkNumbers(at.x, `x of "${name}" of scatterFigure`);
    const y = checkNumbers(at.y, `y of "${name}" of scatterFigure`);
    if (x.length !== y.length) {
      throw new RangeError(
        `Expected as many x as y in "${name}" of scatterFigure, received ${x.length} and ${y.length}.`,
      );
    }
    return { type: "scatter" as const, name, x, y };
  };
  const look = looks([...Object.keys(points), ...Object.keys(lines)]);
  const traces: Data[] = [
    ...Object.entries(lines).map(([name, { color, dash, width, ...at }]) => ({
      ...place(name, at),
      mode: "lines" as const,
      line: { color: color ?? look.get(name)!.color, dash: dash ?? look.get(name)!.dash, ...(width && { width }) },
    })),
    ...Object.entries(points).map(([name, at]) => ({
      ...place(name, at),
      mode: "markers" as const,
      marker: { size: 7, color: look.get(name)!.color, symbol: look.get(name)!.symbol },
    })),
  ];
  return new Figure(traces, {
    ...titled(title),
    showlegend: traces.length > 1,
    hovermode: "closest",
    xaxis: { ...axis(xTitle), ...(xRange && { range: xRange }) },
    yaxis: { ...axis(yTitle), ...(yRange && { range: yRange }) },
  });
}
