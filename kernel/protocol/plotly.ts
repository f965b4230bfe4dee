/**
 * How a Plotly figure reaches a live notebook without plotly.js ever staying in the file. A figure's HTML shows a
 * picture and becomes interactive once the page has `window.Plotly`. So the first figure for a client goes out with
 * plotly.js (compressed, about 2.6 MB) before its HTML, and is at once replaced by the figure alone: the page has run
 * the script by then, and the notebook keeps the replacement. The server decides which clients are new: a reloaded page
 * is a new `session` in the header of its messages.
 */
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { MimeBundle } from "../wire/message.js";

/** One message for the iopub channel, without its header. */
export interface DisplayMessage {
  msg_type: "display_data" | "update_display_data";
  content: { data: MimeBundle; metadata: object; transient: { display_id: string } };
}

/** Whether a bundle is a Plotly figure that shows itself in HTML, and so wants plotly.js in the page. */
export function isFigure(bundle: MimeBundle): boolean {
  return "application/vnd.plotly.v1+json" in bundle && typeof bundle["text/html"] === "string";
}

/**
 * The HTML that puts the plotly.js in `file` into a page which does not have it, and then tells the figures by the event
 * "plotly-ready". Reading and compressing plotly.js takes about 0.3 s: do it once, off the path of the first cell.
 */
export async function plotlyScript(file: string): Promise<string> {
  const source = await readFile(file);
  const packed = (await promisify(gzip)(source)).toString("base64");
  return `<script>
(async () => {
  if (window.Plotly) return;
  const packed = Uint8Array.from(atob("${packed}"), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  window.dispatchEvent(new Event("plotly-ready"));
})();
</script>`;
}

/**
 * The messages that show a figure to a page that has not had plotly.js.
 * @param bundle the figure's bundle
 * @param displayId an id that no other output of this kernel has
 * @param script what `plotlyScript` returned
 * @param isUpdate whether the id has an output already, which the figure replaces. Default: false
 */
export function figureMessages(
  bundle: MimeBundle,
  displayId: string,
  script: string,
  isUpdate = false,
): DisplayMessage[] {
  const rest = { metadata: {}, transient: { display_id: displayId } };
  const first = { ...bundle, "text/html": `${script}${bundle["text/html"]}` };
  return [
    { msg_type: isUpdate ? "update_display_data" : "display_data", content: { data: first, ...rest } },
    { msg_type: "update_display_data", content: { data: bundle, ...rest } },
  ];
}
