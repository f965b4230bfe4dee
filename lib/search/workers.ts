/** Worker processes: trials in parallel on this machine, each process with an engine of its own. */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { expectNumbers } from "../expect-numbers.js";
import { type Executor, lost, lostLimit, type Session } from "./executor.js";
import type { Outcome, Report, Task, Watch } from "./trial.js";
import { CannotRun } from "./trial-code.js";

/** To the process: a trial with the folder of its project, or the news that it is given up. */
export type ToProcess = { run: Task; root: string } | { stop: true };

/** From the process: it begins with a trial; reports that reached a rung; the end of a trial; that it cannot run it. */
export type FromProcess = { begins: true } | { rung: Report[] } | { ended: Outcome } | { cannotRun: string };

/** How long processes wait for a next search, in ms. */
const idleMs = 10_000;

/** What two trials have in common that may run in one process: a process keeps what it has imported. */
const codeOf = ({ code }: Task, { root }: Watch) => JSON.stringify([root, code.project, code.path, code.hash]);

/**
 * Runs trials in processes of this machine, which are started when they are needed and ended some seconds after the last
 * search; code that was edited gets new ones. One that exceeds the `timeLimit` (measured from when its module is loaded) is
 * killed.
 * @param options `count`: how many at a time; default as many as there are cores
 */
export function workers({ count = availableParallelism() }: { count?: number } = {}): Executor & { open(): Session } {
  expectNumbers("workers", "to be a positive integer", { count });
  let idle: { child: ChildProcess; code: string }[] = [];
  let searches = 0;
  let timer: NodeJS.Timeout | undefined;
  const take = (code: string): ChildProcess => {
    idle = idle.filter(({ child }) => child.connected);
    const found = idle.find((each) => each.code === code);
    const next = found ?? idle[0]; // One of other code gives way to a new one.
    idle = idle.filter((each) => each !== next);
    if (!found) next?.child.kill("SIGKILL");
    return found?.child ?? start();
  };
  const open = (): Session => {
    clearTimeout(timer);
    searches += 1;
    const busy = new Set<ChildProcess>();
    let over = false;
    const runIn = async (child: ChildProcess, task: Task, watch: Watch): Promise<Outcome | string> => {
      busy.add(child);
      hold(child, true);
      try {
        const outcome = await outcomeIn(child, task, watch);
        if (child.connected && !child.killed) idle.push({ child, code: codeOf(task, watch) });
        return outcome;
      } catch (error) {
        child.kill("SIGKILL"); // What it could not load it would not load later either.
        throw error;
      } finally {
        busy.delete(child);
      }
    };
    return {
      async run(task, watch) {
        let how = "";
        for (let run = 0; run <= lostLimit; run++) {
          const outcome = await runIn(take(codeOf(task, watch)), task, watch);
          if (over) throw new Error("workers: expected to run a trial, received the end of the search.");
          if (typeof outcome === "object") return outcome;
          how = outcome;
        }
        return lost(how);
      },
      async close() {
        over = true;
        searches -= 1;
        for (const child of busy) child.kill("SIGKILL");
        if (searches > 0) return;
        for (const { child } of idle) hold(child, false);
        timer = setTimeout(() => {
          for (const { child } of idle.splice(0)) child.kill("SIGKILL");
        }, idleMs).unref();
      },
    };
  };
  return { parallel: count, open };
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
function outcomeIn(child: ChildProcess, task: Task, { root, onRung, signal }: Watch): Promise<Outcome | string> {
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
