/** Predictions against targets: a point for each example, and the diagonal on which a perfect model's points would lie. */
import { checkNumbers, checkPositive } from "./checks.js";
import { Figure } from "./figure.js";
import { axis, colors, logAxis, titled } from "./style.js";

/** How `predictionsFigure` labels its axes. */
export interface PredictionsOptions {
  /** Above the figure. */
  title: string;
  /** Default "target". */
  xTitle?: string;
  /** Default "prediction". */
  yTitle?: string;
  /** Logarithmic axes; then every number has to be above zero. Default false. */
  log?: boolean;
}

/**
 * Draws predictions over targets.
 * @param targets the true values, one for each example
 * @param predictions as many
 *
 * @example
 * ```ts
 * import { predictionsFigure } from "gradbook";
 *
 * const figure = predictionsFigure([100, 200, 300], [110, 190, 320], { title: "Prices", log: true });
 * console.log(figure.layout.width); // 560
 * ```
 */
export function predictionsFigure(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { title, xTitle = "target", yTitle = "prediction", log = false }: PredictionsOptions,
): Figure {
  const x = checkNumbers(targets, "targets of predictionsFigure");
  const y = checkNumbers(predictions, "predictions of predictionsFigure");
  if (x.length !== y.length) {
    throw new RangeError(
      `Expected as many predictions as targets in predictionsFigure, received ${y.length} predictions and ${x.length} targets.`,
    );
  }
  if (log) {
    checkPositive(x, "targets of predictionsFigure, as log is set");
    checkPositive(y, "predictions of predictionsFigure, as log is set");
  }
  const finite = [...x, ...y].filter(Number.isFinite);
  if (finite.length === 0) throw new RangeError("Expected a finite number in predictionsFigure, received none.");
  const ends = [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
  return new Figure(
    [
      { type: "scatter", mode: "markers", name: "examples", x, y, marker: { size: 5, opacity: 0.5 } },
      { type: "scatter", mode: "lines", name: "perfect", x: ends, y: ends, line: { color: colors[1], dash: "dash" } },
    ],
    {
      ...titled(title),
      width: 560,
      height: 560,
      hovermode: "closest",
      xaxis: log ? logAxis(xTitle, finite) : axis(xTitle),
      yaxis: log ? logAxis(yTitle, finite) : axis(yTitle),
    },
  );
}
