/** Lines over epochs or steps: how a loss or a metric develops, one line for each series. */
import { checkNumbers, checkPositive } from "./checks.js";
import { Figure } from "./figure.js";
import { axis, logAxis, titled } from "./style.js";

/** How `curvesFigure` labels its axes. */
export interface CurvesOptions {
  /** Above the figure. */
  title: string;
  /** What the values are, such as "logRmse". */
  yTitle: string;
  /** What the positions are. Default "epoch". */
  xTitle?: string;
  /** The positions, as many as values. Default 1, 2, 3, … */
  x?: ArrayLike<number>;
  /** A logarithmic x axis; then every position has to be above zero. Default false. */
  logX?: boolean;
  /** A logarithmic y axis; then every value has to be above zero. Default false. */
  logY?: boolean;
}

/**
 * Draws series of numbers as lines.
 * @param series values by name, such as `{ train: history.train, validation: history.validation }`; NaN and ±Infinity
 * (a run that diverged) leave gaps
 */
export function curvesFigure(series: Record<string, ArrayLike<number>>, options: CurvesOptions): Figure {
  const { title, yTitle, xTitle = "epoch", logX = false, logY = false } = options;
  const traces = Object.entries(series).map(([name, values]) => {
    const y = checkNumbers(values, `series "${name}" of curvesFigure`);
    if (logY) checkPositive(y, `series "${name}" of curvesFigure, as logY is set`);
    const x = options.x && checkNumbers(options.x, "x of curvesFigure");
    if (x && logX) checkPositive(x, "x of curvesFigure, as logX is set");
    if (x && x.length !== y.length) {
      throw new RangeError(
        `Expected as many values as positions in curvesFigure, received ${y.length} values in series "${name}" and ${x.length} positions in x.`,
      );
    }
    const mode = y.length > 1 ? ("lines" as const) : ("markers" as const);
    return { type: "scatter" as const, mode, name, ...(x ? { x } : { x0: 1, dx: 1 }), y };
  });
  const places = Array.from(options.x ?? traces.flatMap(({ y }) => y.map((_, i) => i + 1)));
  return new Figure(traces, {
    ...titled(title),
    showlegend: true,
    hovermode: "x unified",
    xaxis: logX ? logAxis(xTitle, places) : { ...axis(xTitle), ...(areFew(places) && { dtick: 1 }) },
    yaxis: logY
      ? logAxis(
          yTitle,
          traces.flatMap(({ y }) => y),
        )
      : axis(yTitle),
  });
}

/** Whether the positions are a handful of whole numbers, such as five epochs, between which Plotly would set ticks at halves. */
const areFew = (places: number[]): boolean =>
  places.every(Number.isInteger) &&
  places.some((place) => place !== places[0]) &&
  places.every((place) => Math.abs(place - places[0]!) < 8);
