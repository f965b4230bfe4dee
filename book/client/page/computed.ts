/** What a cell shows while it runs in the page: texts that grow, figures, tables; in the order in which they come. */
import { overwriteLines } from "gradbook-kernel/runner/cell-outputs";
import { isStateLine } from "gradbook-kernel/widgets/state-line";
import type { MimeBundle } from "gradbook-kernel/wire/message";
import { escapeHtml } from "../../escape.js";
import { shownHtml } from "../../foreign-html.js";
import type { Failure, WrittenFile } from "../worker/messages.js";
import type { Shown } from "../worker/outputs.js";
import { button, element } from "./elements.js";
import { computedFigure, forgetFigures, type PlainFigure } from "./figures.js";
import { save } from "./take-along.js";
import { viewType, type Widgets } from "./widgets.js";

/** Outputs that have a name, of all cells: whichever cell runs may change them. */
const displays = new Map<string, HTMLElement>();

export class Computed {
  readonly place = element("div", { className: "computed" });
  /** The controls of the session that fills it. */
  widgets: Widgets | undefined;
  /** The stream that grows: what was written to it so far, and where it is shown. */
  #stream: { name: string; text: string; shown: HTMLElement } | undefined;
  #clearOnNext = false;

  /** Takes everything away. */
  clear(): void {
    forgetFigures(this.place);
    for (const [id, place] of displays) if (this.place.contains(place)) displays.delete(id);
    this.place.replaceChildren();
    this.#stream = undefined;
    this.#clearOnNext = false;
  }

  add(output: Shown): void {
    if (output.type === "clear") {
      if (output.wait) this.#clearOnNext = true;
      else this.clear();
      return;
    }
    if (this.#clearOnNext) this.clear();
    if (output.type === "stream") this.#write(output.name, output.text);
    else if (output.update) this.#update(output.display_id ?? "", output.data);
    else this.show(output.data, output.display_id);
  }

  /** Shows a value; `id` names it for later changes. */
  show(bundle: MimeBundle, id?: string): void {
    this.#stream = undefined;
    const place = element("div");
    if (id !== undefined) displays.set(id, place);
    this.place.append(place);
    void fill(place, bundle, this.widgets);
  }

  fail({ name, message, line }: Failure): void {
    this.#stream = undefined;
    const where = line === undefined ? "" : `Line ${line}: `;
    this.place.append(element("pre", { className: "output stderr", tabIndex: 0 }, `${where}${name}: ${message}`));
  }

  /** Says something about the run itself. */
  note(text: string): void {
    this.#stream = undefined;
    this.place.append(element("p", { className: "note" }, text));
  }

  /** Offers files that the cell has written; `read` gets their bytes. */
  offer(files: readonly WrittenFile[], read: (path: string) => Promise<Uint8Array<ArrayBuffer>>): void {
    for (const { path, size } of files) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      const get = button("Download", () =>
        read(path).then(
          (bytes) => save(new Blob([bytes]), name),
          (error: Error) => this.note(error.message),
        ),
      );
      const kilobytes = Math.max(1, Math.round(size / 1000)).toLocaleString("en");
      this.place.append(element("p", { className: "note" }, `Written: ${name}, ${kilobytes} kB `, get));
    }
  }

  #write(name: string, text: string): void {
    if (this.#stream?.name !== name) {
      const shown = element("pre", { className: `output ${name}`, tabIndex: 0 });
      this.#stream = { name, text: "", shown };
      this.place.append(shown);
    }
    this.#stream.text += text;
    this.#stream.shown.textContent = overwriteLines(this.#stream.text)
      .replace(/[ \t]+$/gm, "")
      .trimEnd();
  }

  #update(id: string, bundle: MimeBundle): void {
    const place = displays.get(id);
    if (place) void fill(place, bundle, this.widgets);
    else this.show(bundle, id);
  }
}

/** What was last asked to be shown in a place: pictures of figures need time, and the last one wins. */
const latest = new WeakMap<HTMLElement, MimeBundle>();

/** Shows the richest form of a value that a page can show. */
export async function fill(place: HTMLElement, bundle: MimeBundle, widgets?: Widgets): Promise<void> {
  latest.set(place, bundle);
  const of = (type: string) => bundle[type] as string | undefined;
  const plain = of("text/plain") ?? JSON.stringify(Object.values(bundle)[0], null, 2);
  const figure = bundle["application/vnd.plotly.v1+json"] as PlainFigure | undefined;
  const [png, svg, html] = [of("image/png"), of("image/svg+xml"), of("text/html")];
  const picture = (src: string) => element("figure", {}, element("img", { src, alt: plain }));
  const view = bundle[viewType] as { model_id: string } | undefined;
  if (view && widgets) return place.replaceChildren(widgets.view(view.model_id));
  if (figure) {
    const refused = ({ message }: Error) => element("p", { className: "note" }, message);
    const drawn = await computedFigure(figure, plain).catch(refused);
    if (latest.get(place) !== bundle) return;
    forgetFigures(place);
    return place.replaceChildren(drawn);
  }
  if (png !== undefined) return place.replaceChildren(picture(`data:image/png;base64,${png}`));
  if (svg !== undefined) {
    return place.replaceChildren(picture(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`));
  }
  if (html !== undefined && isStateLine(html)) return place.replaceChildren();
  if (html !== undefined) {
    // Only tags that do nothing stand in the page itself.
    place.innerHTML = shownHtml(html, escapeHtml(plain.slice(0, 200)));
    return;
  }
  const text = of("text/markdown") ?? of("text/latex") ?? plain;
  place.replaceChildren(element("pre", { className: "output stdout", tabIndex: 0 }, text));
}
