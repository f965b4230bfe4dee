/**
 * One figure in every form that a notebook's readers understand: Plotly's own, HTML, a picture, a line of text.
 * None of them holds plotly.js. The HTML shows the picture; where scripts run and `window.Plotly` is there, or is
 * announced later by the event "plotly-ready", it puts the interactive figure in the picture's place. Where an output is
 * replaced by another figure, the one that is drawn there changes to it, so that nothing flickers.
 */
import type { PlainFigure, SizedLayout } from "./style.js";

/** A value by MIME type: text, base64 for pictures, plain data for JSON types. */
export type MimeBundle = Record<string, unknown>;

/** Number of series that a sentence can name with their values. */
const most = 6;

/**
 * A sentence for those who do not see the figure, such as `Figure "Loss": logRmse over epoch; train goes from 0.9 to 0.17,
 * validation from 0.9 to 0.2.` The markup in titles and names is left out.
 */
function describe({ data, layout }: PlainFigure): string {
  const title = textOf(layout.title);
  const [x, y] = [textOf(layout.xaxis?.title), textOf(layout.yaxis?.title)];
  const shown = data.filter((trace) => (trace as { showlegend?: boolean }).showlegend !== false || data.length === 1);
  const panels = Object.keys(layout).filter((key) => /^xaxis\d*$/.test(key)).length;
  const named = shown.map((trace) => partOf(trace as Drawn)).filter((part) => part !== "");
  const list = [...new Set(shown.map(({ name = "" }) => name).filter((name) => name !== ""))].slice(0, 12).join(", ");
  const above =
    panels > 1 ? (layout.annotations ?? []).map(({ text = "" }) => text).slice(0, Math.min(panels, 16)) : [];
  const parts = panels > 1 || shown.length > most ? list && `the series are ${list}` : named.join(", ");
  const what = [
    panels > 1 && `${panels} panels${above.length > 0 ? `, ${above.join(", ")}` : ""}`,
    x && y && `${y} over ${x}`,
    parts,
  ]
    .filter(Boolean)
    .join("; ");
  const kinds = [...new Set(data.map(({ type = "scatter" }) => type))].join(", ");
  return `Figure${title ? ` "${title}"` : ""}: ${what || kinds}.`.replace(/<br>/g, " ").replace(/<[^>]*>/g, "");
}

const textOf = (title: string | Partial<{ text: string }> | undefined): string =>
  (typeof title === "string" ? title : title?.text) ?? "";

/** What of a trace is told. */
interface Drawn {
  type?: string;
  name?: string;
  mode?: string;
  y?: readonly (number | null)[];
}

/** What a series does: from where to where a line goes, how many points there are, how high bars are. */
function partOf({ type = "scatter", name = "", mode = "lines", y = [] }: Drawn): string {
  const numbers = y.filter((value) => typeof value === "number");
  const round = (value: number) => String(Number(value.toPrecision(2)));
  if (numbers.length === 0) return name;
  if (type === "bar" && numbers.length <= most) return `${name} ${numbers.map(round).join(", ")}`.trim();
  if (type !== "scatter") return name;
  if (!mode.includes("lines")) return `${name} (${numbers.length} points)`.trim();
  const [from, to] = [round(numbers[0]!), round(numbers.at(-1)!)];
  return `${name || "a line"} ${from === to ? `begins and ends at ${from}` : `goes from ${from} to ${to}`}`;
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
  if (picture === undefined) return `<p>${alt} This kind of figure is drawn only where scripts run.</p>`;
  return `<img width="${width}" height="${height}" style="max-width: 100%; height: auto" alt="${alt}" src="data:image/png;base64,${picture}">`;
}

function html(json: string, still: string): string {
  return `<div>
${still}
<script>
{
  const still = document.currentScript.previousElementSibling;
  const output = still.parentElement.parentElement;
  const { data, layout, config } = ${json.replaceAll("<", "\\u003c")};
  const draw = () => {
    // One that was taken out of the page to make room for this.
    const before = output.figure?.isConnected ? undefined : output.figure;
    output.figure = before ?? document.createElement("div");
    still.replaceWith(output.figure);
    window.Plotly.react(output.figure, data, layout, config);
  };
  if (window.Plotly) draw();
  else window.addEventListener("plotly-ready", draw, { once: true });
}
</script>
</div>`;
}
