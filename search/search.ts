/**
 * Search: tries a function with many hyperparameters. What is tried is fixed by the space and the seed alone, trial by trial; how
 * the trials are run is the executor's affair, and what is left of them is the same table.
 */
import { createHash } from "node:crypto";
import { Random } from "gradbook-engine/random";
import { expectGiven, expectNumbers } from "../lib/checks/expect-numbers.js";
import { expectOptions } from "../lib/checks/expect-options.js";
import { checkInterrupt } from "../lib/training/run.js";
import type { Executor, Session } from "./executor.js";
import { Live } from "./live.js";
import { SearchResults } from "./results.js";
import { ResultsFile } from "./results-file.js";
import { checkPruning, type Pruning, Rungs } from "./rungs.js";
import { checkSpace, draw, grid, most, type Space } from "./space.js";
import type { Outcome, Report, Task, Trial, TrialResult } from "./trial.js";
import { describeCode } from "./trial-code.js";
import { workers } from "./workers.js";

/** The executor of searches that name none. */
const standard = workers();

/** The names of the options, first those that are required. */
const known = [
  ...(["module", "export", "space", "trials", "seed"] as const),
  ...(["executor", "name", "file", "pruning", "timeLimit", "retries", "progress", "plot", "signal"] as const),
];
const example = 'search({ module: "trials.ts", export: "train", space, trials: 100, seed: 0 })';

/** What to try, and how. */
export interface SearchOptions {
  /** The module of the trial function, JavaScript or TypeScript: a path, or a URL such as `new URL("./trials.ts", import.meta.url)`. */
  module: string | URL;
  /** The name under which the module exports it: `(parameters, context: TrialContext) => loss`. */
  export: string;
  space: Space;
  /** How many random trials, or "grid": every combination of the choices and of the `points` of the ranges. */
  trials: number | "grid";
  /** An integer; fixes the hyperparameters and the seed of every trial. */
  seed: number;
  /** Where the trials run. Default `workers()`: processes of this machine, one for each core. */
  executor?: Executor;
  /** What the search is called where it is shown and, with `bullmq`, found again. Default the name of the function. */
  name?: string;
  /** A file to keep the outcomes in, from which the same search goes on when it was ended. Default none. */
  file?: string;
  /** Gives up early on trials that are behind. Default: every trial runs to its end. */
  pruning?: Pruning;
  /** Seconds after which a trial is ended and counts as failed. Default none. */
  timeLimit?: number;
  /** How many more times a failed trial is tried. Default 0: what fails for its hyperparameters would fail again. */
  retries?: number;
  /** Shows a line with the progress. Default true. */
  progress?: boolean;
  /** Shows the figure of the results while they come, in a Gradbook notebook. Default false. */
  plot?: boolean;
  /** Leaves the search when aborted, as interrupting a notebook's cell does. */
  signal?: AbortSignal;
}

/**
 * Runs trials and returns their table. Each trial ends in it exactly once: done, pruned, or failed with a reason. The same seed
 * gives the same table, to the last digit on the same engine, with every executor and any number of workers (a time limit
 * aside, which looks at the clock).
 *
 * A trial function is given its hyperparameters and a `TrialContext`; it returns its validation loss, or an object with `loss`
 * and other numbers. K-fold cross-validation is a search whose `space` has the folds: `{ fold: [0, 1, 2, 3, 4] }`, trials "grid".
 *
 * An error or an interrupt leaves the search where it is; the same call takes the outcomes there are from its `file`, or with
 * `bullmq` from the queue, and goes on, with more trials if `trials` is raised.
 * @throws RangeError or TypeError for options that make no sense; Error when the function cannot be run, or on `signal`
 *
 * @example
 * ```ts
 * import { writeFileSync } from "node:fs";
 * import { inProcess, search } from "gradbook";
 *
 * // In a project this module trains a network with its hyperparameters and returns its validation loss.
 * writeFileSync("trial.mjs", "export const trial = ({ rate }) => Math.log10(rate / 0.01) ** 2;");
 * const space = { rate: { low: 1e-4, high: 1, log: true } };
 * const trial = { module: "trial.mjs", export: "trial" };
 * const results = await search({ ...trial, space, trials: 50, seed: 0, executor: inProcess(), progress: false });
 * console.log(Number(results.best.parameters.rate) / 0.01 < 2); // true
 * ```
 */
