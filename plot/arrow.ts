/** Arrows for figures that are drawn by hand: lines with a triangle at their end, since only a browser draws Plotly's own arrows. */
import type { Shape } from "plotly.js-dist";

/** The colour of lines and arrows. */
export const arrowColor = "#555555";

const head = { length: 9, width: 8 };

/** A line between two points, both axes in px. */
export function lineShape(x0: number, y0: number, x1: number, y1: number): Partial<Shape> {
  return { type: "line", xref: "x", yref: "y", x0, y0, x1, y1, line: { color: arrowColor, width: 1.5 } };
}

/** A line from (x0, y0) with its head at (x1, y1), both axes in px. */
export function arrowShapes(x0: number, y0: number, x1: number, y1: number): Partial<Shape>[] {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  const [baseX, baseY] = [x1 - head.length * dx, y1 - head.length * dy];
  const corners = [-head.width / 2, head.width / 2].map((side) => `L${baseX - side * dy},${baseY + side * dx}`);
  return [
    lineShape(x0, y0, baseX, baseY),
    {
      ...{ type: "path", xref: "x", yref: "y", path: `M${x1},${y1}${corners.join("")}Z` },
      ...{ fillcolor: arrowColor, line: { width: 0 } },
    },
  ];
}
