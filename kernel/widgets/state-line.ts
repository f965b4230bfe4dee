/**
 * The last state of a control as a line of text: for readers of a stored notebook, and wherever there are no widgets. It is an output
 * of its own, replaced as the state changes: to replace the control's would draw it anew, under the hand that moves it. Where
 * the control is on the page the line is hidden.
 */
import type { Bundle, Host } from "./host.js";

/** The method by which a notebook asks a value how it wants to be shown. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** A line changes at most so often. */
const betweenMs = 100;

/** This process's own. */
const letters = Math.random().toString(36).slice(2);
let count = 0;

/** Another text each time, also in another process. */
export function nextId(): string {
  count += 1;
  return `${Date.now().toString(36)}-${letters}-${count}`;
}

/** Whether HTML is such a line: a page that has controls of its own does without. */
export const isStateLine = (html: string): boolean => html.startsWith("<style>body:has(.gradbook-");

/** The lines of one control: as many as it was shown. */
export class StateLine {
  readonly #host: Host;
  readonly #mark: string;
  readonly #text: () => string;
  readonly #ids: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `text` gives the present state. The control's view, and no other, has the class `mark`. */
  constructor(host: Host, mark: string, text: () => string) {
    this.#host = host;
    this.#mark = mark;
    this.#text = text;
  }

  /** Shows another one. */
  show(): void {
    const id = nextId();
    this.#ids.push(id);
    void this.#host.show(this.#bundle(), id, false);
  }

  /** The state is another. */
  changed(): void {
    if (this.#ids.length === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const id of this.#ids) void this.#host.show(this.#bundle(), id, true);
    }, betweenMs);
  }

  #bundle(): Bundle {
    const text = this.#text();
    const escaped = text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const style = `<style>body:has(.${this.#mark}) .${this.#mark}-state { display: none; }</style>`;
    return { "text/html": `${style}<code class="${this.#mark}-state">${escaped}</code>`, "text/plain": text };
  }
}
