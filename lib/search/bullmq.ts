/**
 * Trials on as many machines as there are, through BullMQ (https://docs.bullmq.io), a queue in Redis. This is the side of the
 * search; `bullmq-worker.ts` is the other, `board.ts` what they share. What goes through the queue are names and numbers, never
 * code.
 */
import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Job, QueueEvents } from "bullmq";
import { expectNumbers } from "../expect-numbers.js";
import { Board, defaultQueue, type Notice, type QueuedTask, type TrialQueue } from "./board.js";
import { type Executor, lost, type SearchToRun, type Session } from "./executor.js";
import { outcomeOf, reportsOf, taskOf } from "./foreign.js";
import { type Connection, connect } from "./redis.js";
import type { Outcome, Task, Watch } from "./trial.js";

/** How to reach the workers. */
export interface BullmqOptions {
  /** `redis://user:password@host:port`, or `rediss:` for TLS; the password is never shown. */
  url: string;
  /** The name of the board where searches and workers meet. Default "gradbook". */
  queue?: string;
  /**
   * Seconds after which a search whose process is gone, without having left it, counts as given up: so long the workers go on
   * with its trials. Default 600.
   */
  abandonedAfter?: number;
}

/** Events tell at once what happens; what was missed (a restart of Redis) is found so many ms later. */
const sweepMs = 3000;

/** How long the end of a search waits for a Redis that does not answer, in ms. */
const leaveMs = 3000;

/**
 * Runs trials in the processes of `gradbook worker --redis URL`, any number, on any machine with the same version of the project.
 *
 * The same call, from any process, finds the trials of the search again, with what has become of them, for a week. A search that
 * is left (an interrupt, an error) takes its waiting trials away at once; those under way end, and are found. Where the process
 * itself is gone (killed, crashed, exited in the middle, the machine asleep), the workers go on for `abandonedAfter`, then
 * nothing more of it is run and the waiting trials are taken away, by the next worker or search that looks at this Redis: as
 * long as there is none, they stay there. The same call puts back what is missing.
 *
 * To try anew what only other data would change, give the search another name. Needs the packages `bullmq` and `ioredis`.
 */
export function bullmq({ url, queue = defaultQueue, abandonedAfter = 600 }: BullmqOptions): Executor {
  expectNumbers("bullmq", "at least 1", { abandonedAfter });
  return {
    parallel: Number.POSITIVE_INFINITY,
    async open(search) {
      const connection = await connect(url);
      const session = new QueueSession(connection, new Board(connection, queue), search, abandonedAfter);
      try {
        await session.begin();
      } catch (error) {
        await session.close();
        throw error;
      }
      return session;
    },
  };
}

type Waiting = Watch & { task: Task; resolve(outcome: Outcome): void };

/** One search in its queue. */
class QueueSession implements Session {
  readonly #connection: Connection;
  readonly #board: Board;
  readonly #search: SearchToRun;
  readonly #notice: Notice;
  readonly #leaseSeconds: number;
  readonly #queue: TrialQueue;
  readonly #events: QueueEvents;
  readonly #waiting = new Map<string, Waiting>();
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isSweeping = false;
  #isClosed = false;

  constructor(connection: Connection, board: Board, search: SearchToRun, leaseSeconds: number) {
    this.#connection = connection;
    this.#board = board;
    this.#search = search;
    this.#notice = { name: search.name, code: search.code, since: Date.now() };
    this.#leaseSeconds = leaseSeconds;
    this.#queue = board.queue(search.id);
    const options = { connection: connection.options, prefix: board.prefix };
    this.#events = new connection.bullmq.QueueEvents(search.id, options);
  }

