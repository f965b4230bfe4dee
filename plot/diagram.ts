/** A diagram of circles and boxes with arrows between them, such as a computational graph with its numbers. */
import type { Annotation, Shape } from "plotly.js-dist";
import { arrowShapes } from "./arrow.js";
import { Figure } from "./figure.js";
import { colors, titled } from "./style.js";

/** One node of a diagram. */
export interface DiagramNode {
  /** Where its middle is, in columns from the left, 0 the first; may be a fraction. */
  column: number;
  /** Where its middle is, in rows from the top, 0 the first; may be a fraction. */
  row: number;
  /** "value" is a circle, "operation" a box. Default "value". */
  kind?: "value" | "operation";
  /** What stands below it; `<br>` begins a line. Default nothing. */
  note?: string;
}

/** How `diagramFigure` is labelled. */
export interface DiagramOptions {
  /** Above the diagram. */
  title: string;
}

/** In px: the figure, a node, and the space for what stands below the nodes of the last row. */
const [width, margin, titleHeight, rowHeight, radius, noteHeight] = [720, 45, 60, 105, 21, 45];

/**
 * Draws nodes by name and arrows from one to another.
 * @param nodes by the name that stands in them
 * @param arrows pairs of names
 *
 * @example
 * ```ts
 * import { diagramFigure } from "gradbook";
 *
 * const nodes = {
 *   x: { column: 0, row: 0 },
 *   w: { column: 0, row: 1 },
 *   "×": { column: 1, row: 0, kind: "operation" },
 *   y: { column: 2, row: 0, note: "[8, 3]" },
 * } as const;
 * const figure = diagramFigure(nodes, [["x", "×"], ["w", "×"], ["×", "y"]], { title: "A product" });
 * console.log(figure.layout.width); // 720
 * ```
 */
export function diagramFigure(
  nodes: Readonly<Record<string, DiagramNode>>,
  arrows: readonly (readonly [from: string, to: string])[],
  { title }: DiagramOptions,
): Figure {
  const entries = Object.entries(nodes);
  if (entries.length === 0) throw new RangeError("diagramFigure: expected at least one node, received none.");
  const columns = Math.max(1, ...entries.map(([, { column }]) => column));
  const rows = Math.max(...entries.map(([, { row }]) => row));
  const place = (name: string) => {
    const node = nodes[name];
    if (!node) {
      const names = Object.keys(nodes).join(", ");
      throw new RangeError(`diagramFigure: expected arrows between the nodes ${names}, received ${name}.`);
    }
    return { x: margin + (node.column * (width - 2 * margin)) / columns, y: radius + 5 + node.row * rowHeight };
  };
  const shapes: Partial<Shape>[] = [];
  const annotations: Partial<Annotation>[] = [];
  for (const [from, to] of arrows) {
    const [a, b] = [place(from), place(to)];
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    const [dx, dy] = [((radius + 3) * (b.x - a.x)) / length, ((radius + 3) * (b.y - a.y)) / length];
    shapes.push(...arrowShapes(a.x + dx, a.y + dy, b.x - dx, b.y - dy));
  }
  for (const [name, { kind = "value", note }] of entries) {
    const { x, y } = place(name);
    const color = kind === "value" ? colors[0]! : colors[4]!;
    shapes.push({
      ...{ type: kind === "value" ? "circle" : "rect", xref: "x", yref: "y", layer: "below" },
      ...{ x0: x - radius, x1: x + radius, y0: y - radius, y1: y + radius },
      ...{ fillcolor: color, opacity: 0.3, line: { color, width: 2 } },
    });
    const text = { xref: "x", yref: "y", x, showarrow: false } as const;
    annotations.push({ ...text, y, text: `<b>${name}</b>` });
    if (note) annotations.push({ ...text, y: y + radius, text: note, yanchor: "top", font: { size: 12 } });
  }
  const places = entries.map(([name]) => place(name));
  const bottom = radius + 5 + rows * rowHeight + radius + noteHeight;
  const hidden = { visible: false, fixedrange: true };
  return new Figure(
    [
      {
        ...{ type: "scatter", mode: "markers", x: places.map(({ x }) => x), y: places.map(({ y }) => y) },
        ...{ marker: { opacity: 0, size: 30 }, showlegend: false, hoverinfo: "text" },
        hovertext: entries.map(([name, { note = "" }]) => `${name}<br>${note}`),
      },
    ],
    {
      ...titled(title),
      ...{ width, height: titleHeight + bottom, margin: { l: 20, r: 20, t: titleHeight, b: 0 } },
      xaxis: { ...hidden, range: [20, width - 20] },
      yaxis: { ...hidden, range: [bottom, 0] },
      shapes,
      annotations,
    },
  );
}
