/** One colour and mark for one thing in all figures: what a series looks like, by its name. */
import { colors } from "./style.js";

/** A colour, how a line is dashed, and the mark of its points, in Plotly's terms. */
export interface Look {
  color: string;
  dash: "solid" | "dot" | "dash";
  symbol: "circle" | "diamond" | "square";
}

const [blue, red, green, pink, orange, sky, black] = colors as [string, string, string, string, string, string, string];
const grey = "#888888";

/** What the words of a name stand for; the first line that fits counts. */
const things: readonly [name: RegExp, color: string, symbol?: Look["symbol"]][] = [
  [/^(f|x²|truth|true|(true )?(line|parabola)|perfect|\(1 − ηλ\).*)$/, grey],
  [/(^|, |published, )without\b|^(none|no penalty|from scratch|constant)$/, black, "square"],
  [/(^|, |published, )with\b|^(fine-tuned|network|learned|predictions)$/, green],
  [/train|^loss$|^fit$/i, blue],
  [/^test|^val|, (test|validation)$|^prediction$/, red, "diamond"],
  [/^SGD/, black],
  [/^Momentum|^(std √\(1\/n\)|Xavier)/, sky],
  [/^Nesterov|^residual|^(std 0\.01)/, blue],
  [/^AdaGrad|^BatchNorm|^(std √\(2\/n\)|He$)/, green],
  [/^RMSProp|^ReLU|^L2/, orange],
  [/^Adam|^(std 1)$/, red],
  [/^sigmoid|^L1|^U\(/, pink],
  [/^tanh|^max-norm|^frozen/, sky],
];

/**
 * What the series of a figure look like. Names that `things` knows have its colour, a second one of the same colour dotted lines,
 * a third dashed ones. The other names get, in their order, the colours that are left.
 */
export function looks(names: readonly string[]): Map<string, Look> {
  const found = new Map<string, Look>();
  const known = names.map((name) => things.find(([pattern]) => pattern.test(name)));
  const taken = known.flatMap((thing) => (thing ? [thing[1]] : []));
  const left = colors.filter((color) => !taken.includes(color));
  const free = left.length > 0 ? left : colors;
  const times = new Map<string, number>();
  let next = 0;
  for (const [i, name] of names.entries()) {
    if (found.has(name)) continue;
    const [, color, symbol = "circle"] = known[i] ?? [name, free[next++ % free.length]!];
    const time = times.get(color) ?? 0;
    times.set(color, time + 1);
    found.set(name, { color, dash: (["solid", "dot", "dash"] as const)[Math.min(time, 2)]!, symbol });
  }
  return found;
}
