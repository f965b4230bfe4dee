/** Plain Plotly figures: what is shown with gradbook-plot, with plotly.js alone, and with neither. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { bundleOf } from "../../../kernel/interpreter/formatters.js";
import { lookFrom } from "../../../kernel/interpreter/plain-figure.js";
import { withPage } from "../../helpers/browser.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { needing, root } from "../../helpers/needs.js";

const figure = { data: [{ y: [1, 3] }], layout: { title: { text: "t" } } };
const plotly = "application/vnd.plotly.v1+json";

afterEach(() => lookFrom([]));

/** A folder in which npm has installed plotly.js. */
function folderWithPlotly(): string {
  const { path } = temporaryFolder();
  mkdirSync(join(path, "node_modules"));
  symlinkSync(join(root, "node_modules/plotly.js-dist"), join(path, "node_modules/plotly.js-dist"), "junction");
  return path;
}

it("have a picture where gradbook-plot is installed", async () => {
  lookFrom([temporaryFolder().path, root]);
  const bundle = await bundleOf(figure);
  expect(Object.keys(bundle)).toEqual([plotly, "text/html", "image/png", "text/plain"]);
  expect(bundle["image/png"]).toMatch(/^iVBOR/);
  expect(bundle["text/plain"]).toBe('Figure "t": a line goes from 1 to 3.');
});

it("are named, with what to install, where nothing draws them", async () => {
  lookFrom([temporaryFolder().path]);
  expect(await bundleOf(figure)).toEqual({
    [plotly]: figure,
    "text/plain": "Plotly figure of 1 trace (`npm install gradbook-plot` shows it in every front end)",
  });
});

needing("a browser")("are drawn in the page where the folder has plotly.js", async () => {
  lookFrom([folderWithPlotly()]);
  const { "text/html": html, ...others } = await bundleOf(figure);
  expect(others).toEqual({ [plotly]: figure, "text/plain": "Plotly figure of 1 trace" });
  await withPage(String(html), async (page) => {
    await page.addScriptTag({ path: join(root, "node_modules/plotly.js-dist/plotly.js") });
    await page.evaluate('window.dispatchEvent(new Event("plotly-ready"))');
    await page.waitForSelector(".main-svg");
  });
});
