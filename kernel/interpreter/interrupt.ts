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
import { currentTask } from "./tasks.js";

/** Where in the shared memory which number is: requests by their task number, 0 for none. */
export const interruptSlots = {
  /** The request that is to stop. */
  asked: 0,
  /** The request whose code has looked last. */
  looking: 1,
} as const;

/** The key under which the global object has `{ check }`. */
const interruptKey: unique symbol = Symbol.for("gradbook.interrupt") as never;

/** Thrown by `check`. */
class Interrupted extends Error {
  override name = "Interrupted";
}

/** Defines `globalThis[Symbol.for("gradbook.interrupt")]`; gives the memory to be shared with the protocol thread. */
export function installInterrupt(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const numbers = new Int32Array(memory);
  /** Returns at once, unless the cell to which the caller belongs was interrupted. @throws Interrupted then. */
  const check = () => {
    const task = currentTask();
    if (task === undefined) return;
    Atomics.store(numbers, interruptSlots.looking, task);
    if (Atomics.load(numbers, interruptSlots.asked) === task) throw new Interrupted("The cell was interrupted.");
  };
  Object.defineProperty(globalThis, interruptKey, { value: { check }, configurable: true });
  return memory;
}
