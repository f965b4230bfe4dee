/** The editor of a cell: CodeMirror with TypeScript's colours. Loaded when a reader first edits. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorView, hoverTooltip, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { HoverType } from "../../run/hover-type.js";

/** The colours of the book's code. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "light-dark(#a0111f, #ff9492)" },
  { tag: [tags.string, tags.special(tags.string)], color: "light-dark(#032563, #addcff)" },
  { tag: [tags.number, tags.bool, tags.null], color: "light-dark(#023b95, #91cbff)" },
  { tag: tags.comment, color: "light-dark(#66707b, #bdc4cc)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "light-dark(#622cbc, #dbb7ff)" },
  { tag: [tags.typeName, tags.className], color: "light-dark(#702c00, #ffb757)" },
]);

const looks = EditorView.theme({
  "&": { background: "var(--panel)", border: "1px solid var(--accent)", borderRadius: "0.5rem", fontSize: "0.82rem" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  ".cm-content": { fontFamily: "var(--code)", lineHeight: "1.55", padding: "0.8rem 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 1rem" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    background: "light-dark(#cfe3ff, #2c4a70) !important",
  },
  ".cm-tooltip": { background: "var(--page)", color: "var(--text)", border: "1px solid var(--line)" },
  ".cm-type": {
    maxWidth: "min(44rem, 94vw)",
    padding: "0.35rem 0.6rem",
    font: "0.8rem / 1.4 var(--code)",
    whiteSpace: "pre-wrap",
    overflowWrap: "anywhere",
  },
});

export interface Editor {
  readonly text: string;
  /** Marks what is wrong; none takes the marks away. */
  mark(faults: readonly { start: number; end?: number; message: string }[]): void;
  focus(): void;
}

/** What an editor is made of. */
export interface EditorOptions {
  text: string;
  /** Names it for those who do not see it. */
  label: string;
  /** Is called with each new text. */
  changed(text: string): void;
  /** What Shift+Enter does. */
  run(): void;
  /** The type of the name at a position of the text. */
  typeAt(position: number): Promise<HoverType | undefined>;
}

/** Shows the type of the name that the pointer rests on, as the stored code does. */
const typesOnHover = (typeAt: EditorOptions["typeAt"]) =>
  hoverTooltip(async (_view, position, side) => {
    const type = await typeAt(side < 0 ? position - 1 : position);
    if (!type) return null;
    const dom = Object.assign(document.createElement("div"), { className: "cm-type", textContent: type.text });
    return { pos: type.start, end: type.end, above: true, create: () => ({ dom }) };
  });

/** Puts an editor with `text` into `parent`. */
export function makeEditor(parent: HTMLElement, { text, label, changed, run, typeAt }: EditorOptions): Editor {
  const runNow = () => {
    run();
    return true;
  };
  const runKey = { key: "Shift-Enter", run: runNow };
  const view = new EditorView({
    parent,
    doc: text,
    extensions: [
      history(),
      bracketMatching(),
      indentOnInput(),
      indentUnit.of("  "),
      javascript({ typescript: true }),
      syntaxHighlighting(colours),
      looks,
      typesOnHover(typeAt),
      keymap.of([runKey, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      EditorView.contentAttributes.of({ "aria-label": label }),
      EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
    ],
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    mark(faults) {
      const { length } = view.state.doc;
      const diagnostics = faults.map(({ start, end = start + 1, message }): Diagnostic => {
        const from = Math.min(start, length);
        return { from, to: Math.max(from, Math.min(end, length)), severity: "error", message };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    focus: () => view.focus(),
  };
}
