/**
 * Which request the running code belongs to: a cell, and the timers and promises it has left behind, however much later they
 * run. Not by `AsyncLocalStorage`: before Node 24 it keeps a stack of ids, and code that is terminated (an interrupt) leaves
 * that stack in a state over which Node aborts.
 */
import { createRequire, syncBuiltinESMExports } from "node:module";
import { promisify } from "node:util";
import { promiseHooks } from "node:v8";

const promises = new WeakMap<Promise<unknown>, number>();
let current: number | undefined;
let latest: number | undefined;

/** Runs `work`, and what comes of it, as part of the request number `task`. */
export function asTask<Result>(task: number, work: () => Result): Result {
  latest = task;
  current = task;
  const result = work();
  current = undefined;
  return result;
}

/** The request to which the running code belongs (or `promise`, if given); the latest one where that is not known. */
export function currentTask(promise?: Promise<unknown>): number | undefined {
  return (promise && promises.get(promise)) ?? current ?? latest;
}

/** The request to which the running code belongs; undefined where that is not known. */
export function runningTask(): number | undefined {
  return current;
}

/** Forgets what ran: for the place where errors of timers end up, as nobody else would. */
export function endTask(): void {
  current = undefined;
}

type Scheduler = (work: (...args: unknown[]) => unknown, ...rest: unknown[]) => unknown;

/** Makes timers and promises remember who has started them. */
export function followTasks(): void {
  promiseHooks.createHook({
    init(promise) {
      if (current !== undefined) promises.set(promise, current);
    },
    before(promise) {
      current = promises.get(promise);
    },
    after() {
      current = undefined;
    },
  });
  const timers = createRequire(import.meta.url)("node:timers") as { [name: string]: Scheduler };
  for (const name of ["setTimeout", "setInterval", "setImmediate"]) timers[name] = following(timers[name]!);
  syncBuiltinESMExports();
  const { setTimeout, setInterval, setImmediate } = timers;
  const nextTick = following(process.nextTick as Scheduler);
  Object.assign(process, { nextTick });
  const microtask = following(queueMicrotask as Scheduler);
  const globals = { setTimeout, setInterval, setImmediate, queueMicrotask: microtask };
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: true });
  }
}

/** `schedule`, whose work belongs to the request that has called it. An error leaves `current` to whoever reports it. */
function following(schedule: Scheduler): Scheduler {
  const scheduled: Scheduler = (work, ...rest) => {
    const task = current;
    if (task === undefined || typeof work !== "function") return schedule(work, ...rest);
    return schedule(
      function (this: unknown, ...args: unknown[]) {
        current = task;
        work.apply(this, args);
        current = undefined;
      },
      ...rest,
    );
  };
  const custom: unknown = Reflect.get(schedule, promisify.custom);
  return Object.defineProperties(scheduled, {
    name: { value: schedule.name },
    ...(custom !== undefined && { [promisify.custom]: { value: custom } }),
  });
}
