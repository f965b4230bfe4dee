/** Plotly figures by pure functions: what a program imports from "gradbook-plot". */
export { arrowShapes, lineShape } from "./arrow.js";
export { type BarsOptions, barsFigure } from "./bars.js";
export { type ContourOptions, contourFigure } from "./contour.js";
export { type Curve, type CurvesOptions, curvesFigure } from "./curves.js";
export { type DiagramNode, type DiagramOptions, diagramFigure } from "./diagram.js";
export { Figure } from "./figure.js";
export { type GridOptions, gridFigure } from "./grid.js";
export { type HistogramOptions, histogramFigure } from "./histogram.js";
export type { MimeBundle } from "./mime-bundle.js";
export { type PredictionsOptions, predictionsFigure } from "./predictions.js";
export { type Line, type Points, type ScatterOptions, scatterFigure } from "./scatter.js";
export * from "./style.js";
