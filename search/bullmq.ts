/**
 * Trials on as many machines as there are, through BullMQ (https://docs.bullmq.io), a queue in Redis. This is the side of the
 * search; `bullmq-worker.ts` is the other. What goes through the queue are names and numbers, never code.
 */
import { createHash } from "node:crypto";
import type { Job, Queue, QueueEvents } from "bullmq";
import { type Executor, lost } from "./executor.js";
import { type Connection, connect } from "./redis.js";
import type { Outcome, Report, Task, Watch } from "./trial.js";

/** A trial in the queue; `stopped` once the search has given up on it. */
export type QueuedTask = Task & { stopped?: boolean };

/** What a worker tells while a trial runs: its reports, when one has reached a rung, or why it refuses the trial. */
export type QueueProgress = { rung: Report[] } | { refused: string };

/** The queue, unless another is named. */
export const defaultQueue = "gradbook";

/** How long the queue keeps what has ended, in seconds: so long a search that was left can be taken up. */
const kept = { age: 7 * 24 * 3600 };

/** Events tell at once what happens; what was missed (a restart of Redis) is found so many ms later. */
const sweepMs = 3000;

type Waiting = Watch & { task: Task; resolve(outcome: Outcome): void };

/**
 * Runs trials in the processes of `gradbook worker --redis URL`, any number, on any machine with the same version of the project.
 * A search that is left goes on there; the same call, from any process, finds its trials again by the name of the search, with
 * what has become of them, for a week. To try anew what only other data would change, give the search another name.
 * Needs the packages `bullmq` and `ioredis`.
 * @param options `url`: `redis://user:password@host:port`, or `rediss:` for TLS; the password is never shown.
 * `queue`: the name of the queue, default "gradbook".
 */
export function bullmq({ url, queue: name = defaultQueue }: { url: string; queue?: string }): Executor {
  const waiting = new Map<string, Waiting>();
  const told = new Set<string>();
  let connection: Connection;
  let queue: Queue<QueuedTask, Outcome>;
  let events: QueueEvents;
  let timer: NodeJS.Timeout;
  let closed = false;

  /** What is under way when the search is left fails by that. */
  const report = (error: Error) => {
    if (!closed) connection.report(error);
  };
  const tell = (text: string) => {
    if (!told.has(text)) console.error(`gradbook: ${text}`);
    told.add(text);
  };
  const end = (id: string, outcome: Outcome) => {
    waiting.get(id)?.resolve(outcome);
    waiting.delete(id);
  };
  const fail = (id: string, reason: string) =>
    end(id, /stalled/.test(reason) ? lost("fell silent") : { status: "failed", reason, reports: [], seconds: 0 });
  const progress = (id: string, data: QueueProgress) => {
    if ("rung" in data) waiting.get(id)?.onRung(data.rung);
    else tell(`a worker has refused a trial: ${data.refused}`);
  };
  /** Puts a trial into the queue, unless it is there: then takes what has become of it. */
  const submit = async (id: string, task: Task): Promise<void> => {
    const options = { jobId: id, removeOnComplete: kept, removeOnFail: kept };
    await queue.add(task.search, task, options);
    const job = (await queue.getJob(id)) as Job<QueuedTask, Outcome> | undefined;
    if (job?.finishedOn !== undefined) {
      if (job.failedReason) fail(id, job.failedReason);
      else end(id, job.returnvalue);
    } else if (typeof job?.progress === "object") progress(id, job.progress as QueueProgress);
  };
  const giveUp = async (id: string) => {
    const task = waiting.get(id)?.task;
    if (task) await (await queue.getJob(id))?.updateData({ ...task, stopped: true });
  };
  const sweep = async () => {
    if (waiting.size > 0 && (await queue.getWorkersCount()) === 0) {
      tell(`no worker is there: start some with \`gradbook worker --redis ${connection.shown}\``);
    }
    for (const [id, { task }] of waiting) await submit(id, task);
  };

  return {
    parallel: Number.POSITIVE_INFINITY,
    async open() {
      connection = await connect(url);
      closed = false;
      const options = { connection: connection.options };
      queue = new connection.bullmq.Queue(name, options);
      events = new connection.bullmq.QueueEvents(name, options);
      queue.on("error", report);
      events.on("error", report);
      events.on("completed", ({ jobId, returnvalue }) => end(jobId, returnvalue as unknown as Outcome));
      events.on("failed", ({ jobId, failedReason }) => fail(jobId, failedReason));
      events.on("progress", ({ jobId, data }) => progress(jobId, data as QueueProgress));
      await events.waitUntilReady();
      timer = setInterval(() => sweep().catch(report), sweepMs);
    },
    async run(task, watch) {
      const id = jobId(task);
      const outcome = new Promise<Outcome>((resolve) => waiting.set(id, { ...watch, task, resolve }));
      await submit(id, task);
      watch.signal.addEventListener("abort", () => giveUp(id).catch(report));
      return outcome;
    },
    async close() {
      closed = true;
      clearInterval(timer);
      waiting.clear();
      await Promise.all([queue?.close(), events?.close()]);
    },
  };
}

/** The same trial of the same search has the same name, wherever it is asked for. */
function jobId(task: Task): string {
  const hash = createHash("sha256").update(JSON.stringify(task)).digest("hex").slice(0, 16);
  return `${task.search}-${task.trial.number}-${hash}`;
}
