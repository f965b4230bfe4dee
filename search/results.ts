/** The table of a search: each trial once, as a result, as given up, or as a failure with its reason. */

import type { Figure } from "gradbook-plot";
import type { DataFrame } from "../lib/preprocessing/data-frame.js";
import { frameOf } from "../lib/preprocessing/frame.js";
import { resultsFigure } from "./results-figure.js";
import type { HyperparameterValue, Space } from "./space.js";
import type { TrialResult } from "./trial.js";

/** A row of the table. */
export type ResultRow = Record<string, HyperparameterValue>;

const display: unique symbol = Symbol.for("Jupyter.display");

/** How many trials a notebook shows. */
const shownRows = 10;

/** What a search found. */
export class SearchResults {
  constructor(
    readonly name: string,
    readonly space: Space,
    /** In the order of their numbers. */
    readonly trials: readonly TrialResult[],
  ) {}

  /** The trials with a result, the smallest loss first; of equals the first. */
  get ranked(): TrialResult[] {
    return this.trials.filter(({ status }) => status === "done").sort((a, b) => a.loss - b.loss);
  }

  /** The trial with the smallest loss. @throws RangeError when no trial has a result. */
  get best(): TrialResult {
    const [best] = this.ranked;
    if (best) return best;
    const reason = this.trials.find(({ status }) => status === "failed")?.reason;
    throw new RangeError(
      `${this.name}: expected a trial with a result, received none of ${this.trials.length}${reason ? `; the first failed because ${reason}` : ""}.`,
    );
  }

  /** A row for each trial, in the order of their numbers: the same for the same seed, wherever the trials ran. */
  get table(): ResultRow[] {
    const metrics = [...new Set(this.trials.flatMap((trial) => Object.keys(trial.metrics)))];
    return this.trials.map((trial) => ({
      number: trial.number,
      ...trial.parameters,
      status: trial.status,
      loss: trial.loss,
      ...Object.fromEntries(metrics.map((name) => [name, trial.metrics[name] ?? Number.NaN])),
      steps: trial.reports.at(-1)?.[0] ?? 0,
      reason: trial.reason,
    }));
  }

  /** The results as a table, truth values as text. */
  toFrame(): DataFrame {
    const rows = this.table;
    return frameOf(
      Object.keys(rows[0]!).map((name) => {
        const values = rows.map((row) => row[name]!);
        return values.every((value) => typeof value === "number")
          ? { name, type: "number", values: Float64Array.from(values) }
          : { name, type: "string", values: values.map(String) };
      }),
    );
  }

  /** The loss of each trial over each hyperparameter. */
  figure(): Figure {
    return resultsFigure(this);
  }

  /** How many trials ended in which way: "60 trials: 40 done, 18 pruned, 2 failed". */
  get summary(): string {
    const count = (status: TrialResult["status"]) => this.trials.filter((trial) => trial.status === status).length;
    const parts = (["done", "pruned", "failed"] as const).filter((status) => count(status) > 0);
    return `${this.trials.length} trials: ${parts.map((status) => `${count(status)} ${status}`).join(", ")}`;
  }

  /** What a notebook shows: the best trials, the summary, and the reason of the first failure. */
  [display](): Record<string, string> {
    const best = this.ranked.slice(0, shownRows).map(({ number }) => this.table[number]!);
    const columns = Object.keys(this.table[0]!).filter((name) => name !== "reason" && name !== "status");
    const cell = (value: HyperparameterValue) =>
      typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(4) : String(value);
    const lines = best.map((row) => columns.map((name) => cell(row[name]!)));
    const failure = this.trials.find(({ status }) => status === "failed");
    const note = failure ? `${this.summary} (trial ${failure.number}: ${failure.reason})` : this.summary;
    const escaped = (text: string) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
    const tr = (cells: string[], tag: string) =>
      `<tr>${cells.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join("")}</tr>`;
    const widths = columns.map((name, j) => Math.max(name.length, ...lines.map((line) => line[j]!.length)));
    const text = [columns, ...lines].map((line) => line.map((word, j) => word.padStart(widths[j]!)).join("  "));
    return {
      "text/html": `<table>\n<thead>${tr(columns, "th")}</thead>\n<tbody>\n${lines.map((line) => tr(line, "td")).join("\n")}\n</tbody>\n</table>\n<p>${escaped(note)}</p>`,
      "text/plain": [...text, note].join("\n"),
    };
  }
}
