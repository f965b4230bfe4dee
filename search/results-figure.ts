/** The figure of a search: the loss of each trial over each of its hyperparameters. */
import { axis, Figure, gridFigure, logAxis, titled } from "gradbook-plot";
import { isChoice, type Range, type Space } from "./space.js";
import type { TrialResult } from "./trial.js";

/** What of a search is drawn. */
interface Found {
  name: string;
  space: Space;
  trials: readonly TrialResult[];
  summary: string;
}

/**
 * A panel for each hyperparameter with more than one value, with a point for each trial that has a loss and a star for the best.
 * The axis of losses is logarithmic where they are positive and differ more than tenfold.
 * @throws RangeError when no trial has a loss.
 */
export function resultsFigure({ name, space, trials, summary }: Found): Figure {
  const withLoss = trials.filter(({ loss }) => Number.isFinite(loss));
  if (withLoss.length === 0) throw new RangeError(`${name}: expected a trial with a loss to draw, received none.`);
  const losses = withLoss.map(({ loss }) => loss);
  const [low, high] = [Math.min(...losses), Math.max(...losses)];
  const yaxis = low > 0 && high > 10 * low ? logAxis("loss", losses) : axis("loss");
  const best = withLoss.filter(({ status }) => status === "done").reduce<typeof withLoss>(smaller, []);
  const groups = {
    pruned: withLoss.filter(({ status }) => status === "pruned"),
    done: withLoss.filter(({ status }) => status === "done"),
    best,
  };
  const panel = (parameter: string) => {
    const entry = space[parameter]!;
    const traces = Object.entries(groups).flatMap(([group, members]) => {
      if (members.length === 0) return [];
      const marker = group === "best" ? { size: 14, symbol: "star" as const } : { size: 6, opacity: 0.7 };
      const x = members.map(({ parameters }) =>
        isChoice(entry) ? String(parameters[parameter]) : parameters[parameter]!,
      );
      const y = members.map(({ loss }) => loss);
      return [
        { type: "scatter" as const, mode: "markers" as const, name: group, x: x as (string | number)[], y, marker },
      ];
    });
    const xaxis = isChoice(entry)
      ? { ...axis(""), type: "category" as const, categoryorder: "array" as const, categoryarray: entry.map(String) }
      : entry.log
        ? decadeAxis(entry)
        : axis("");
    return new Figure(traces, { ...titled(parameter), xaxis, yaxis });
  };
  const varied = Object.entries(space).filter(([, entry]) =>
    isChoice(entry) ? entry.length > 1 : entry.low < entry.high,
  );
  const names = (varied.length > 0 ? varied : Object.entries(space)).map(([parameter]) => parameter);
  const columns = Math.min(3, names.length);
  return gridFigure(names.map(panel), { title: `${name}, ${summary}`, columns, rowHeight: 300, sameY: true });
}

/** A logarithmic axis, labelled at powers of ten where there are enough of them. */
function decadeAxis({ low, high }: Range) {
  const decades = Math.log10(high / low);
  const powers = { tickformat: ".0e", dtick: Math.ceil(decades / 5) };
  return { ...logAxis("", [low, high]), ...(decades >= 2 && powers) };
}

const smaller = <T extends { loss: number }>([best]: T[], trial: T): T[] => [
  best && best.loss <= trial.loss ? best : trial,
];
