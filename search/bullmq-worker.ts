/** A worker of searches over many machines: `gradbook worker`. Takes trials from the queue and runs them in processes of its own. */
import type { Job, Worker } from "bullmq";
import { defaultQueue, type QueuedTask, type QueueProgress } from "./bullmq.js";
import { lostLimit } from "./executor.js";
import { connect } from "./redis.js";
import type { Outcome, Report } from "./trial.js";
import { CannotRun, projectRoot } from "./trial-code.js";
import { workers } from "./workers.js";

/** How a worker works. */
export interface WorkerOptions {
  url: string;
  queue?: string;
  /** Trials at a time, each in a process of its own. */
  count: number;
  /** Seconds of silence after which the others take this worker for lost and give its trials to another. */
  lostAfter: number;
  /** Ends the worker when its trials are done. */
  signal: AbortSignal;
  /** Told in a line what happens. */
  log(text: string): void;
}

/** How often a worker asks whether the search has given up on a trial, in ms. */
const askMs = 500;

/**
 * Works until `signal`, for the project in the working directory.
 * @throws CannotRun when it was handed a trial of another project or another version: the trial goes back into the queue.
 */
export async function work({ url, queue = defaultQueue, count, lostAfter, signal, log }: WorkerOptions): Promise<void> {
  const { bullmq, options, shown, report } = await connect(url);
  const root = projectRoot(process.cwd());
  const pool = workers({ count });
  let refusal: CannotRun | undefined;

  const run = async (job: Job<QueuedTask, Outcome>, token?: string): Promise<Outcome> => {
    const stop = new AbortController();
    const ask = async () => {
      const now = await bullmq.Job.fromId<QueuedTask>(worker, job.id!);
      if (now?.data.stopped) stop.abort();
    };
    const timer = job.data.rungs.length > 0 ? setInterval(() => ask().catch(report), askMs) : undefined;
    const tell = (progress: QueueProgress) => job.updateProgress(progress);
    const onRung = (rung: Report[]) => void tell({ rung }).then(ask).catch(report);
    try {
      const outcome = await pool.run(job.data, { root, onRung, signal: stop.signal });
      log(`${job.name} ${job.data.trial.number}: ${outcome.status} after ${outcome.seconds.toFixed(1)} s`);
      return outcome;
    } catch (error) {
      if (!(error instanceof CannotRun)) throw error;
      refusal = error;
      await tell({ refused: error.message });
      await job.moveToWait(token);
      over.abort();
      throw new bullmq.WaitingError();
    } finally {
      clearInterval(timer);
    }
  };

  const over = new AbortController();
  const worker: Worker<QueuedTask, Outcome> = new bullmq.Worker(queue, run, {
    connection: options,
    concurrency: count,
    lockDuration: lostAfter * 1000,
    stalledInterval: lostAfter * 1000,
    maxStalledCount: lostLimit,
  });
  worker.on("error", report);
  await worker.waitUntilReady();
  log(`waiting for trials of ${root} at ${shown}, ${count} at a time; Ctrl+C ends`);
  await new Promise<void>((resolve) => {
    for (const each of [signal, over.signal]) each.addEventListener("abort", () => resolve());
  });
  await worker.close();
  await pool.close();
  if (refusal) throw refusal;
}
