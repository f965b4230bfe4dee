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
  const binding: unknown = Reflect.get(process, "binding");
  if (typeof binding !== "function") {
    log("SIGINT will not interrupt cells: this version of Node has no process.binding. Interrupt requests will.");
    return;
  }
  // The binding is deprecated without a successor; the warning is of no use to the reader of a notebook.
  process.noDeprecation = true;
  const { Signal } = Reflect.apply(binding, process, ["signal_wrap"]) as SignalBinding;
  const signal = new Signal();
  signal.onsignal = interrupt;
  signal.unref();
  signal.start(sigint);
}
