/**
 * Pictures of Plotly figures without a browser: plotly.js draws SVG in a jsdom page, text is measured by
 * `text-metrics.ts`, and resvg turns the SVG into pixels. The page takes about a second to open, so it is opened once,
 * when the first picture is asked for.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { Resvg } from "@resvg/resvg-js";
import { JSDOM, VirtualConsole } from "jsdom";
import { palettePng } from "./palette-png.js";
import type { PlainFigure } from "./style.js";
import { fontFamily, fontFiles, textBox, textLength } from "./text-metrics.js";

type Plotly = typeof import("plotly.js-dist");

/** Opens a page, loads plotly.js into it and returns its `Plotly`. */
async function openPage(): Promise<Plotly> {
  const virtualConsole = new VirtualConsole().forwardTo(console, { jsdomErrors: ["unhandled-exception"] });
  const { window } = new JSDOM("", { runScripts: "outside-only", virtualConsole });
  window.URL.createObjectURL = () => "";
  Object.assign(window.SVGElement.prototype, {
    getBBox(this: SVGElement) {
      return textBox(this);
    },
    getBoundingClientRect(this: SVGElement) {
      const { x, y, width, height } = textBox(this);
      return { x, y, width, height, left: x, top: y, right: x + width, bottom: y + height };
    },
    getComputedTextLength(this: SVGElement) {
      return textLength(this);
    },
  });
  // Plotly paints heatmaps and images on a canvas and takes them over as data URLs.
  const canvases = new WeakMap<HTMLCanvasElement, Canvas>();
  const canvasOf = (element: HTMLCanvasElement) => {
    const canvas = canvases.get(element) ?? createCanvas(element.width, element.height);
    canvases.set(element, canvas);
    return canvas;
  };
  Object.assign(window.HTMLCanvasElement.prototype, {
    getContext(this: HTMLCanvasElement, kind: string) {
      return kind === "2d" ? canvasOf(this).getContext(kind) : null;
    },
    toDataURL(this: HTMLCanvasElement) {
      return canvasOf(this).toDataURL();
    },
  });
  window.eval(await readFile(createRequire(import.meta.url).resolve("plotly.js-dist/plotly.js"), "utf8"));
  return window.Plotly;
}

let page: Promise<Plotly> | undefined;

/** Draws a figure as an SVG document of its layout's `width` and `height` in px. */
export async function figureSvg(figure: PlainFigure): Promise<string> {
  page ??= openPage();
  const { toImage } = await page;
  const { width, height } = figure.layout;
  const uri = await toImage(figure, { format: "svg", width, height });
  return decodeURIComponent(uri.slice(uri.indexOf(",") + 1));
}

/** Text beyond Latin, Greek, Cyrillic and the usual signs, which the font does not hold: the machine's fonts may. */
const otherScripts = /[\u0590-\u1dff\u2300-\u{10ffff}]/u;

/** Turns an SVG document into a PNG file with twice as many pixels a side, for sharp screens. */
export function svgToPng(svg: string): Uint8Array {
  const font = { fontFiles, loadSystemFonts: otherScripts.test(svg), defaultFontFamily: fontFamily };
  const nearestPixel = 1; // Enlarge images as Plotly asks browsers to: a heatmap's cells keep their edges.
  const options = {
    fitTo: { mode: "zoom", value: 2 },
    background: "white",
    imageRendering: nearestPixel,
    font,
  } as const;
  const image = new Resvg(svg, options).render();
  return palettePng(image) ?? image.asPng();
}
