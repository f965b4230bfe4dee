/** Executor: where trials run. The search makes the trials and the table; an executor only runs what it is handed. */
import { type Outcome, runTrial, type Task, type Watch } from "./trial.js";
import type { TrialCode } from "./trial-code.js";

/** What an executor is told of a search. Plain data. */
export interface SearchToRun {
  /** The same for every call of the same search, other for another one: from its definition. */
  id: string;
  name: string;
  code: TrialCode;
  /** Seconds after which a trial is ended. */
  timeLimit?: number;
}

/** Runs trials somewhere: `inProcess()`, `workers()`, `bullmq({ url })`; any number of searches at a time. */
export interface Executor {
  /** How many trials of a search it takes at a time. */
  readonly parallel: number;
  /** Begins with a search. @throws Error for one that it cannot serve. */
  open(search: SearchToRun): Promise<Session> | Session;
}

/** What an executor does for one search. */
export interface Session {
  /**
   * Runs one trial to its end. When the process that runs it is lost, another one gets it, up to `lostLimit` times.
   * Rejects only where no trial of the search could run; whatever else goes wrong is an outcome.
   */
  run(task: Task, watch: Watch): Promise<Outcome>;
  /** After the search: gives up what is left of it, and frees what it holds, at once or a little later. */
  close(): Promise<void>;
}

/** How many more times a trial is run whose process was lost (killed, crashed, silent): the reason may lie outside. */
export const lostLimit = 2;

/** The outcome of a trial whose process was lost time after time. */
export const lost = (how: string): Outcome => ({
  status: "failed",
  reason: `its process was lost ${lostLimit + 1} times, the last time because it ${how}`,
  reports: [],
  seconds: 0,
});

/**
 * Runs the trials in this process, one after the other: no start-up, and a debugger sees them. Refuses a `timeLimit`, since
 * nothing can end a trial here that does not end itself.
 */
export function inProcess(): Executor {
  return {
    parallel: 1,
    open({ timeLimit }) {
      if (timeLimit === undefined) return { run: runTrial, close: async () => {} };
      throw new RangeError(
        `inProcess: expected no timeLimit, received ${timeLimit}: only another process can be ended, take workers().`,
      );
    },
  };
}
