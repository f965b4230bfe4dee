/**
 * A worker of searches over many machines: `gradbook worker`. Looks at the board for searches of its project, takes their trials
 * one by one, earlier searches first, and runs them in processes of its own.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Job, Worker } from "bullmq";
import { expectNumbers } from "../expect-numbers.js";
import { Board, defaultQueue, type Notice, type QueuedTask } from "./board.js";
import { lostLimit, type Session } from "./executor.js";
import { taskOf } from "./foreign.js";
import { projectRoot } from "./project.js";
import { type Connection, connect } from "./redis.js";
import type { Outcome, Report } from "./trial.js";
import { CannotRun, checkCode, type TrialCode } from "./trial-code.js";
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

/** How often a worker looks at the board, and asks whether a search has given up on a trial, in ms. */
const lookMs = 500;

/** How long a search that was refused is left alone, and a trial of it left to others, in ms. */
const refusedMs = 10_000;
const delayMs = 1000;

/** Works until `signal`, for the project in the working directory. What it cannot run it leaves to others, and says so. */
export async function work({ url, queue = defaultQueue, signal, ...options }: WorkerOptions): Promise<void> {
  expectNumbers("worker", "above 0", { lostAfter: options.lostAfter });
  const pool = workers({ count: options.count }).open();
  const connection = await connect(url);
  const worker = new SearchWorker(connection, new Board(connection, queue), pool, options);
  await worker.look();
  options.log(`waiting for trials of ${worker.root} at ${connection.shown}, ${options.count} at a time; Ctrl+C ends`);
  await worker.work(signal);
  await pool.close();
  connection.redis.disconnect();
}

type Own = Pick<WorkerOptions, "count" | "lostAfter" | "log">;

/** The way to the trials of one search. */
interface Served {
  queue: Worker<QueuedTask, Outcome>;
  /** How many of its trials run here. */
  running: number;
}

class SearchWorker {
  readonly root = projectRoot(process.cwd());
  readonly #connection: Connection;
  readonly #board: Board;
  readonly #pool: Session;
  readonly #options: Own;
  /** The searches that are wanted, earlier ones first. */
  #wanted: [id: string, notice: Notice][] = [];
  readonly #served = new Map<string, Served>();
  /** When a search that was refused is looked at again. */
  readonly #refused = new Map<string, number>();
  readonly #running = new Set<Promise<unknown>>();
  readonly #said = new Set<string>();
  #tidied = Number.NEGATIVE_INFINITY;

  constructor(connection: Connection, board: Board, pool: Session, options: Own) {
    this.#connection = connection;
    this.#board = board;
    this.#pool = pool;
    this.#options = options;
  }

