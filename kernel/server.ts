/**
 * The kernel's process: the user's code runs here, on the main thread; the Jupyter protocol runs on a worker thread
 * (`protocol/protocol.ts`), so that it answers while the code blocks.
 */
import { dirname, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { installDisplay } from "./interpreter/display.js";
import { bundleOf } from "./interpreter/formatters.js";
import { Interpreter } from "./interpreter/interpreter.js";
import { installLoader } from "./interpreter/loader.js";
import { installMagics } from "./interpreter/magics.js";
import { Outputs } from "./interpreter/outputs.js";
import { describeError, installStackTraces, rememberCell } from "./interpreter/traceback.js";
import type { Ended, ProtocolData, RunRequest, ToMain, ToProtocol } from "./threads.js";

/**
 * Serves the connection in `connectionFile`. When a front end asks for the end, the process exits with code 0, whatever
 * the user's code has left running.
 * @throws Error for a connection file that cannot be read or sockets that cannot be opened.
 */
export async function serve(connectionFile: string): Promise<never> {
  // Jupyter and our runner name the notebook here.
  const notebook = process.env.JPY_SESSION_NAME;
  const folder = notebook ? dirname(resolve(notebook)) : process.cwd();
  const exit = process.exit.bind(process);
  const workerData: ProtocolData = { connectionFile, folder };
  const protocol = new Worker(new URL("./protocol/protocol.js", import.meta.url), { workerData });
  const send = (message: ToProtocol) => protocol.postMessage(message);

  const outputs = new Outputs(send);
  const interpreter = new Interpreter();
  installLoader(folder);
  installMagics(folder);
  installDisplay(outputs);
  installStackTraces();
  outputs.capture();
  keepAlive(outputs);

  protocol.on("message", async (message: ToMain) => {
    if (message.type === "exit") exit(message.code);
    else if (message.type === "interrupt") {
      // As for Ctrl+C: loops that listen (a training run) stop between two steps; abandoned, they would go on unseen.
      process.emit("SIGINT", "SIGINT");
      interpreter.abandon();
      outputs.abandon();
      send({ type: "free" });
    } else {
      outputs.begin();
      const ended = await run(message, interpreter);
      await outputs.settled();
      send({ type: "ended", id: message.id, ...(ended && { ended }) });
    }
  });
  return new Promise<never>((_, reject) => {
    protocol.on("error", (error) => {
      reject(error);
      // Whatever the user's code has left running: without its sockets this is no kernel any more.
      setImmediate(exit, 1);
    });
  });
}

/** Runs one cell and formats its value; undefined when it was interrupted. */
async function run(
  { name, source, js, maps, shift }: RunRequest,
  interpreter: Interpreter,
): Promise<Ended | undefined> {
  rememberCell(name, source, maps, shift);
  const outcome = await interpreter.evaluate(js);
  if (outcome.status === "interrupted") return undefined;
  if (outcome.status === "error") return { status: "error", ...describeError(outcome.thrown) };
  if (outcome.value === undefined) return { status: "ok" };
  try {
    return { status: "ok", result: await bundleOf(outcome.value) };
  } catch (error) {
    return { status: "error", ...describeError(error) };
  }
}

/** What ends another process is only reported here: the notebook's variables are worth more. */
function keepAlive(outputs: Outputs): void {
  const report = (what: string) => (thrown: unknown) => {
    outputs.write("stderr", `${what}\n${describeError(thrown).traceback.join("\n")}\n`);
  };
  process.on("uncaughtException", report("Uncaught error outside of the cells' own flow:"));
  process.on("unhandledRejection", report("A promise was rejected and nobody awaited it:"));
  // A Ctrl+C in the terminal reaches the kernel too; front ends interrupt by message.
  process.on("SIGINT", () => {});
  process.exit = (code) => {
    throw new Error(
      `Expected code that leaves the kernel running, received process.exit(${code ?? ""}): to end the kernel, shut it down from the notebook.`,
    );
  };
}
