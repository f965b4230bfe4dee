/**
 * The worker of a page, one for each page with code: the library on WebAssembly, and the names that the page's cells share. It runs
 * one cell at a time and tells the page what the cell prints, shows and gives. A search starts more of them, for its trials.
 */
import * as gradbook from "gradbook";
import { runTrial } from "../../../dist/search/trial.js";
import type { Report } from "../../../search/trial.js";
import { provideData } from "./data.js";
import { begin, failureOf, Interrupted, installGlobals, stop } from "./globals.js";
import type { Ended, FromWorker, ToWorker } from "./messages.js";
import { outputs } from "./outputs.js";
import { Scope } from "./scope.js";
import { show } from "./show.js";
import { takeModule } from "./trial-code.js";
import { hear, installWidgets, interruptWidgets } from "./widget-host.js";
import { bytesOf, writtenFiles } from "./written-files.js";

const tell = (message: FromWorker) => globalThis.postMessage(message);
const scope = new Scope();
let stopping = new AbortController();
let isRunning = false;

outputs.send = (output) => tell({ type: "output", output });
installGlobals(() => tell({ type: "looks" }));
installWidgets((event) => tell({ type: "comm", ...event }));

async function run({ code, name }: Extract<ToWorker, { type: "run" }>): Promise<Ended> {
  begin();
  isRunning = true;
  try {
    await provideData(code.words);
    const result = await show(await scope.run(code, name));
    return { status: "ok", ...(result && { result }), files: writtenFiles() };
  } catch (error) {
    if (error instanceof Interrupted) return { status: "stopped" };
    return { status: "error", error: failureOf(error, name, code.lines) };
  } finally {
    isRunning = false;
    await outputs.settled();
  }
}

/** Whether a page can be told of it: an edited cell may declare anything in the place of a knob. */
function isPlain(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** A control was moved: what listens to it may show something, or fail, below the cell that has made it. */
async function move(id: string, data: Record<string, unknown>): Promise<void> {
  // That a cell was stopped does not mean what a control computes afterwards.
  if (!isRunning) stop(false);
  try {
    await hear(id, data);
  } catch (error) {
    tellOf(error);
  }
  outputs.flush();
}

async function tryOut({ task, code }: Extract<ToWorker, { type: "trial" }>): Promise<void> {
  stopping = new AbortController();
  const onRung = (reports: Report[]) => tell({ type: "rung", reports });
  takeModule(task.code, code);
  try {
    tell({ type: "outcome", outcome: await runTrial(task, { root: "", onRung, signal: stopping.signal }) });
  } catch (error) {
    tell({ type: "ended", ended: { status: "error", error: failureOf(error, task.code.path) } });
  }
}

/** What a cell has begun may fail when the cell has ended. */
function tellOf(thrown: unknown): void {
  const { name, message } = failureOf(thrown, "");
  outputs.write("stderr", `${name}: ${message}\n`);
  outputs.flush();
}

globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  tellOf(event.error);
});
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  tellOf(event.reason);
});

globalThis.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "run":
      return tell({ type: "ended", ended: await run(data) });
    case "assign": {
      Object.assign(scope.names, data.values);
      const values = data.wanted.map((name) => [name, scope.names[name]]).filter(([, value]) => isPlain(value));
      return tell({ type: "values", values: Object.fromEntries(values) });
    }
    case "file":
      return tell({ type: "content", bytes: bytesOf(data.path) });
    case "stop":
      interruptWidgets();
      return stop(isRunning);
    case "comm":
      return move(data.id, data.data);
    case "trial":
      return tryOut(data);
    case "give-up":
      return stopping.abort();
  }
};

tell({ type: "ready", engine: gradbook.engine.description });
