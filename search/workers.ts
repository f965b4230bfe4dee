/** Worker processes: trials in parallel on this machine, each process with an engine of its own. */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { expectNumbers } from "../lib/checks/expect-numbers.js";
import { type Executor, lost, lostLimit } from "./executor.js";
import type { Outcome, Report, Task, Watch } from "./trial.js";
import { CannotRun } from "./trial-code.js";

/** To the process: a trial with the folder of its project, or the news that it is given up. */
export type ToProcess = { run: Task; root: string } | { stop: true };

/** From the process: it begins with a trial; reports that reached a rung; the end of a trial; that it cannot run it. */
export type FromProcess = { begins: true } | { rung: Report[] } | { ended: Outcome } | { cannotRun: string };

/** How long processes wait for a next search, in ms. */
const idleMs = 10_000;

/**
 * Runs trials in processes of this machine, which are started when they are needed and ended some seconds after a search. One
 * that exceeds the `timeLimit` (measured from when its module is loaded) is killed.
 * @param options `count`: how many at a time; default as many as there are cores
 */
export function workers({ count = availableParallelism() }: { count?: number } = {}): Executor {
  expectNumbers("workers", "to be a positive integer", { count });
  const busy = new Set<ChildProcess>();
  const idle: ChildProcess[] = [];
  let closings = 0;
  let timer: NodeJS.Timeout | undefined;
  const take = (): ChildProcess => {
    const child = idle.pop();
    return child === undefined ? start() : child.connected ? child : take();
  };
  return {
    parallel: count,
    async run(task, watch) {
      clearTimeout(timer);
      const closingsBefore = closings;
      let how = "";
      for (let run = 0; run <= lostLimit; run++) {
        const child = take();
        busy.add(child);
        hold(child, true);
        const outcome = await runIn(child, task, watch).finally(() => {
          busy.delete(child);
          if (child.connected && !child.killed) idle.push(child);
        });
        if (closings > closingsBefore) {
          throw new Error("workers: expected to run a trial, received the end of the search.");
        }
        if (typeof outcome === "object") return outcome;
        how = outcome;
      }
      return lost(how);
    },
    async close() {
      closings += 1;
      for (const child of busy) child.kill("SIGKILL");
      for (const child of idle) hold(child, false);
      clearTimeout(timer);
      timer = setTimeout(() => {
        for (const child of idle.splice(0)) child.kill("SIGKILL");
      }, idleMs).unref();
    },
  };
}

function start(): ChildProcess {
  const child = fork(fileURLToPath(new URL("./trial-process.js", import.meta.url)), {
    execArgv: [],
    detached: true, // Ctrl+C is for the search, which decides what becomes of its trials.
  });
  child.on("error", () => child.kill("SIGKILL")); // What was sent did not reach it.
  return child;
}

/** Whether this process goes on as long as `child` does. */
function hold(child: ChildProcess, on: boolean): void {
  for (const handle of [child, child.channel]) handle?.[on ? "ref" : "unref"]();
}

/** The outcome of a trial, or how its process was lost. */
function runIn(child: ChildProcess, task: Task, { root, onRung, signal }: Watch): Promise<Outcome | string> {
  let begin = performance.now();
  const stop = () => void (child.connected && child.send({ stop: true } satisfies ToProcess));
  let timer: NodeJS.Timeout | undefined;
  let exit = () => {};
  return new Promise<Outcome | string>((resolve, reject) => {
    const reports: Report[] = [];
    if (!child.connected) return resolve(ended(child));
    const late = () => {
      const reason = `it had not ended after ${task.timeLimit} s, the time limit`;
      resolve({ status: "failed", reason, reports, seconds: (performance.now() - begin) / 1000 });
      child.kill("SIGKILL");
    };
    child.on("message", (message: FromProcess) => {
      if ("begins" in message) {
        begin = performance.now();
        if (task.timeLimit !== undefined) timer = setTimeout(late, task.timeLimit * 1000);
      } else if ("rung" in message) {
        reports.splice(0, reports.length, ...message.rung);
        onRung(message.rung);
      } else if ("ended" in message) resolve(message.ended);
      else reject(new CannotRun(message.cannotRun));
    });
    exit = () => resolve(ended(child));
    child.once("exit", exit);
    signal.addEventListener("abort", stop);
    child.send({ run: task, root } satisfies ToProcess);
    if (signal.aborted) stop();
  }).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    child.removeAllListeners("message");
    child.off("exit", exit);
  });
}

const ended = ({ exitCode, signalCode }: ChildProcess): string =>
  signalCode === null ? `ended with exit code ${exitCode}` : `was ended by ${signalCode}`;
