/** Worker processes: trials in parallel on this machine, each process with an engine of its own. */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { expectNumbers } from "../expect-numbers.js";
import { type Executor, lost, lostLimit } from "./executor.js";
import type { Outcome, Report, Task, Watch } from "./trial.js";
import { CannotRun } from "./trial-code.js";

/** To the process: a trial with the folder of its project, or the news that it is given up. */
export type ToProcess = { run: Task; root: string } | { stop: true };

/** From the process: it is ready for trials; reports that reached a rung; the end of a trial; that it cannot run it. */
export type FromProcess = { ready: true } | { rung: Report[] } | { ended: Outcome } | { cannotRun: string };

/**
 * Runs trials in processes of this machine, which are started when they are needed and ended when the search is over. A process
 * that exceeds the `timeLimit` (measured without its start) is killed.
 * @param options `count`: how many at a time; default as many as there are cores
 */
export function workers({ count = availableParallelism() }: { count?: number } = {}): Executor {
  expectNumbers("workers", "to be a positive integer", { count });
  const all = new Set<ChildProcess>();
  const idle: ChildProcess[] = [];
  let closings = 0;
  const start = async (): Promise<ChildProcess> => {
    const child = fork(fileURLToPath(new URL("./trial-process.js", import.meta.url)), {
      execArgv: [],
      detached: true, // Ctrl+C is for the search, which decides what becomes of its trials.
    });
    all.add(child);
    child.once("exit", () => all.delete(child));
    await new Promise<void>((resolve) => {
      for (const event of ["message", "exit", "error"]) child.once(event, () => resolve());
      child.on("error", () => {
        if (child.pid === undefined) all.delete(child);
        else child.kill("SIGKILL"); // What was sent did not reach it.
      });
    });
    return child;
  };
  return {
    parallel: count,
    async run(task, watch) {
      const closingsBefore = closings;
      let how = "";
      for (let run = 0; run <= lostLimit; run++) {
        const child = idle.pop() ?? (await start());
        const outcome = await runIn(child, task, watch);
        if (closings > closingsBefore)
          throw new Error("workers: expected to run a trial, received the end of the search.");
        if (typeof outcome === "object") {
          if (child.connected) idle.push(child);
          return outcome;
        }
        how = outcome;
      }
      return lost(how);
    },
    async close() {
      closings += 1;
      idle.length = 0;
      const gone = [...all].map((child) => new Promise((resolve) => child.once("exit", resolve)));
      for (const child of all) child.kill("SIGKILL");
      await Promise.all(gone);
    },
  };
}

/** The outcome of a trial, or how its process was lost. */
function runIn(child: ChildProcess, task: Task, { root, onRung, signal }: Watch): Promise<Outcome | string> {
  const begin = performance.now();
  const stop = () => void (child.connected && child.send({ stop: true } satisfies ToProcess));
  let timer: NodeJS.Timeout | undefined;
  let exit = () => {};
  return new Promise<Outcome | string>((resolve, reject) => {
    const reports: Report[] = [];
    if (!child.connected) return resolve(ended(child));
    child.on("message", (message: FromProcess) => {
      if ("rung" in message) {
        reports.splice(0, reports.length, ...message.rung);
        onRung(message.rung);
      } else if ("ended" in message) resolve(message.ended);
      else if ("cannotRun" in message) reject(new CannotRun(message.cannotRun));
    });
    exit = () => resolve(ended(child));
    child.once("exit", exit);
    signal.addEventListener("abort", stop);
    if (task.timeLimit !== undefined) {
      timer = setTimeout(() => {
        const reason = `it had not ended after ${task.timeLimit} s, the time limit`;
        resolve({ status: "failed", reason, reports, seconds: (performance.now() - begin) / 1000 });
        child.kill("SIGKILL");
      }, task.timeLimit * 1000);
    }
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
