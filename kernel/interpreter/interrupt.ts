/**
 * The gentle way to interrupt: a number that both threads see. Code that works in steps (training, progress bars) calls
 * `check` between them and is stopped there, so that no step is left half done and its `finally` blocks run. Only code that
 * does not look is terminated, which skips `catch` and `finally`.
 *
 * The seam for libraries, which need not import the kernel:
 *
 *     const { check } = globalThis[Symbol.for("gradbook.interrupt")] ?? {};
 *     for (const step of steps) { check?.(); await train(step); }
 */
import { currentTask, runningTask } from "./tasks.js";

/** Where in the shared memory which number is: requests by their task number, 0 for none. */
export const interruptSlots = {
  /** The request that is to stop. */
  asked: 0,
  /** The request whose code has looked last. */
  looking: 1,
  /** When it has: `Date.now()`, cut to 32 bits. */
  lookedAt: 2,
  /** Not 0 while the main thread may be terminated: it must be whole first, and is not to be cut off within Node's own work. */
  open: 3,
} as const;

/** The key under which the global object has `{ check }`. */
const interruptKey: unique symbol = Symbol.for("gradbook.interrupt") as never;

/** What code of an interrupted cell throws where it would go on. */
export class Interrupted extends Error {
  override name = "Interrupted";

  constructor() {
    super("The cell was interrupted.");
  }
}

/** Requests that were interrupted: their code may still be awaiting something. */
const stopped = new Set<number>();

/** From now on the code of request number `task` does not go on behind an `await`. */
export function stopTask(task: number): void {
  stopped.add(task);
}

/**
 * Defines `globalThis[Symbol.for("gradbook.interrupt")]`, and `__unlessInterrupted`, through which every awaited value of a
 * cell goes (`../language/emit.ts`). `memory`, with room for four numbers, is shared with the protocol thread. Gives a function
 * that runs what must not be terminated.
 */
export function installInterrupt(memory: SharedArrayBuffer): (work: () => void) => void {
  const numbers = new Int32Array(memory);
  /** Returns at once, unless the cell to which the caller belongs was interrupted. @throws Interrupted then. */
  const check = () => {
    const task = currentTask();
    if (task === undefined) return;
    Atomics.store(numbers, interruptSlots.looking, task);
    Atomics.store(numbers, interruptSlots.lookedAt, Date.now() | 0);
    if (Atomics.load(numbers, interruptSlots.asked) === task || stopped.has(task)) throw new Interrupted();
  };
  const unlessInterrupted = <Value>(value: Value): Value => {
    const task = runningTask();
    if (task !== undefined && stopped.has(task)) throw new Interrupted();
    return value;
  };
  Object.defineProperty(globalThis, interruptKey, { value: { check }, configurable: true });
  Object.defineProperty(globalThis, "__unlessInterrupted", { value: unlessInterrupted, configurable: true });
  return (work) => {
    Atomics.store(numbers, interruptSlots.open, 0);
    try {
      work();
    } finally {
      Atomics.store(numbers, interruptSlots.open, 1);
    }
  };
}
