/** A progress bar that rewrites its own line, in a terminal and under a notebook cell alike. */
import { stdout } from "node:process";

const width = 24;

/**
 * Writes `label ━━━━────  37/100  detail` over the line before it; the last one ends the line. In between, at most ten a second
 * are written, so that a fast loop is not slowed down by its own report.
 */
export class Progress {
  #last = 0;
  #length = 0;

  constructor(
    readonly label: string,
    readonly total: number,
  ) {}

  update(done: number, detail = ""): void {
    const now = performance.now();
    if (done < this.total && now - this.#last < 100) return;
    this.#last = now;
    const filled = Math.round((width * done) / this.total);
    const bar = "━".repeat(filled) + "─".repeat(width - filled);
    const line = `${this.label} ${bar} ${done}/${this.total} ${detail}`.trimEnd();
    stdout.write(`\r${line.padEnd(this.#length)}${done === this.total ? "\n" : ""}`);
    this.#length = line.length;
  }
}
