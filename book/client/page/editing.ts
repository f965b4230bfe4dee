/** The text of a cell, as stored or as the reader has edited it: edits stay in the browser. */
import type { Editor, EditorOptions } from "../editor/editor.js";
import type { CellView } from "./cell-view.js";
import { button, element } from "./elements.js";
import { asset } from "./load.js";
import { edits, keepEdit } from "./store.js";

type EditorModule = typeof import("../editor/editor.js");

export class Editing {
  readonly #stored: string;
  readonly #view: CellView;
  readonly #chapter: string;
  readonly #code: HTMLElement;
  readonly #original = button("Original", () => this.#restore());
  readonly #actions: Pick<EditorOptions, "run" | "typeAt">;
  #text: string;
  #editor: Editor | undefined;

  /** @param actions what the editor asks of the chapter */
  constructor(view: CellView, chapter: string, actions: Pick<EditorOptions, "run" | "typeAt">) {
    this.#view = view;
    this.#chapter = chapter;
    this.#actions = actions;
    this.#code = view.place.querySelector<HTMLElement>(".code")!;
    this.#stored = this.#code.querySelector("pre")!.textContent;
    this.#text = edits(chapter)[view.facts.id] ?? this.#stored;
    this.#original.title = "Back to the code of the notebook";
    view.tools.append(
      button("Edit", () => this.open()),
      this.#original,
    );
    this.#show();
  }

  get text(): string {
    return this.#text;
  }

  get isEdited(): boolean {
    return this.#text !== this.#stored;
  }

  /** Marks what is wrong with the text. */
  mark(faults: Parameters<Editor["mark"]>[0]): void {
    this.#editor?.mark(faults);
  }

  async open(): Promise<void> {
    if (this.#editor) return this.#editor.focus();
    const module = await (import(asset("run/editor.js")) as Promise<EditorModule>).catch(() => undefined);
    if (!module) return this.#view.refuse("The editor cannot be loaded: try it again.");
    this.#code.replaceChildren();
    const label = "Code of this cell; Shift and Enter run it, Escape and then Tab leave it";
    const changed = (text: string) => {
      this.#text = text;
      keepEdit(this.#chapter, this.#view.facts.id, this.isEdited ? text : undefined);
      this.#original.hidden = !this.isEdited;
    };
    this.#editor = module.makeEditor(this.#code, { text: this.#text, label, changed, ...this.#actions });
    this.#editor.focus();
  }

  /** Where there is no editor yet, an edited text stands in the place of the stored one. */
  #show(): void {
    this.#original.hidden = !this.isEdited;
    if (this.isEdited)
      this.#code.replaceChildren(element("pre", { className: "shiki edited", tabIndex: 0 }, this.#text));
  }

  #restore(): void {
    keepEdit(this.#chapter, this.#view.facts.id, undefined);
    // The highlighted code with its types comes back with the page.
    location.reload();
  }
}
