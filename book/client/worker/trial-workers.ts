/**
 * Trials in parallel in a page: workers of the worker, each with an engine of its own. In the place of the library's
 * `search/workers.ts`, with the same table as outcome.
 */
import type { Executor, Session } from "../../../search/executor.js";
import type { Outcome, Task, Watch } from "../../../search/trial.js";
import type { FromWorker, ToWorker } from "./messages.js";
import { moduleOf } from "./trial-code.js";

/** Workers that wait for a trial: those of all searches of this page. */
const idle: Worker[] = [];

/** @param options `count`: trials at a time; default as many as there are cores */
export function workers({ count = navigator.hardwareConcurrency }: { count?: number } = {}): Executor {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`workers: expected count to be a positive integer, received ${count}.`);
  }
  const open = (): Session => {
    const busy = new Set<Worker>();
    return {
      async run(task, watch) {
        const worker = idle.pop() ?? start();
        busy.add(worker);
        const outcome = await outcomeIn(worker, task, watch);
        busy.delete(worker);
        idle.push(worker);
        return outcome;
      },
      async close() {
        for (const worker of busy) worker.terminate();
      },
    };
  };
  return { parallel: count, open };
}

/** Workers that hear what they are told: before that, a message would be lost. */
const ready = new WeakMap<Worker, Promise<void>>();

function start(): Worker {
  const worker = new Worker(import.meta.url, { type: "module" });
  const starting = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = ({ message }) => reject(new Error(`workers: expected a worker to start, received "${message}".`));
  });
  ready.set(worker, starting);
  return worker;
}

async function outcomeIn(worker: Worker, task: Task, { onRung, signal }: Watch): Promise<Outcome> {
  const tell = (message: ToWorker) => worker.postMessage(message);
  await ready.get(worker);
  const giveUp = () => tell({ type: "give-up" });
  return new Promise<Outcome>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === "rung") onRung(data.reports);
      else if (data.type === "outcome") resolve(data.outcome as Outcome);
      else if (data.type === "ended" && data.ended.status === "error") reject(new Error(data.ended.error.message));
    };
    worker.onerror = ({ message }) => reject(new Error(`workers: expected an outcome, received "${message}".`));
    tell({ type: "trial", task, code: moduleOf(task.code) });
    signal.addEventListener("abort", giveUp);
    if (signal.aborted) giveUp();
  }).finally(() => signal.removeEventListener("abort", giveUp));
}
