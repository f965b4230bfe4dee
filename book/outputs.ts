/** What a cell has shown, as HTML: text, tables, pictures, and figures that become interactive when they come into view. */
import { stripVTControlCharacters } from "node:util";
import type { Output } from "gradbook-kernel/runner/notebook-file";
import { isStateLine } from "gradbook-kernel/widgets/state-line";
import type { MimeBundle } from "gradbook-kernel/wire/message";
import { escapeHtml } from "./escape.js";
import { shownHtml } from "./foreign-html.js";
import { renderMarkdown } from "./markdown.js";

/** A picture that a page shows, to be written beside it. */
export interface Picture {
  /** `pictures/07-dropout-curves-0.png`, or `.svg`. */
  path: string;
  bytes: Uint8Array;
}

interface PlotlyFigure {
  data: unknown[];
  layout: { width: number; height: number; title?: string | { text: string } };
}

/**
 * The HTML of `outputs`, and the pictures it shows; `name` is the page's and the cell's, for the pictures' names. `number` gives each
 * figure its number, such as "8.1"; without it figures have none.
 */
export function renderOutputs(
  outputs: readonly Output[],
  name: string,
  number?: () => string,
): { html: string; pictures: Picture[] } {
  const pictures: Picture[] = [];
  const parts = outputs.map((output, i) => {
    switch (output.output_type) {
      case "stream":
        return text(output.text, output.name);
      case "error":
        return text(output.traceback.join("\n") || `${output.ename}: ${output.evalue}`, "stderr");
      default:
        return renderBundle(output.data, `${name}-${i}`, pictures, number);
    }
  });
  return { html: parts.join("\n"), pictures };
}

const text = (content: string, name: string): string =>
  `<pre class="output ${name}" tabindex="0">${escapeHtml(stripVTControlCharacters(content).trimEnd())}</pre>`;

/** The richest form of a value that a page can show. */
function renderBundle(bundle: MimeBundle, name: string, pictures: Picture[], number?: () => string): string {
  const of = (type: string) => bundle[type] as string | undefined;
  const [plotly, png, svg, html] = [
    bundle["application/vnd.plotly.v1+json"] as PlotlyFigure | undefined,
    of("image/png"),
    of("image/svg+xml"),
    of("text/html"),
  ];
  const alt = escapeHtml(of("text/plain") ?? "Picture");
  if (png !== undefined) {
    const picture = { path: `pictures/${name}.png`, bytes: Buffer.from(png, "base64") };
    pictures.push(picture);
    return plotly
      ? figure(plotly, picture.path, alt) + caption(plotly, number)
      : `<figure><img src="${picture.path}" alt="${alt}"></figure>`;
  }
  if (plotly) throw new Error(`${name}: expected a figure with its picture, received none: run the notebook again.`);
  if (svg !== undefined) {
    // As a picture: within the page its scripts would run.
    const picture = { path: `pictures/${name}.svg`, bytes: Buffer.from(svg) };
    pictures.push(picture);
    return `<figure><img src="${picture.path}" alt="${alt}"></figure>`;
  }
  // The state of a control, which hides itself where the control is.
  if (html !== undefined && isStateLine(html)) return text(alt, "stdout");
  if (html !== undefined) return shownHtml(html, alt);
  const marked = of("text/markdown") ?? of("text/latex");
  if (marked !== undefined) return `<div class="output">${renderMarkdown(marked).html}</div>`;
  return text(of("text/plain") ?? JSON.stringify(Object.values(bundle)[0], null, 2), "stdout");
}

/** The number of a figure with its title, by which texts can name it. */
function caption({ layout: { title } }: PlotlyFigure, number?: () => string): string {
  if (!number) return "";
  const text = (typeof title === "string" ? title : title?.text)?.replace(/<[^>]*>/g, " ");
  const name = number();
  return `\n<p class="caption" id="figure-${name}"><a href="#figure-${name}">Figure ${name}</a>${text ? `: ${escapeHtml(text)}` : ""}</p>`;
}

/** The picture, and the figure as data, which `client/book.ts` draws in the picture's place. */
function figure({ data, layout }: PlotlyFigure, path: string, alt: string): string {
  const { width, height } = layout;
  const json = JSON.stringify({ data, layout }).replaceAll("<", "\\u003c");
  return `<figure class="plot" style="aspect-ratio: ${width} / ${height}; max-width: ${width}px">
<img src="${path}" alt="${alt}" width="${width}" height="${height}" loading="lazy">
<script type="application/json">${json}</script>
</figure>`;
}
