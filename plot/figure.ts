/**
 * A Plotly figure: plain data and layout, drawn by nobody until it is shown. The functions beside this file
 * (`curves`, `histogram`, `predictions`, `bars`) make the ones a learner needs most; any other is `new Figure(data, layout)`.
 */
import type { Data, Layout } from "plotly.js-dist";
import { type MimeBundle, mimeBundle } from "./mime-bundle.js";
import { baseLayout, type PlainFigure, type SizedLayout } from "./style.js";

/** The method by which a notebook kernel asks a value how it wants to be shown. */
const display: unique symbol = Symbol.for("Jupyter.display");

/** Kinds of traces that need WebGL, maps or the geometry of a real browser: they have no picture. */
const browserOnly = new Set([
  ...["scatter3d", "surface", "mesh3d", "cone", "streamtube", "volume", "isosurface"],
  ...["scattergl", "scatterpolargl", "splom", "parcoords", "violin", "scattercarpet"],
  ...["scattergeo", "choropleth", "scattermap", "choroplethmap", "densitymap"],
]);

/**
 * A figure in Plotly's terms: traces (`data`) and a layout, as in Plotly's reference.
 *
 * @example
 * ```ts
 * import { Figure } from "gradbook";
 *
 * const figure = new Figure([{ type: "bar", x: ["a", "b"], y: [1, 3] }], { title: { text: "Two bars" } });
 * console.log((await figure.png()).length > 1000); // true
 * ```
 */
export class Figure {
  readonly data: Data[];
  readonly layout: SizedLayout;

  /**
   * @param data the traces
   * @param layout laid over the defaults (size 720 × 400 px, fonts, colours that colour-blind readers can tell apart)
   */
  constructor(data: Data[], layout: Partial<Layout> = {}) {
    if (!Array.isArray(data) || data.length === 0) {
      throw new TypeError(`Expected at least one trace in new Figure(data, layout), received ${JSON.stringify(data)}.`);
    }
    this.data = data;
    this.layout = { ...baseLayout, ...layout };
  }

  /** Plain data: typed arrays as arrays, fractions with 7 significant digits (a float32 has no more). */
  toJSON(): PlainFigure {
    return JSON.parse(JSON.stringify({ data: this.data, layout: this.layout }, plain));
  }

  /**
   * Draws the figure without a browser. Returns a PNG file with twice the layout's width and height in pixels.
   * @throws for kinds of traces that only a browser can draw, such as "surface"; a notebook shows those without a picture
   */
  async png(): Promise<Uint8Array> {
    const kind = this.#browserOnlyKind();
    if (kind !== undefined) {
      throw new Error(`Expected traces that can be drawn without a browser, received "${kind}" in Figure.png().`);
    }
    const { figureSvg, svgToPng } = await import("./picture.js"); // Loads plotly.js and a page: a second, so not before.
    return svgToPng(await figureSvg(this.toJSON()));
  }

  /**
   * What a notebook shows: the interactive figure, and for readers that cannot run it a picture and a line of text. With `isMoving`
   * without the picture: it takes longest, and another figure will soon follow.
   */
  async [display]({ isMoving = false }: { isMoving?: boolean } = {}): Promise<MimeBundle> {
    const hasPicture = !isMoving && this.#browserOnlyKind() === undefined;
    return mimeBundle(this.toJSON(), hasPicture ? await this.png() : undefined);
  }

  #browserOnlyKind(): string | undefined {
    return this.data.map(({ type }) => type).find((type) => type !== undefined && browserOnly.has(type));
  }
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isInteger(value)) return Number(value.toPrecision(7));
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array);
  return value;
}
