/**
 * Plain Plotly figures, `{ data, layout }`, as notebooks show them: by the package gradbook-plot, with a picture, where it is
 * installed; by plotly.js in the page where the notebook's folder has that; else as data, for front ends that draw it.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Library } from "../library.js";
import type { MimeBundle } from "../wire/message.js";

/** A figure in Plotly's terms. */
export interface PlainFigure {
  data: object[];
  layout: object;
}

interface Plot {
  Figure: new (
    data: object[],
    layout: object,
  ) => { [display: symbol]: (how: { isMoving: boolean }) => Promise<MimeBundle> };
}

const display = Symbol.for("Jupyter.display");
let folders: readonly string[] = [];

/** Where packages for figures are looked for: from the notebook's `folder`, the library's, and the kernel's own. */
export function figureFolders(folder: string, library?: Library): string[] {
  return [folder, ...(library ? [library.folder] : []), import.meta.dirname];
}

/** Says where `figureBundle` looks from now on. */
export function lookFrom(places: readonly string[]): void {
  folders = places;
}

/** The file that `name` means in the first of these folders that knows it; undefined where none does. */
export function findFile(name: string, from: readonly string[]): string | undefined {
  for (const folder of from) {
    try {
      return createRequire(join(folder, "package.json")).resolve(name);
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}

/** plotly.js for pages: what gradbook-plot has, or the notebook's folder; undefined where there is none. */
export function plotlyFile(from: readonly string[]): string | undefined {
  const plot = findFile("gradbook-plot/package.json", from);
  return findFile("plotly.js-dist/plotly.js", plot === undefined ? from : [join(plot, ".."), ...from]);
}

/** What a notebook shows for `figure`; with `isMoving` without a picture. Default: false. */
export async function figureBundle({ data, layout }: PlainFigure, isMoving = false): Promise<MimeBundle> {
  const plot = findFile("gradbook-plot", folders);
  if (plot !== undefined) {
    const { Figure } = (await import(pathToFileURL(plot).href)) as Plot;
    return new Figure(data, layout)[display]!({ isMoving });
  }
  const text = `Plotly figure of ${data.length} ${data.length === 1 ? "trace" : "traces"}`;
  const json = { data, layout };
  if (plotlyFile(folders) === undefined) {
    const advice = "`npm install gradbook-plot` shows it in every front end";
    return { "application/vnd.plotly.v1+json": json, "text/plain": `${text} (${advice})` };
  }
  return { "application/vnd.plotly.v1+json": json, "text/html": html(JSON.stringify(json)), "text/plain": text };
}

/**
 * Draws once the page has plotly.js, which comes with the first figure (see `../protocol/plotly.ts`). The figure that was in the same
 * output before changes to this one.
 */
function html(json: string): string {
  return `<div></div>
<script>
{
  const place = document.currentScript.previousElementSibling;
  const output = place.parentElement;
  const { data, layout } = ${json.replaceAll("<", "\\u003c")};
  const draw = () => {
    if (output.figure && !output.figure.isConnected) place.replaceWith(output.figure);
    else output.figure = place;
    window.Plotly.react(output.figure, data, layout);
  };
  if (window.Plotly) draw();
  else window.addEventListener("plotly-ready", draw, { once: true });
}
</script>`;
}
