/**
 * The protocol thread, started by `../server.ts`: receives requests, hands them to `handlers.ts` or to the execution queue,
 * and frames everything the kernel says with `busy` and `idle`.
 */

import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { Backlog } from "../backlog.js";
import { KernelDebugger } from "../debugger/debugger.js";
import { figureFolders, plotlyFile } from "../interpreter/plain-figure.js";
import { isAlive } from "../is-alive.js";
import { endGroupBehind } from "../process-group.js";
import type { ThreadData } from "../threads.js";
import { readConnectionFile, removeConnectionFile } from "../wire/connection-file.js";
import type { Envelope } from "../wire/frames.js";
import { createMessage, type JsonObject, type Message } from "../wire/message.js";
import { Broadcasts } from "./broadcasts.js";
import { Comms, isComm } from "./comms.js";
import { ExecutionQueue } from "./execution-queue.js";
import { type Handler, handlers, type KernelParts } from "./handlers.js";
import { Input } from "./input.js";
import { log, logWarnings } from "./log.js";
import { MainThread } from "./main-thread.js";
import { interruptBySignal } from "./signal.js";
import { type RequestChannel, Sockets } from "./sockets.js";

/** At the end, what runs may take so long to stop. */
const endMs = 2000;

const data = workerData as ThreadData;
const { connectionFile, folder, library, notebook } = data;
const session = randomUUID();
const sockets = new Sockets(readConnectionFile(connectionFile));
const broadcasts = new Broadcasts(sockets, session, new Backlog(data.backlogMemory), () =>
  plotlyFile(figureFolders(folder, library)),
);
const comms = new Comms(broadcasts);
const input = new Input(sockets, session, broadcasts, () => main);
const main: MainThread = new MainThread(parentPort!, data, {
  output: (output) => broadcasts.output(output),
  comm: (message) => comms.publish(message),
  question: (question) => input.ask(question),
  broadcast: ({ msg_type, content, metadata, task }) =>
    broadcasts.publish(msg_type, content, broadcasts.requestOf(task), { metadata: metadata as JsonObject }),
  typesOf: async (names) => (await language).typesOf(names),
});
let started = false;
let lastDebugRequest: Message | undefined;
let isToEnd = false;
let hasFailed = false;
let ending: Promise<void> | undefined;

logWarnings();
process.on("uncaughtException", fail);

const listening = sockets.open({
  request: (channel, envelope) => void receive(channel, envelope),
  input: (envelope) => input.receive(envelope),
  subscription(topic) {
    broadcasts.publish("iopub_welcome", { subscription: topic }, undefined);
    // Before the first listener there is nobody to tell.
    if (!started) broadcasts.status("starting");
    started = true;
  },
  failed: fail,
});
// Not before the sockets are there: a front end wants to know soon that the kernel is.
const language = listening.then(async () => {
  endGroupBehind(({ message }) => log(`What cells start may outlive this kernel. ${message}`));
  main.load();
  const { Language } = await import("../language/language.js");
  return new Language({ folder, library, notebook });
});
const debug = new KernelDebugger({
  folder,
  library,
  language,
  publish: (event) => broadcasts.publish("debug_event", event, queue.running ?? lastDebugRequest),
});
const queue: ExecutionQueue = new ExecutionQueue({ language, main, broadcasts, input, debug });

const parts: KernelParts = {
  language,
  queue,
  main,
  comms,
  debug,
  end() {
    isToEnd = true;
  },
};

endWithParent();
interruptBySignal(() => void queue.interrupt());
await language;

async function receive(channel: RequestChannel, { identities, message }: Envelope): Promise<void> {
  const { msg_type } = message.header;
  const reply = (content: object) => {
    const reply_type = msg_type.replace(/_request$/, "_reply");
    return sockets.reply(channel, identities, createMessage(session, reply_type, content, { parent: message }));
  };
  if (msg_type === "execute_request") {
    queue.add(message, identities, reply);
    return;
  }
  if (msg_type === "debug_request") lastDebugRequest = message;
  broadcasts.status("busy", message);
  const handler = Object.hasOwn(handlers, msg_type) ? handlers[msg_type] : undefined;
  if (handler) await reply(await answer(handler, message));
  else if (isComm(message)) await main.comm(comms.receive(message));
  else log(`A message of the type ${msg_type} was ignored: this kernel does not know it.`);
  broadcasts.status("idle", message);
  if (isToEnd) await end();
}

/** What a handler answers. A request it cannot answer, or that is not as the protocol has it, gets an error for a reply. */
async function answer(handler: Handler, { header, content }: Message): Promise<object> {
  try {
    return await handler(content, parts);
  } catch (error) {
    const { name, message, stack } = error as Error;
    log(`The ${header.msg_type} failed. ${stack}`);
    return { status: "error", ename: name, evalue: message, traceback: [] };
  }
}

/** Stops what runs, so that its request is answered; then closes the sockets, and ends the process. */
function end(): Promise<void> {
  ending ??= endOnce();
  return ending;
}

async function endOnce(): Promise<void> {
  sockets.hurry();
  await Promise.race([queue.end(), setTimeout(endMs)]);
  endTypeScript();
  await broadcasts.settled();
  await sockets.close();
  debug.close();
  main.exit(0);
}

/** A fault of this thread's own ends the kernel: front ends see it and offer a restart. Others may follow from the first. */
async function fail(error: Error): Promise<void> {
  if (hasFailed) return;
  hasFailed = true;
  log(`The kernel failed. ${error.stack}`);
  endTypeScript();
  sockets.hurry();
  await sockets.close();
  debug.close();
  main.exit(1);
}

/** It waits for ever where it has just asked for a file. Without it there is nothing to end. */
function endTypeScript(): void {
  language.then(
    (loaded) => loaded.close(),
    () => {},
  );
}

/** Jupyter names the process that started the kernel: without it nobody would ever end this one. */
function endWithParent(): void {
  const parent = Number(process.env.JPY_PARENT_PID);
  if (!parent) return;
  const { ppid } = process;
  setInterval(() => {
    if (process.ppid === ppid && isAlive(parent)) return;
    removeConnectionFile(connectionFile);
    void end();
  }, 1000).unref();
}