export async function search(options: SearchOptions): Promise<SearchResults> {
  const required = known.slice(0, 5).map((option) => [option, expectOptions("search", options, known)[option]]);
  expectGiven("search", example, Object.fromEntries(required));
  const { space, executor = standard, name = options.export, pruning, timeLimit, retries = 0, signal } = options;
  if (!/^\w[\w. -]*$/.test(name) || name.length > most.name) {
    throw new RangeError(
      `search: expected a name of at most ${most.name} letters, digits, spaces and . _ -, received ${JSON.stringify(name)}.`,
    );
  }
  checkSpace("search", space);
  if (pruning) checkPruning("search", pruning);
  expectNumbers("search", "above 0", { timeLimit });
  expectNumbers("search", "at least 0", { retries });
  const { code, root } = await describeCode(options.module, options.export);
  const trials = makeTrials(options);
  const { trials: count, seed } = options;
  const definition = {
    name,
    code,
    space,
    seed,
    trials: count === "grid" ? "grid" : "random",
    pruning: pruning ?? null,
  };
  const id = createHash("sha256")
    .update(JSON.stringify({ ...definition, timeLimit }))
    .digest("hex")
    .slice(0, 16);
  const file = options.file === undefined ? undefined : new ResultsFile(options.file, definition);

  const outcomes: (Outcome | undefined)[] = trials.map(({ number }) => file?.outcomes.get(number));
  const stops = trials.map(() => new AbortController());
  const rungs = new Rungs(pruning);
  const note = (number: number, reports: Report[], ended: boolean) => {
    for (const behind of rungs.note(number, reports, ended)) stops[behind]!.abort();
  };
  const results = () =>
    new SearchResults(
      name,
      space,
      trials.flatMap((trial) => {
        const outcome = outcomes[trial.number];
        return outcome ? [resultOf(trial, outcome, rungs.stoppedAt(trial.number))] : [];
      }),
    );
  const live = new Live(name, trials.length, options);
  const tryOut = async (trial: Trial, session: Session) => {
    const stop = stops[trial.number]!.signal;
    const task: Task = { search: name, trial, code, attempt: 0, rungs: [...(pruning?.rungs ?? [])], timeLimit };
    const onRung = (reports: Report[]) => note(trial.number, reports, false);
    for (; ; task.attempt++) {
      const outcome = await session.run(task, { root, onRung, signal: stop });
      if (outcome.status === "failed" && task.attempt < retries && !stop.aborted) continue;
      outcomes[trial.number] = outcome;
      file?.append(trial.number, outcome);
      note(trial.number, outcome.reports, true);
      return live.update(results());
    }
  };

  const left = trials.filter(({ number }) => outcomes[number] === undefined);
  outcomes.forEach((outcome, number) => {
    if (outcome) note(number, outcome.reports, true);
  });
  let over = false;
  const lane = async (session: Session) => {
    for (let trial = left.shift(); trial && !over; trial = left.shift()) await tryOut(trial, session);
  };
  let session: Session | undefined;
  try {
    if (left.length > 0) {
      const opened = await executor.open({ id, name, code, timeLimit });
      session = opened;
      const lanes = Array.from({ length: Math.min(executor.parallel, left.length) }, () => lane(opened));
      await untilLeft(Promise.all(lanes), signal);
    }
    const found = results();
    await live.end(found);
    return found;
  } finally {
    over = true;
    live.leave();
    await session?.close();
  }
}

function makeTrials({ space, trials, seed }: SearchOptions): Trial[] {
  if (trials !== "grid") expectNumbers("search", "to be a positive integer", { trials });
  const combinations = trials === "grid" ? grid(space) : undefined;
  return Array.from({ length: combinations?.length ?? Number(trials) }, (_, number) => {
    const random = new Random(seed).split(`trial ${number}`);
    const parameters = combinations?.[number] ?? draw(space, random.split("hyperparameters"));
    return { number, parameters, seed: random.seed };
  });
}

/** The value of `work`, unless the search is left before. */
async function untilLeft<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const leaving = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      try {
        checkInterrupt();
        signal?.throwIfAborted();
      } catch (error) {
        reject(error);
      }
    }, 100);
  });
  try {
    return await Promise.race([work, leaving]);
  } finally {
    clearInterval(timer);
  }
}

function resultOf(trial: Trial, outcome: Outcome, stopped: Report | undefined): TrialResult {
  const reports = outcome.reports.filter(([step]) => step <= (stopped?.[0] ?? step));
  const common = { ...trial, metrics: {}, reason: "", reports };
  if (stopped) return { ...common, status: "pruned", loss: stopped[1] };
  if (outcome.status === "done") return { ...common, status: "done", loss: outcome.loss, metrics: outcome.metrics };
  const reason = outcome.status === "failed" ? outcome.reason : "it was stopped";
  return { ...common, status: "failed", loss: Number.NaN, reason };
}
