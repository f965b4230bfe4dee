/** A function of two variables as contour lines, and paths over it, such as the ways of optimizers to its minimum. */
import type { Data } from "plotly.js-dist";
import { checkNumbers } from "./checks.js";
import { Figure } from "./figure.js";
import { looks } from "./looks.js";
import type { Points } from "./scatter.js";
import { axis, titled } from "./style.js";

/** How `contourFigure` is drawn. */
export interface ContourOptions {
  /** Above the figure. */
  title: string;
  /** Default "x". */
  xTitle?: string;
  /** Default "y". */
  yTitle?: string;
  /** The ends of the x axis. */
  xRange: readonly [from: number, to: number];
  /** The ends of the y axis. */
  yRange: readonly [from: number, to: number];
  /** Which values of the function have a line. Default: chosen by Plotly. */
  levels?: { from: number; to: number; step: number };
  /** Lines by name, each with a mark at every one of its points. Default none. */
  paths?: Readonly<Record<string, Points>>;
  /** Whether a unit is as long on both axes. Default false. */
  sameScale?: boolean;
  /** The function is computed at so many points a side; more for one with edges. Default 41. */
  resolution?: number;
}

/**
 * Draws where f(x, y) has the same value, as grey lines, and paths in colour.
 * @param f where it is not finite, the lines have gaps
 *
 * @example
 * ```ts
 * import { contourFigure } from "gradbook";
 *
 * const way = { x: [2, 1, 0.5], y: [1, 0.5, 0.2] };
 * const valley = (x: number, y: number) => x ** 2 + 4 * y ** 2;
 * const ends = { xRange: [-3, 3], yRange: [-2, 2] } as const;
 * const figure = contourFigure(valley, { title: "A valley", ...ends, paths: { SGD: way } });
 * console.log(figure.data[0]!.type); // contour
 * ```
 */
export function contourFigure(f: (x: number, y: number) => number, options: ContourOptions): Figure {
  const { title, xTitle = "x", yTitle = "y", xRange, yRange, levels, paths = {} } = options;
  const { sameScale = false, resolution = 41 } = options;
  const points = ([from, to]: readonly [number, number]) =>
    Array.from({ length: resolution }, (_, i) => from + ((to - from) * i) / (resolution - 1));
  const [x, y] = [points(xRange), points(yRange)];
  const contour: Data = {
    ...{ type: "contour", x, y, z: y.map((yi) => x.map((xi) => Number(f(xi, yi).toPrecision(4)))), name: "f" },
    ...{
      colorscale: [
        [0, "#999999"],
        [1, "#cccccc"],
      ],
      showscale: false,
      showlegend: false,
      hoverinfo: "x+y+z",
    },
    ...(levels && { autocontour: false }),
    contours: { coloring: "lines", ...(levels && { start: levels.from, end: levels.to, size: levels.step }) },
  };
  const look = looks(Object.keys(paths));
  const traces = Object.entries(paths).map(([name, path]): Data => {
    const [px, py] = [path.x, path.y].map((values) => checkNumbers(values, `path "${name}" of contourFigure`));
    if (px!.length !== py!.length) {
      throw new RangeError(
        `contourFigure: expected as many x as y in path "${name}", received ${px!.length} and ${py!.length}.`,
      );
    }
    const { color } = look.get(name)!;
    return {
      type: "scatter",
      mode: "lines+markers",
      name,
      x: px!,
      y: py!,
      line: { color },
      marker: { color, size: 5 },
    };
  });
  return new Figure([contour, ...traces], {
    ...titled(title),
    showlegend: traces.length > 1,
    hovermode: "closest",
    xaxis: { ...axis(xTitle), range: [...xRange], showgrid: false },
    yaxis: { ...axis(yTitle), range: [...yRange], showgrid: false, ...(sameScale && { scaleanchor: "x" }) },
  });
}