  /** Takes trials until `signal`; then waits for those under way. */
  async work(signal: AbortSignal): Promise<void> {
    const { report } = this.#connection;
    const looking = setInterval(() => this.look().catch(report), lookMs);
    const ending = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    while (!signal.aborted) {
      const isFull = this.#running.size >= this.#options.count;
      if (!isFull && (await this.#next().catch(report))) continue;
      const next = isFull ? [] : [pause(lookMs, undefined, { ref: false })];
      await Promise.race([ending, ...this.#running, ...next]);
    }
    await Promise.all(this.#running);
    clearInterval(looking);
    await Promise.all(Array.from(this.#served.values(), ({ queue }) => queue.close()));
  }

  /** Looks at the board: which searches are wanted, and what has to be taken away. */
  async look(): Promise<void> {
    await this.#board.attend();
    if (performance.now() - this.#tidied > this.#options.lostAfter * 1000) {
      this.#tidied = performance.now();
      await this.#board.tidy(this.#options.log);
    }
    this.#wanted = await this.#board.wanted();
    const ids = new Set(this.#wanted.map(([id]) => id));
    for (const [id, { queue, running }] of this.#served) {
      if (ids.has(id) || running > 0) continue;
      this.#served.delete(id);
      await queue.close();
    }
  }

  /** Begins with the next trial there is. Gives whether there was one. */
  async #next(): Promise<boolean> {
    for (const [id, { code }] of this.#wanted) {
      if (!(await this.#takes(id, code))) continue;
      const served = this.#served.get(id) ?? this.#serve(id, code);
      served.running += 1; // So that it is not closed meanwhile.
      const job = await served.queue.getNextJob(randomUUID(), { block: false }).catch(this.#connection.report);
      if (!job) {
        served.running -= 1;
        continue;
      }
      const run = served.queue.processJob(job, job.token!, () => false).catch(this.#connection.report);
      this.#running.add(run);
      run.finally(() => {
        served.running -= 1;
        this.#running.delete(run);
      });
      return true;
    }
    return false;
  }

  /** Whether this project has the code of a search; looked at once, and again some time after it had not. */
  async #takes(id: string, code: TrialCode): Promise<boolean> {
    if (this.#served.has(id) && !this.#refused.has(id)) return true;
    if ((this.#refused.get(id) ?? 0) > performance.now()) return false;
    try {
      await checkCode(code, this.root);
      this.#refused.delete(id);
      return true;
    } catch (error) {
      await this.#refuse(id, error as Error);
      return false;
    }
  }

  async #refuse(id: string, { message }: Error): Promise<void> {
    this.#refused.set(id, performance.now() + refusedMs);
    if (!this.#said.has(message)) this.#options.log(`left to others: ${message}`);
    this.#said.add(message);
    await this.#board.refuse(id, message);
  }

  #serve(id: string, code: TrialCode): Served {
    const { bullmq, redis, report } = this.#connection;
    const lockMs = this.#options.lostAfter * 1000;
    const queue: Served["queue"] = new bullmq.Worker(id, (job, token) => this.#run(id, code, queue, job, token!), {
      ...{ connection: redis, prefix: this.#board.prefix, autorun: false },
      ...{ lockDuration: lockMs, stalledInterval: lockMs, maxStalledCount: lostLimit },
    });
    queue.on("error", report);
    queue.startStalledCheckTimer().catch(report);
    const served = { queue, running: 0 };
    this.#served.set(id, served);
    return served;
  }

  /** Runs one trial, which nobody else gets as long as its lock is renewed. */
  async #run(
    id: string,
    code: TrialCode,
    queue: Served["queue"],
    job: Job<QueuedTask, Outcome>,
    token: string,
  ): Promise<Outcome> {
    const { bullmq, report } = this.#connection;
    const lockMs = this.#options.lostAfter * 1000;
    const stop = new AbortController();
    const ask = async () => {
      const now = await bullmq.Job.fromId<QueuedTask>(queue, job.id!);
      if (now?.data.stopped) stop.abort();
    };
    const renew = () => queue.extendJobLocks([job.id!], [token], lockMs);
    const timers = [setInterval(() => renew().catch(report), lockMs / 2)];
    const onRung = (reports: Report[]) => void job.updateProgress(reports).then(ask).catch(report);
    try {
      const task = taskOf(job.data);
      if (!isDeepStrictEqual(task.code, code)) {
        throw new RangeError(`expected the code of the search, ${code.path}, received ${task.code.path}`);
      }
      if (task.rungs.length > 0) timers.push(setInterval(() => ask().catch(report), lookMs));
      const outcome = await this.#pool.run(task, { root: this.root, onRung, signal: stop.signal });
      this.#options.log(`${task.search} ${task.trial.number}: ${outcome.status} after ${outcome.seconds.toFixed(1)} s`);
      return outcome;
    } catch (error) {
      if (!(error instanceof CannotRun)) {
        this.#options.log(`${job.name}: ${(error as Error).message}`);
        throw error; // It fails with this reason.
      }
      await this.#refuse(id, error);
      await job.moveToDelayed(Date.now() + delayMs, token);
      throw new bullmq.DelayedError();
    } finally {
      for (const timer of timers) clearInterval(timer);
    }
  }
}
