/** Trial: one choice of hyperparameters, tried out. Runs the function of a trial in this process. */
import { setImmediate } from "node:timers/promises";
import { Random, restoreSeed, seed, seedState } from "../random.js";
import type { Hyperparameters } from "./space.js";
import { loadCode, type TrialCode } from "./trial-code.js";

/** Plain data: any process with the same project can run it. */
export interface Trial {
  /** 0, 1, 2, … in the order in which the search made them. */
  number: number;
  parameters: Hyperparameters;
  /** Of all randomness in the trial; from the search's seed and the number. */
  seed: number;
}

/** A loss on validation data after so many steps or epochs: [step, loss]. */
export type Report = [step: number, loss: number];

/** What the function of a trial is given besides the hyperparameters. */
export interface TrialContext extends Omit<Trial, "parameters"> {
  /** A stream from `seed`. (`seed` of the library is called with the same number before the trial.) */
  random: Random;
  /**
   * Tells the validation loss after so many steps (a whole number, larger each time), in the middle of the trial. Await it: it
   * rejects, which ends the trial, when the search has given up on it, and for a loss that is not a finite number.
   */
  report(step: number, loss: number): Promise<void>;
}

/** What an executor is handed: a trial, its function, and how it may end early. Plain data. */
export interface Task {
  /** The name of the search. */
  search: string;
  trial: Trial;
  code: TrialCode;
  /** How many times it was tried before. */
  attempt: number;
  /** Steps whose reports the search wants to hear of while the trial runs, ascending. */
  rungs: number[];
  /** Seconds after which the trial is ended. */
  timeLimit?: number;
}

/** How a run of a trial ended. Plain data. `stopped`: the search had given up on it. */
export type Outcome = { reports: Report[]; seconds: number } & (
  | { status: "done"; loss: number; metrics: Record<string, number> }
  | { status: "failed"; reason: string }
  | { status: "stopped" }
);

/** What a run that is watched does and hears. */
export interface Watch {
  /** The folder of the project; see `trial-code.ts`. */
  root: string;
  /** Told all reports so far, whenever one has reached the next rung. */
  onRung(reports: Report[]): void;
  /** Aborted when the search has given up on the trial. */
  signal: AbortSignal;
}

/**
 * Runs a trial here. Its function gets the hyperparameters and a `TrialContext` and returns its loss, or an object with `loss`
 * and further numbers. What it throws is an outcome like others.
 * @throws CannotRun when this process cannot run it; see `trial-code.ts`.
 */
export async function runTrial({ trial, code, rungs }: Task, { root, onRung, signal }: Watch): Promise<Outcome> {
  const { parameters, ...rest } = trial;
  const run = await loadCode(code, root);
  const reports: Report[] = [];
  let wrong: Error | undefined;
  const report = async (step: number, loss: number) => {
    const last = reports.at(-1)?.[0] ?? 0;
    if (!Number.isSafeInteger(step) || step <= last) {
      wrong ??= new RangeError(`report: expected a whole number of steps above ${last}, received ${step}.`);
    } else if (!Number.isFinite(loss)) {
      wrong ??= new RangeError(`report: expected a finite loss, received ${loss} at step ${step}.`);
    }
    if (wrong) throw wrong;
    reports.push([step, loss]);
    if (rungs.some((rung) => last < rung && rung <= step)) onRung(reports);
    await setImmediate(); // The news that the search has given up may be waiting.
    if (signal.aborted) throw new Error("The search has given up on this trial.");
  };
  const reportSafely = (step: number, loss: number) => {
    const told = report(step, loss);
    told.catch(() => {}); // Where the function does not await it, `wrong` remembers.
    return told;
  };
  const outer = seedState();
  const begin = performance.now();
  const end = () => ({ reports, seconds: (performance.now() - begin) / 1000 });
  seed(trial.seed);
  try {
    const returned = await run({ ...parameters }, { ...rest, random: new Random(trial.seed), report: reportSafely });
    if (wrong) throw wrong;
    return { status: "done", ...numbersOf(returned), ...end() };
  } catch (error) {
    if (signal.aborted) return { status: "stopped", ...end() };
    return { status: "failed", reason: error instanceof Error ? error.message : String(error), ...end() };
  } finally {
    restoreSeed(outer);
  }
}

function numbersOf(returned: unknown): { loss: number; metrics: Record<string, number> } {
  const numbers = typeof returned === "number" ? { loss: returned } : Object(returned);
  if (!("loss" in numbers)) {
    throw new TypeError(`Trial: expected a loss, or an object with one, to be returned, received ${String(returned)}.`);
  }
  for (const [name, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value)) throw new RangeError(`Trial: expected a finite ${name}, received ${String(value)}.`);
  }
  const { loss, ...metrics } = numbers as { loss: number };
  return { loss, metrics };
}
