/**
 * SIGINT (Ctrl+C, or a front end that interrupts by signal). Node hands signals to the main thread's own code, which hears of
 * none while a cell blocks it. So a thread of its own waits for them, `signal-thread.ts`.
 */
import { Worker } from "node:worker_threads";

/** Calls `interrupt` for every SIGINT; several at once may count as one. */
export function interruptBySignal(interrupt: () => void): void {
  const thread = new Worker(new URL("./signal-thread.js", import.meta.url));
  thread.on("message", interrupt);
  thread.unref();
}
