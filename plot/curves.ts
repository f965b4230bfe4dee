/** Lines over epochs or steps: how a loss or a metric develops, one line for each series. */
import type { Data } from "plotly.js-dist";
import { checkNumbers, checkPositive } from "./checks.js";
import { Figure } from "./figure.js";
import { looks } from "./looks.js";
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
  /** A logarithmic y axis; then no value may be below zero, and 0 leaves a gap. Default false. */
  logY?: boolean;
}

/** Values of one run, or of several runs of the same thing. */
export type Curve = ArrayLike<number> | readonly ArrayLike<number>[];

/** So many values at most are few: their points are marked. */
const few = 12;

/**
 * Draws series of numbers as lines, with a mark for each number where there are 12 or fewer. A list of several runs is drawn as
 * their mean, within a band from the least to the largest.
 * @param series values by name, such as `{ train: history.train, validation: history.validation }`, or lists of runs, such as
 * `{ train: [history1.loss, history2.loss] }`; NaN and ±Infinity (a run that diverged) leave gaps
 *
 * @example
 * ```ts
 * import { curvesFigure } from "gradbook";
 *
 * const losses = { train: [0.9, 0.5, 0.3], validation: [0.9, 0.6, 0.5] };
 * const figure = curvesFigure(losses, { title: "Loss", yTitle: "cross-entropy" }); // a notebook shows it as a cell's last value
 * console.log(figure.data.map(({ name }) => name).join(", ")); // train, validation
 * ```
 */
export function curvesFigure(series: Record<string, Curve>, options: CurvesOptions): Figure {
  const { title, yTitle, xTitle = "epoch", logX = false, logY = false } = options;
  const look = looks(Object.keys(series));
  const traces = Object.entries(series).flatMap(([name, curve]) => {
    const runs = (isRuns(curve) ? curve : [curve]).map((run) => readRun(run, `series "${name}" of curvesFigure`, logY));
    if (runs.some(({ length }) => length !== runs[0]!.length)) {
      throw new RangeError(
        `Expected as many values in each run of series "${name}" of curvesFigure, received ${runs.map(({ length }) => length).join(", ")}.`,
      );
    }
    const over = (of: (values: number[]) => number) => runs[0]!.map((_, i) => of(runs.map((run) => run[i]!)));
    const y = over((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
    const x = options.x && checkNumbers(options.x, "x of curvesFigure");
    if (x && logX) checkPositive(x, "x of curvesFigure, as logX is set");
    if (x && x.length !== y.length) {
      throw new RangeError(
        `Expected as many values as positions in curvesFigure, received ${y.length} values in series "${name}" and ${x.length} positions in x.`,
      );
    }
    const mode = y.length > few ? "lines" : y.length > 1 ? "lines+markers" : "markers";
    const { color, dash, symbol } = look.get(name)!;
    const place = { type: "scatter" as const, name, ...(x ? { x } : { x0: 1, dx: 1 }), legendgroup: name };
    const mean = { ...place, y, mode, line: { color, dash }, marker: { color, symbol, size: 6 } };
    if (runs.length === 1) return [mean];
    const edge = { ...place, mode: "lines", line: { width: 0, color }, showlegend: false, hoverinfo: "skip" };
    const [least, largest] = [over((values) => Math.min(...values)), over((values) => Math.max(...values))];
    return [{ ...edge, y: least }, { ...edge, y: largest, fill: "tonexty", fillcolor: `${color}33` }, mean];
  }) as (Data & { y: number[] })[];
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

/** The values of a run; on a logarithmic axis 0 lies infinitely far below, and so leaves a gap as infinities do. */
function readRun(run: ArrayLike<number>, where: string, logY: boolean): number[] {
  const values = checkNumbers(run, where);
  if (!logY) return values;
  const shown = values.map((value) => (value === 0 ? Number.NaN : value));
  checkPositive(shown, `${where}, as logY is set`);
  return shown;
}

const isRuns = (curve: Curve): curve is readonly ArrayLike<number>[] => Array.isArray(curve) && isList(curve[0]);
const isList = (value: unknown): boolean => Array.isArray(value) || ArrayBuffer.isView(value);

/** Whether the positions are a handful of whole numbers, such as five epochs, between which Plotly would set ticks at halves. */
const areFew = (places: number[]): boolean =>
  places.every(Number.isInteger) &&
  places.some((place) => place !== places[0]) &&
  places.every((place) => Math.abs(place - places[0]!) < 8);
