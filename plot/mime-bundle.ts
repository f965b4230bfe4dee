/**
 * One figure in every form that a notebook's readers understand: Plotly's own, HTML, a picture, a line of text.
 * None of them holds plotly.js. The HTML shows the picture; where scripts run and `window.Plotly` is there, or is
 * announced later by the event "plotly-ready", it puts the interactive figure in the picture's place.
 */
import type { PlainFigure, SizedLayout } from "./style.js";

/** A value by MIME type: text, base64 for pictures, plain data for JSON types. */
export type MimeBundle = Record<string, unknown>;

/** `Figure "Loss": scatter (train), scatter (validation)`, the markup in titles and names left out. */
function describe({ data, layout }: PlainFigure): string {
  const title = typeof layout.title === "string" ? layout.title : layout.title?.text;
  const traces = data.map(({ type = "scatter", name }) => (name ? `${type} (${name})` : type));
  return `Figure${title ? ` "${title}"` : ""}: ${traces.join(", ")}`.replace(/<[^>]*>/g, "");
}

const entities: Record<string, string> = { "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;" };

/**
 * The bundle of a figure.
 * @param png its picture at twice the layout's size; without one (for kinds that only a browser draws) a line of text
 * stands in its place
 */
export function mimeBundle(figure: PlainFigure, png: Uint8Array | undefined): MimeBundle {
  const plotly = { ...figure, config: { displaylogo: false } };
  const text = describe(figure);
  const picture = png && Buffer.from(png).toString("base64");
  return {
    "application/vnd.plotly.v1+json": plotly,
    "text/html": html(JSON.stringify(plotly), still(text, figure.layout, picture)),
    ...(picture && { "image/png": picture }),
    "text/plain": text,
  };
}

/** What stands in the page until the interactive figure does. */
function still(text: string, { width, height }: SizedLayout, picture: string | undefined): string {
  const alt = text.replace(/[&"<>]/g, (sign) => entities[sign] ?? sign);
  if (picture === undefined) return `<p>${alt} (this kind of figure is drawn only where scripts run)</p>`;
  return `<img width="${width}" height="${height}" style="max-width: 100%; height: auto" alt="${alt}" src="data:image/png;base64,${picture}">`;
}

function html(json: string, still: string): string {
  return `<div>
${still}
<script>
{
  const still = document.currentScript.previousElementSibling;
  const { data, layout, config } = ${json.replaceAll("<", "\\u003c")};
  const draw = () => {
    const figure = document.createElement("div");
    still.replaceWith(figure);
    window.Plotly.newPlot(figure, data, layout, config);
  };
  if (window.Plotly) draw();
  else window.addEventListener("plotly-ready", draw, { once: true });
}
</script>
</div>`;
}
