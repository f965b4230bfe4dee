/**
 * The kernel's process: the user's code runs here, on the main thread; the Jupyter protocol runs on a worker thread
 * (`protocol/protocol.ts`), so that it answers while the code blocks.
 */
import { dirname, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { Backlog } from "./backlog.js";
import { captureChildren } from "./interpreter/children.js";
import { Comms } from "./interpreter/comms.js";
import { installDisplay } from "./interpreter/display.js";
import { bundleOf } from "./interpreter/formatters.js";
import { Interpreter } from "./interpreter/interpreter.js";
import { Interrupted, installInterrupt, stopTask } from "./interpreter/interrupt.js";
import { installLoader } from "./interpreter/loader.js";
import { installMagics } from "./interpreter/magics.js";
import { Outputs } from "./interpreter/outputs.js";
import { Questions } from "./interpreter/questions.js";
import { asTask, currentTask, endTask, followTasks } from "./interpreter/tasks.js";
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
  const send = (message: ToProtocol) => protocol.postMessage(message);
  const questions = new Questions(send);
  const backlog = new Backlog();
  const workerData: ProtocolData = {
    connectionFile,
    folder,
    interruptMemory: installInterrupt(),
    answers: questions.port,
    answerMemory: questions.memory,
    backlogMemory: backlog.memory,
  };
  const options = { workerData, transferList: [questions.port] };
  const protocol = new Worker(new URL("./protocol/protocol.js", import.meta.url), options);

  const outputs = new Outputs((output) => {
    send(output);
    backlog.add(output);
  });
  const comms = new Comms(send);
  const interpreter = new Interpreter();
  const newFiles = installLoader(folder);
  installMagics(folder);
  installDisplay(outputs);
  installStackTraces(folder, newFiles);
  followTasks();
  outputs.capture();
  captureChildren();
  questions.install();
  comms.install();
  keepAlive(outputs);

  protocol.on("message", async (message: ToMain) => {
    switch (message.type) {
      case "exit":
        return exit(message.code);
      case "interrupt":
        if (message.task !== undefined) stopTask(message.task);
        interpreter.abandon();
        outputs.abandon();
        endTask();
        return send({ type: "free" });
      case "answer":
        return questions.answer(message);
      case "comm":
        return comms.receive(message);
      case "run": {
        outputs.begin();
        const { task } = message;
        const ended = await asTask(task, () => run(message, interpreter));
        await outputs.settled();
        send({ type: "ended", task, ...(ended && { ended }) });
      }
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
  const report = (what: string, thrown: unknown, task: number | undefined) => {
    outputs.write("stderr", `${what}\n${describeError(thrown).traceback.join("\n")}\n`, task);
    endTask();
  };
  process.on("uncaughtException", (error) =>
    report("Uncaught error outside of the cells' own flow:", error, currentTask()),
  );
  process.on("unhandledRejection", (reason, promise) => {
    if (reason instanceof Interrupted) return;
    report("A promise was rejected and nobody awaited it:", reason, currentTask(promise));
  });
  // Handled by the other thread (`protocol/signal.ts`), which is there while code blocks; this keeps Node from ending.
  process.on("SIGINT", () => {});
  process.exit = (code) => {
    throw new Error(
      `Expected code that leaves the kernel running, received process.exit(${code ?? ""}): to end the kernel, shut it down from the notebook.`,
    );
  };
}
