/** Pictures of figures in a browser, which draws figures itself: in the place of `../picture.ts`, which does it without one. */

function none(): never {
  throw new Error(
    "Figure.png: expected Node, received a browser: draw the figure by Plotly.newPlot(element, figure.data, figure.layout), " +
      "and take its picture by Plotly.toImage(element).",
  );
}

export const figureSvg: typeof import("../picture.js").figureSvg = none;
export const svgToPng: typeof import("../picture.js").svgToPng = none;
