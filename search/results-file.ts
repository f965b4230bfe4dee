/**
 * The file of a search, from which it goes on after a crash: JSON Lines, the search itself first, then each trial's outcome as
 * it comes. A line that a killed process left half written is cut off; of two lines for one trial the first counts.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { writeFileWhole } from "../lib/persistence/write-file.js";
import type { Outcome } from "./trial.js";

/** What makes a search the same one. */
export type Definition = Record<string, unknown>;

export class ResultsFile {
  readonly #file: string;
  /** What the file holds, by the number of the trial. */
  readonly outcomes = new Map<number, Outcome>();

  /**
   * Opens the file of a search, or begins it.
   * @throws Error when it is the file of another search, or none at all.
   */
  constructor(file: string, definition: Definition) {
    this.#file = resolve(file);
    const header = JSON.stringify(definition);
    if (!existsSync(this.#file)) {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileWhole(this.#file, `${header}\n`);
      return;
    }
    const text = readFileSync(this.#file, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const [first = "", ...lines] = whole.split("\n").slice(0, -1);
    if (first !== header) this.#refuse(definition, first);
    for (const [i, line] of lines.entries()) {
      const [number, outcome] = this.#parse(line, i + 2) as [number, Outcome];
      if (!this.outcomes.has(number)) this.outcomes.set(number, outcome);
    }
    if (whole !== text) writeFileWhole(this.#file, whole);
  }

  append(trial: number, outcome: Outcome): void {
    if (this.outcomes.has(trial)) return;
    this.outcomes.set(trial, outcome);
    appendFileSync(this.#file, `${JSON.stringify([trial, outcome])}\n`);
  }

  #parse(line: string, number: number): unknown {
    try {
      return JSON.parse(line);
    } catch (cause) {
      throw new Error(
        `${this.#file}, line ${number}: expected the outcome of a trial, received ${line.slice(0, 40)}: name another file.`,
        { cause },
      );
    }
  }

  #refuse(definition: Definition, first: string): never {
    const had = this.#parse(first, 1) as Definition | null;
    const differing = Object.keys(definition).filter(
      (key) => JSON.stringify(definition[key]) !== JSON.stringify(had?.[key]),
    );
    throw new Error(
      `${this.#file}: expected the file of this search, received one with a different ${differing.join(", ")}: name another file, or delete this one to begin anew.`,
    );
  }
}
