/** A progress bar that rewrites its own line, in a terminal and under a notebook cell alike. */
import { stdout } from "node:process";

const width = 24;

/**
 * Writes `label ━━━━────  37/100  detail` over the line before it; `end`, or the last of all, ends the line. In between, at most
 * ten a second are written, so that a fast loop is not slowed down by its own report.
 */
export class Progress {
  #last = Number.NEGATIVE_INFINITY;
  #written = 0;
  #line = "";
  #ended = false;

  constructor(
    readonly label: string,
    readonly total: number,
  ) {}

  update(done: number, detail = ""): void {
    const filled = Math.round((width * Math.min(done, this.total)) / this.total);
    const bar = "━".repeat(filled) + "─".repeat(width - filled);
    this.#line = `${this.label} ${bar} ${done}/${this.total} ${detail}`.trimEnd();
    if (done >= this.total) this.end();
    else if (performance.now() - this.#last >= 100) this.#write("");
  }

  /** Ends the line as it is, where the loop ends before `total`; a second time does nothing. */
  end(): void {
    if (!this.#ended && this.#line !== "") this.#write("\n");
    this.#ended = true;
  }

  #write(ending: string): void {
    stdout.write(`\r${this.#line.padEnd(this.#written)}${ending}`);
    this.#written = this.#line.length;
    this.#last = performance.now();
  }
}
