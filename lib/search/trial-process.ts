/** A process of `workers()`: runs one trial after the other, as it is told. */
import { installLoader } from "../../kernel/interpreter/loader.js";
import { engine } from "../tensor.js";
import { type Report, runTrial } from "./trial.js";
import { loadCode } from "./trial-code.js";
import type { FromProcess, ToProcess } from "./workers.js";

/** Where the search is gone, nobody is told; `disconnect` follows. */
const tell = (message: FromProcess) => void (process.connected && process.send!(message, undefined, {}, () => {}));
let stopping = new AbortController();

installLoader(process.cwd()); // A module means here what it means in a notebook.
process.on("disconnect", () => process.exit()); // The search is gone.
process.on("message", async (message: ToProcess) => {
  if ("stop" in message) return stopping.abort();
  stopping = new AbortController();
  const watch = { root: message.root, onRung: (rung: Report[]) => tell({ rung }), signal: stopping.signal };
  await engine.ready;
  try {
    await loadCode(message.run.code, message.root);
    tell({ begins: true });
    tell({ ended: await runTrial(message.run, watch) });
  } catch (error) {
    tell({ cannotRun: (error as Error).message });
  }
});
