/**
 * Rungs: gives up on trials that are behind, by asynchronous successive halving (ASHA; Li et al. 2020, "A System for Massively
 * Parallel Hyperparameter Tuning", in the form that stops trials instead of pausing them).
 *
 * At each rung, a number of steps, a trial goes on when it is among the best of those that came so far: of m losses seen at
 * the rung, its own included, it has to be one of the max(1, ⌊m / reduction⌋) smallest.
 *
 * "So far" means: of the trials with smaller numbers, not of those that were faster. So the outcome depends on neither the
 * executor nor the number of workers. Nobody waits for that: a trial trains on while trials before it are on their way to the
 * rung, and is stopped later, when it turns out to be behind; what it did meanwhile does not count.
 */
import { expectNumbers } from "../lib/checks/expect-numbers.js";
import type { Report } from "./trial.js";

/** When a search gives up on trials. */
export interface Pruning {
  /** Numbers of steps at which trials are compared, ascending. */
  rungs: readonly number[];
  /** One in so many goes on at each rung. Default 3. */
  reduction?: number;
}

/** @throws RangeError for rungs that are not ascending whole numbers, and a reduction of 1 or less. */
export function checkPruning(where: string, { rungs, reduction = 3 }: Pruning): void {
  if (rungs.length === 0 || !rungs.every((rung, i) => Number.isInteger(rung) && rung > (rungs[i - 1] ?? 0))) {
    throw new RangeError(`${where}: expected rungs that are whole numbers, ascending, received [${rungs}].`);
  }
  if (!(reduction > 1)) throw new RangeError(`${where}: expected a reduction above 1, received ${reduction}.`);
  expectNumbers(where, "above 0", { reduction });
}

/** Decides, for trials 0, 1, 2, …, at which report the search gives up on each. */
export class Rungs {
  readonly #pruning: Pruning;
  readonly #reports: (readonly Report[])[] = [];
  readonly #ended: boolean[] = [];
  readonly #stopped = new Map<number, Report>();
  /** For each rung, the losses seen, and the first trial about which nothing is decided there. */
  readonly #ladder: { rung: number; losses: number[]; next: number }[];

  constructor(pruning: Pruning = { rungs: [] }) {
    this.#pruning = pruning;
    this.#ladder = pruning.rungs.map((rung) => ({ rung, losses: [], next: 0 }));
  }

  /** The report at which the search gave up on this trial, if it has. */
  stoppedAt(trial: number): Report | undefined {
    return this.#stopped.get(trial);
  }

  /** Notes the reports of a trial so far; `ended` when there will be no more. Gives the trials that are now given up. */
  note(trial: number, reports: readonly Report[], ended: boolean): number[] {
    this.#reports[trial] = reports;
    this.#ended[trial] = ended;
    return this.#ladder.flatMap((_, level) => this.#decide(level));
  }

  /** Goes on at one rung, trial after trial, up to the first of which too little is known. */
  #decide(level: number): number[] {
    const { reduction = 3 } = this.#pruning;
    const here = this.#ladder[level]!;
    const below = this.#ladder[level - 1];
    const given: number[] = [];
    for (; here.next < (below?.next ?? this.#reports.length); here.next++) {
      const trial = here.next;
      if (this.#stopped.has(trial)) continue;
      const report = this.#reports[trial]?.find(([step]) => step >= here.rung);
      if (report === undefined) {
        if (this.#ended[trial]) continue;
        break;
      }
      const [, loss] = report;
      here.losses.push(loss);
      const rank = here.losses.filter((other) => other < loss).length;
      if (rank < Math.max(1, Math.floor(here.losses.length / reduction))) continue;
      this.#stopped.set(trial, report);
      given.push(trial);
    }
    return given;
  }
}
