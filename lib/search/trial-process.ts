/** A process of `workers()`: runs one trial after the other, as it is told. */
import { installLoader } from "../../kernel/interpreter/loader.js";
import { engine } from "../tensor.js";
import { runTrial } from "./trial.js";
import { CannotRun } from "./trial-code.js";
import type { FromProcess, ToProcess } from "./workers.js";

/** Where the search is gone, nobody is told; `disconnect` follows. */
const tell = (message: FromProcess) => void (process.connected && process.send!(message, undefined, {}, () => {}));
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

installLoader(process.cwd()); // A module means here what it means in a notebook.
engine.ready.then(() => tell({ ready: true }));
