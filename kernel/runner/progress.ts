/**
 * What the terminal shows of a running notebook: one line a cell, and on a terminal the cell's clock and last output
 * while it runs. Everything goes to stderr, so that stdout carries the summary alone.
 */
import { stripVTControlCharacters } from "node:util";
import type { Cell, CodeCell, Notebook } from "./notebook-file.js";

/** The name of a cell for people: the heading right before it, else the beginning of its code. */
export function cellTitle(notebook: Notebook, cell: CodeCell): string {
  const before: Cell | undefined = notebook.cells[notebook.cells.indexOf(cell) - 1];
  const heading = before?.cell_type === "markdown" && /^#+ +(.+)$/m.exec(before.source)?.[1];
  return (heading || cell.source).trim().replace(/\s+/g, " ");
}

/** The lines of one run. `titles` are those of all code cells, in order. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #titles: string[];
  readonly #width: number;
  #started = 0;
  #title = "";
  #latest = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(titles: readonly string[], out: NodeJS.WriteStream = process.stderr) {
    this.#titles = titles.map((title) => (title.length > 60 ? `${title.slice(0, 59)}…` : title));
    this.#width = Math.max(...this.#titles.map((title) => title.length));
    this.#out = out;
  }

  /** Shows that the cell at `index` (from 0) runs. */
  start(index: number): void {
    const total = String(this.#titles.length);
    const number = String(index + 1).padStart(total.length);
    this.#title = `[${number}/${total}] ${this.#titles[index]!.padEnd(this.#width)}`;
    this.#latest = "";
    this.#started = performance.now();
    if (!this.#out.isTTY) return;
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), 200);
  }

  /** Takes what the cell prints; its last line is shown beside the clock. */
  printed(text: string): void {
    this.#latest =
      stripVTControlCharacters(text)
        .trim()
        .split(/[\r\n]/)
        .at(-1) || this.#latest;
  }

  /** Ends the line of the running cell: its time, and whether it `failed`. */
  end(failed = false): void {
    clearInterval(this.#timer);
    this.#latest = "";
    this.#out.write(`${this.#out.isTTY ? "\r\x1b[K" : ""}${this.#line()}${failed ? "  failed" : ""}\n`);
  }

  #draw(): void {
    this.#out.write(`\r\x1b[K${this.#line().slice(0, this.#out.columns - 1)}`);
  }

  #line(): string {
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
    return `${this.#title}${seconds.padStart(7)} s ${this.#latest && `  ${this.#latest}`}`.trimEnd();
  }
}
