/**
 * SIGINT (Ctrl+C, or a front end that interrupts by signal), received on the protocol thread, as the main thread hears of no
 * signal while user code blocks it.
 */
import { log } from "./sockets.js";

interface SignalBinding {
  Signal: new () => { onsignal: () => void; start(signal: number): number; unref(): void };
}

const sigint = 2;

/** Calls `interrupt` for every SIGINT. Node's public API gives signals to the main thread only; its binding to any thread. */
export function interruptBySignal(interrupt: () => void): void {
  // The binding is deprecated without a successor; the warning is of no use to the reader of a notebook.
  process.noDeprecation = true;
  let binding: SignalBinding;
  try {
    binding = Reflect.apply(Reflect.get(process, "binding"), process, ["signal_wrap"]) as SignalBinding;
  } catch (error) {
    // Node 24 and later keep it to themselves.
    log(`SIGINT does not interrupt cells with this version of Node (${error}); interrupt requests do.`);
    return;
  }
  const signal = new binding.Signal();
  signal.onsignal = interrupt;
  signal.unref();
  signal.start(sigint);
}
