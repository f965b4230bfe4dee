/** Pictures drawn without a browser beside a browser's own: the same text in the same places. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { JSDOM } from "jsdom";
import { describe, expect } from "vitest";
import { barsFigure } from "../../plot/bars.js";
import { curvesFigure } from "../../plot/curves.js";
import type { Figure } from "../../plot/figure.js";
import { histogramFigure } from "../../plot/histogram.js";
import { figureSvg } from "../../plot/picture.js";
import { predictionsFigure } from "../../plot/predictions.js";
import type { PlainFigure } from "../../plot/style.js";
import { fontFiles } from "../../plot/text-metrics.js";
import { withPage } from "../helpers/browser.js";
import { needing } from "../helpers/needs.js";

type Plotly = typeof import("plotly.js-dist");
const plotlyFile = createRequire(import.meta.url).resolve("plotly.js-dist");

/** All text of an SVG document with the numbers that place it: its own and those of the groups around it. */
function placedText(svg: string): { text: string; places: number[] }[] {
  const { document } = new JSDOM(svg, { contentType: "image/svg+xml" }).window;
  return [...document.querySelectorAll("text")].map((element) => {
    const places: number[] = [];
    for (let node: Element | null = element; node; node = node.parentElement) {
      for (const name of ["x", "y", "transform"]) {
        places.push(...((node.getAttribute(name) ?? "").match(/-?\d+(\.\d+)?/g)?.map(Number) ?? []));
      }
    }
    return { text: element.textContent ?? "", places };
  });
}

/** What a browser that has the font makes of the figures. */
async function svgsOfBrowser(figures: Figure[]): Promise<string[]> {
  const faces = await Promise.all(
    fontFiles.map(async (file, i) => {
      const url = `data:font/ttf;base64,${(await readFile(file)).toString("base64")}`;
      return `@font-face { font-family: "Open Sans"; font-weight: ${[400, 700][i]}; src: url(${url}); }`;
    }),
  );
  const plain = figures.map((figure) => figure.toJSON());
  let uris: string[] = [];
  await withPage(`<style>${faces.join("")}</style>`, async (page) => {
    await page.addScriptTag({ path: plotlyFile });
    uris = await page.evaluate(async (figures) => {
      await Promise.all([...document.fonts].map((face) => face.load()));
      const { Plotly } = window as unknown as { Plotly: Plotly };
      const draw = ({ data, layout }: PlainFigure) =>
        Plotly.toImage({ data, layout }, { format: "svg", width: layout.width, height: layout.height });
      return Promise.all(figures.map(draw));
    }, plain);
  });
  return uris.map((uri) => decodeURIComponent(uri.slice(uri.indexOf(",") + 1)));
}

const epochs = Array.from({ length: 50 }, (_, i) => 0.15 + 2 * Math.exp(-i / 8));
const prices = Array.from({ length: 200 }, (_, i) => 40_000 + 5 * i * i);
const noisy = prices.map((price, i) => price * (1 + 0.1 * Math.sin(7 * i)));
const figures = {
  curves: curvesFigure(
    { train: epochs, validation: epochs.map((y) => y + 0.02) },
    { title: "Loss", yTitle: "logRmse" },
  ),
  "curves on a log axis": curvesFigure(
    { "a <b>bold name</b>, then more": epochs, "two<br>lines": epochs, third: epochs },
    { title: "Bold and broken text", yTitle: "the <b>logRmse</b>", logY: true },
  ),
  "a histogram": histogramFigure(
    { prices },
    { title: "Sale prices<br>of two hundred houses", xTitle: "price (dollars)" },
  ),
  predictions: predictionsFigure(prices, noisy, { title: "Predictions", log: true }),
  bars: barsFigure(
    { train: [0.1654, 0.1701], validation: [0.1712, 0.1698] },
    { title: "Folds", xTitle: "fold", yTitle: "logRmse", labels: ["the first fold of all", "the second fold"] },
  ),
};

describe("a picture drawn without a browser", () => {
  needing("a browser", "all")("has the text that a browser's has, within 1 px of the same places", async () => {
    const browsers = await svgsOfBrowser(Object.values(figures));
    for (const [k, [name, figure]] of Object.entries(figures).entries()) {
      const ours = placedText(await figureSvg(figure.toJSON()));
      const theirs = placedText(browsers[k]!);
      expect(ours.length, name).toBeGreaterThan(6);
      expect(ours.map(({ text }) => text)).toEqual(theirs.map(({ text }) => text));
      for (const [i, { text, places }] of ours.entries()) {
        const other = theirs[i]!.places;
        expect(places.length, `${name}: ${text}`).toBe(other.length);
        const distance = Math.max(...places.map((value, n) => Math.abs(value - other[n]!)));
        expect(distance, `${name}: ${text}: ${places} and ${other}`).toBeLessThan(1);
      }
    }
  });
});
