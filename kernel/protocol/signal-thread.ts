/**
 * A thread that does nothing but wait for SIGINT, and tells who started it (`signal.ts`). `breakOnSigint` of Node's `vm` is
 * heeded on every thread, whatever the others do: it ends a script that would wait for ever.
 */
import { Script } from "node:vm";
import { parentPort } from "node:worker_threads";

const interrupted = "ERR_SCRIPT_EXECUTION_INTERRUPTED";
const wait = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)";

/**
 * Waits for one SIGINT after the other. While no script heeds SIGINT, it ends the process: so the one that waits runs within
 * others. A signal that comes while it is begun anew ends the one around it, which is begun anew in its turn.
 */
function watch(depth: number): never {
  const script = new Script(depth === 0 ? wait : `watch(${depth - 1})`);
  for (;;) {
    try {
      script.runInThisContext({ breakOnSigint: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== interrupted) throw error;
      parentPort!.postMessage("SIGINT");
    }
  }
}

Reflect.set(globalThis, "watch", watch);
watch(5);
