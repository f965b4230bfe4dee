/**
 * The file of a search, from which it goes on after a crash: JSON Lines, the search itself first, then each trial's outcome as
 * it comes. A line that a killed process left half written is cut off; of two lines for one trial the first counts.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { writeFileWhole } from "../write-file.js";
import { outcomeOf } from "./foreign.js";
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
    if (!existsSync(this.#file)) {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileWhole(this.#file, `${JSON.stringify(definition)}\n`);
      return;
    }
    const text = readFileSync(this.#file, "utf8");
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const [first = "", ...lines] = whole.split("\n").slice(0, -1);
    this.#check(definition, first);
    for (const [i, line] of lines.entries()) {
      const [number, outcome] = this.#parse(line, i + 2, trialOf);
      if (!this.outcomes.has(number)) this.outcomes.set(number, outcome);
    }
    if (whole !== text) writeFileWhole(this.#file, whole);
  }

  /** Keeps the outcome of a trial that has none yet. @throws Error when it cannot be written; the file is then as it was. */
  append(trial: number, outcome: Outcome): void {
    if (this.outcomes.has(trial)) return;
    const { size } = statSync(this.#file);
    try {
      appendFileSync(this.#file, `${JSON.stringify([trial, outcome])}\n`);
    } catch (error) {
      truncateSync(this.#file, size); // Else the next line would go on in the middle of this one.
      throw error;
    }
    this.outcomes.set(trial, outcome);
  }

  #parse<T>(line: string, number: number, read: (value: unknown) => T): T {
    try {
      return read(JSON.parse(line));
    } catch (cause) {
      const what = cause instanceof RangeError ? cause.message : `expected JSON, received ${line.slice(0, 40)}`;
      throw new Error(`${this.#file}, line ${number}: ${what}: name another file.`, { cause });
    }
  }

  #check(definition: Definition, first: string): void {
    const had = this.#parse(first, 1, (value) => Object(value) as Definition);
    const differing = [...new Set([...Object.keys(definition), ...Object.keys(had)])].filter(
      (key) => JSON.stringify(definition[key]) !== JSON.stringify(had[key]),
    );
    if (differing.length === 0) return;
    throw new Error(
      `${this.#file}: expected the file of this search, received one with a different ${differing.join(", ")}: name another file, or delete this one to begin anew.`,
    );
  }
}

function trialOf(value: unknown): [number: number, outcome: Outcome] {
  const [number, outcome, ...more] = Array.isArray(value) ? value : [];
  if (Number.isSafeInteger(number) && number >= 0 && outcome !== undefined && more.length === 0) {
    return [number, outcomeOf(outcome)];
  }
  throw new RangeError(`expected [number, outcome] of a trial, received ${JSON.stringify(value).slice(0, 40)}`);
}
