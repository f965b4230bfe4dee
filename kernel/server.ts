/**
 * The kernel's process: the user's code runs here, on the main thread (`interpreter/cells.ts`); the Jupyter protocol runs on
 * a worker thread (`protocol/protocol.ts`), so that it answers while the code blocks.
 */
import { dirname, resolve } from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";
import type { Cells } from "./interpreter/cells.js";
import { readLibrary } from "./library.js";
import { leadsGroup, runAsLeader } from "./process-group.js";
import type { ThreadData, ToMain } from "./threads.js";

/**
 * Serves the connection in `connectionFile`. When a front end asks for the end, the process exits with code 0, whatever
 * the user's code has left running. Cells may import the package in `libraryFolder` from anywhere.
 * @throws Error for a connection file or a library that cannot be read, or sockets that cannot be opened.
 */
export async function serve(connectionFile: string, libraryFolder?: string): Promise<never> {
  if (!leadsGroup()) return runAsLeader();
  // Jupyter and our runner name the notebook here.
  const name = process.env.JPY_SESSION_NAME;
  const notebook = name ? resolve(name) : undefined;
  const folder = notebook === undefined ? process.cwd() : dirname(notebook);
  const exit = process.exit.bind(process);
  const { port1, port2: answers } = new MessageChannel();
  const data: ThreadData = {
    connectionFile,
    folder,
    notebook,
    library: libraryFolder === undefined ? undefined : readLibrary(libraryFolder),
    interruptMemory: int32s(4),
    answers,
    answerMemory: int32s(1),
    backlogMemory: int32s(1),
  };
  const options = { workerData: data, transferList: [answers] };
  const protocol = new Worker(new URL("./protocol/protocol.js", import.meta.url), options);
  // Handled by the other thread (`protocol/signal.ts`), which is there while code blocks; this keeps Node from ending.
  process.on("SIGINT", () => {});

  let cells: Promise<Cells> | undefined;
  const load = async () => {
    const { Cells } = await import("./interpreter/cells.js");
    return new Cells({ ...data, answers: port1 }, (message) => protocol.postMessage(message));
  };
  protocol.on("message", async (message: ToMain) => {
    if (message.type === "exit") exit(message.code);
    // Not before the first message, which comes when the sockets are open: a front end wants to know soon that they are.
    cells ??= load();
    await (await cells).receive(message);
  });
  return new Promise<never>((_, reject) => {
    protocol.on("error", (error) => {
      reject(error);
      // Whatever the user's code has left running: without its sockets this is no kernel any more.
      setImmediate(exit, 1);
    });
  });
}

/** Memory for `count` numbers that both threads see. */
function int32s(count: number): SharedArrayBuffer {
  return new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT);
}
