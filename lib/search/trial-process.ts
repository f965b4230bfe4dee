/** A process of `workers()`: runs one trial after the other, as it is told. */
import { engine } from "../tensor.js";
import { runTrial } from "./trial.js";
import { CannotRun } from "./trial-code.js";
import type { FromProcess, ToProcess } from "./workers.js";

const tell = (message: FromProcess) => void (process.connected && process.send!(message));
let stopping = new AbortController();

process.on("disconnect", () => process.exit()); // The search is gone.
process.on("message", async (message: ToProcess) => {
  if ("stop" in message) return stopping.abort();
  stopping = new AbortController();
  const watch = { root: message.root, onRung: (rung: [number, number][]) => tell({ rung }), signal: stopping.signal };
  try {
    tell({ ended: await runTrial(message.run, watch) });
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    tell({ cannotRun: error.message });
  }
});

engine.ready.then(() => tell({ ready: true }));
