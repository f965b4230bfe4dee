/**
 * A thread that does nothing but wait for SIGINT, and tells who started it (`signal.ts`). `breakOnSigint` of Node's `vm` is
 * heeded on every thread, whatever the others do: it ends a script that would wait for ever.
 */
import { Script } from "node:vm";
import { parentPort } from "node:worker_threads";

const interrupted = "ERR_SCRIPT_EXECUTION_INTERRUPTED";
const untilSigint = new Script("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)");

function watch(): never {
  for (;;) {
    try {
      untilSigint.runInThisContext({ breakOnSigint: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== interrupted) throw error;
      parentPort!.postMessage("SIGINT");
    }
  }
}

// Within a script that heeds SIGINT itself: between two waits Node would else give the signal back to the system, which
// ends the process.
Reflect.set(globalThis, "watch", watch);
new Script("watch()").runInThisContext({ breakOnSigint: true });