  async begin(): Promise<void> {
    this.#events.on("error", this.#report);
    this.#events.on("completed", ({ jobId, returnvalue }) => this.#complete(jobId, returnvalue));
    this.#events.on("failed", ({ jobId, failedReason }) => this.#fail(jobId, failedReason));
    this.#events.on("progress", ({ jobId, data }) => this.#progress(jobId, data));
    await this.#events.waitUntilReady();
    await this.#board.tidy((text) => this.#tell(text));
    await this.#queue.drain(true); // Of an earlier call with other options; the trials of this one follow.
    await this.#renew();
    const everyMs = Math.min(sweepMs, (this.#leaseSeconds * 1000) / 3);
    this.#timer = setInterval(() => this.#sweep().catch(this.#report), everyMs);
  }

  async run(task: Task, watch: Watch): Promise<Outcome> {
    taskOf(task); // What a worker would refuse is refused here.
    const id = jobId(task);
    const outcome = new Promise<Outcome>((resolve) => this.#waiting.set(id, { ...watch, task, resolve }));
    await this.#submit(id, task);
    watch.signal.addEventListener("abort", () => this.#giveUp(id).catch(this.#report));
    return outcome;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#waiting.clear();
    const { redis, shown } = this.#connection;
    const left = this.#board.leave(this.#search.id).then(() => true);
    const late = pause(leaveMs, false, { ref: false });
    if (!(await Promise.race([left, late]).catch(() => false))) {
      console.error(
        `gradbook: ${shown} does not answer: workers go on with ${this.#search.name} for up to ${this.#leaseSeconds} s`,
      );
    }
    await Promise.race([Promise.all([this.#queue.close(), this.#events.close()]), late]);
    redis.disconnect();
  }

  /** What is under way when the search is left fails by that. */
  readonly #report = (error: Error) => {
    if (!this.#isClosed) this.#connection.report(error);
  };

  #tell(text: string): void {
    if (!this.#told.has(text)) console.error(`gradbook: ${text}`);
    this.#told.add(text);
  }

  #end(id: string, outcome: Outcome): void {
    this.#waiting.get(id)?.resolve(outcome);
    this.#waiting.delete(id);
  }

  #complete(id: string, returned: unknown): void {
    try {
      this.#end(id, outcomeOf(returned));
    } catch (error) {
      this.#fail(id, `its outcome cannot be read: ${(error as Error).message}`);
    }
  }

  #fail(id: string, reason: string): void {
    const isLost = /stalled/.test(reason);
    this.#end(id, isLost ? lost("fell silent") : { status: "failed", reason, reports: [], seconds: 0 });
  }

  #progress(id: string, data: unknown): void {
    try {
      this.#waiting.get(id)?.onRung(reportsOf(data));
    } catch (error) {
      this.#tell(`reports of a trial of ${this.#search.name} are left out: ${(error as Error).message}`);
    }
  }

  #renew(): Promise<void> {
    return this.#board.want(this.#search.id, this.#notice, this.#leaseSeconds);
  }

  /** Puts a trial into the queue, unless it is there: then takes what has become of it. */
  async #submit(id: string, task: Task): Promise<void> {
    await this.#queue.add(task.search, task, { jobId: id });
    const job = (await this.#queue.getJob(id)) as Job<QueuedTask, Outcome> | undefined;
    if (job?.finishedOn !== undefined) {
      if (job.failedReason) this.#fail(id, job.failedReason);
      else this.#complete(id, job.returnvalue);
    } else if (Array.isArray(job?.progress)) this.#progress(id, job.progress);
  }

  async #giveUp(id: string): Promise<void> {
    const task = this.#waiting.get(id)?.task;
    if (task) await (await this.#queue.getJob(id))?.updateData({ ...task, stopped: true });
  }

  async #sweep(): Promise<void> {
    await this.#renew();
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    await this.#look().finally(() => {
      this.#isSweeping = false;
    });
  }

  /** Looks after what no event tells. */
  async #look(): Promise<void> {
    if (this.#waiting.size > 0 && !(await this.#board.isAttended())) {
      this.#tell(`no worker is there: start some with \`gradbook worker --redis ${this.#connection.shown}\``);
    }
    for (const why of await this.#board.refusals(this.#search.id)) this.#tell(`a worker has refused a trial: ${why}`);
    for (const [id, { task }] of this.#waiting) await this.#submit(id, task);
  }
}

/** The same trial of the same search has the same name, wherever it is asked for. */
function jobId(task: Task): string {
  const hash = createHash("sha256").update(JSON.stringify(task)).digest("hex").slice(0, 16);
  return `${task.trial.number}-${hash}`;
}
