/** Live: how a search is seen while it runs, as a line that rewrites itself, and in a notebook also as a figure. */
import { randomUUID } from "node:crypto";
import { Progress } from "../lib/training/progress.js";
import type { SearchResults } from "./results.js";

/** What a kernel offers: shows a value under an id, or replaces what is shown under it. */
type Display = (value: unknown, options: { display_id: string; update: boolean }) => Promise<void>;

/** Least time between two figures, in ms. */
const figureMs = 2000;
const blocks = "▁▂▃▄▅▆▇█";
const sparks = 20;

/** The last losses as little bars, low ones for small losses. */
export function sparkline(losses: readonly number[]): string {
  const last = losses.slice(-sparks);
  const [low, high] = [Math.min(...last), Math.max(...last)];
  const height = (loss: number) => Math.round(((loss - low) / (high - low || 1)) * (blocks.length - 1));
  return last.map((loss) => blocks[height(loss)]).join("");
}

/** Shows one search. */
export class Live {
  readonly #bar: Progress | undefined;
  readonly #display: Display | undefined;
  readonly #id = randomUUID();
  #shown = Number.NEGATIVE_INFINITY;
  #under = Promise.resolve();
  #figures = 0;

  constructor(label: string, total: number, { progress = true, plot = false }: { progress?: boolean; plot?: boolean }) {
    this.#bar = progress ? new Progress(label, total) : undefined;
    const { display } = globalThis as { display?: Display };
    this.#display = plot ? display : undefined;
  }

  /** Shows what is known. */
  update(results: SearchResults): void {
    const { ranked, trials } = results;
    const best = ranked[0] ? `best ${ranked[0].loss.toPrecision(4)} (trial ${ranked[0].number})` : "no result yet";
    const losses = trials.filter(({ status }) => status === "done").map(({ loss }) => loss);
    this.#bar?.update(trials.length, `${best} ${sparkline(losses)}`);
    if (performance.now() - this.#shown > figureMs) this.#show(results);
  }

  /** Shows the end. */
  async end(results: SearchResults): Promise<void> {
    this.#bar?.end();
    this.#show(results);
    await this.#under;
  }

  /** After an error: leaves what is shown as it is. */
  leave(): void {
    this.#bar?.end();
  }

  #show(results: SearchResults): void {
    if (this.#display === undefined || results.trials.every(({ loss }) => Number.isNaN(loss))) return;
    this.#shown = performance.now();
    const shown = this.#display(results.figure(), { display_id: this.#id, update: this.#figures++ > 0 });
    this.#under = this.#under.then(() => shown);
  }
}
