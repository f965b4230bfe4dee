/**
 * Starts real kernels for tests, in processes of their own, and checks every message they send against the protocol.
 * `dist` must be up to date: the kernel runs from there.
 */
import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { onTestFinished } from "vitest";
import type { Execution } from "../../kernel/client/execution.js";
import type { ExecuteOptions } from "../../kernel/client/kernel-client.js";
import { type KernelProcess, type StartOptions, startKernel } from "../../kernel/client/kernel-process.js";
import type { DisplayContent, ExecuteReply, Message, StreamContent } from "../../kernel/wire/message.js";
import { root } from "./needs.js";
import { checkMessage } from "./protocol-schema.js";

/** The command line of the compiled kernel. */
export const builtKernel: readonly string[] = [
  process.execPath,
  "--no-force-async-hooks-checks",
  `${root}kernel/dist/main.js`,
  "kernel",
  "--connection-file",
  "{connection_file}",
  "--library",
  resolve(root),
];

/** The command line of tslab's kernel, to show that the client speaks the protocol and not a dialect of our own. */
export const tslabKernel: readonly string[] = [
  process.execPath,
  `${root}node_modules/tslab/bin/tslab`,
  "kernel",
  "--config-path",
  "{connection_file}",
];

/**
 * Starts the compiled kernel (or `options.command`). From the first message on, one that is not as the protocol has it
 * ends all requests with an error. Inside a test the kernel is ended with the test; in `beforeAll`, call `kill` yourself.
 */
export async function startTestKernel({ env, ...options }: StartOptions = {}): Promise<KernelProcess> {
  // The history of who runs the tests is their own.
  return startKernel({
    command: builtKernel,
    onMessage: checkMessage,
    env: { GRADBOOK_HISTORY: "", ...env },
    ...options,
  });
}

/** `startTestKernel` for one test: the kernel is gone when the test is. */
export async function kernelOfThisTest(options: StartOptions = {}): Promise<KernelProcess> {
  const kernel = await startTestKernel(options);
  onTestFinished(() => kernel.kill());
  return kernel;
}

/** So many ms a test waits for another kernel's answer: far longer than it takes where everything else waits, too. */
const patience = 600_000;

/** Follows what `kernel` says, to tell what it was last heard of. */
class Ear {
  #last = "nothing";
  #at = Date.now();
  readonly listen = ({ header }: Message, channel: string) => {
    this.#last = `${header.msg_type} on ${channel}`;
    this.#at = Date.now();
  };

  /** The error of a test that gives up waiting for `what`. */
  giveUp(what: string): Error {
    const ago = Math.round((Date.now() - this.#at) / 1000);
    return new Error(`Expected ${what} within ${patience / 1000} s, last received ${this.#last}, ${ago} s ago.`);
  }
}

/** Starts stock tslab's kernel in `cwd`; what it writes to stderr is shown. Gives up where it does not answer. */
export async function startTslab(cwd: string): Promise<KernelProcess> {
  const ear = new Ear();
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(ear.giveUp("tslab to start")), patience);
  try {
    const onStderr = (text: string) => console.error(`tslab: ${text}`);
    return await startKernel({ command: tslabKernel, cwd, onStderr, onMessage: ear.listen, signal: silence.signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Starts a cell and waits until it prints or shows something; before that it is being checked, and an interrupt would keep it from running at all. */
export async function begin({ client }: KernelProcess, code: string): Promise<Execution> {
  const execution = client.execute(code);
  for await (const { header } of execution) if (/stream|display/.test(header.msg_type)) break;
  return execution;
}

/** Everything one execution produced, in the forms tests ask for. */
export interface Outcome {
  reply: ExecuteReply;
  messages: Message[];
  /** The types of the broadcasts in order. */
  types: string[];
  stdout: string;
  stderr: string;
  /** The data of `execute_result`; undefined when there was none. */
  result: DisplayContent["data"] | undefined;
  /** `text/plain` of `execute_result`; undefined when there was none. */
  text: string | undefined;
}

/** An error's traceback without its colours; everything else as it is. */
function plain<Content>(content: Content): Content {
  const { traceback } = content as { traceback?: string[] };
  return traceback ? { ...content, traceback: traceback.map(stripVTControlCharacters) } : content;
}

/**
 * Runs `code` to its `idle`. A failing cell is an outcome too: look at `reply.status`; its traceback is there without colours. Gives
 * up where no end comes.
 */
export async function run({ client }: KernelProcess, code: string, options?: ExecuteOptions): Promise<Outcome> {
  const ear = new Ear();
  client.on("message", ear.listen);
  const timer = setTimeout(() => client.fail(ear.giveUp(`an end of the cell ${code}`)), patience);
  const done = await client
    .execute(code, options)
    .done()
    .finally(() => {
      clearTimeout(timer);
      client.off("message", ear.listen);
    });
  const reply = plain(done.reply);
  const messages = done.messages.map((message) => ({ ...message, content: plain(message.content) }));
  const contents = <Content>(type: string) =>
    messages.filter((message) => message.header.msg_type === type).map((message) => message.content as Content);
  const stream = (name: string) =>
    contents<StreamContent>("stream")
      .filter((content) => content.name === name)
      .map((content) => content.text)
      .join("");
  const result = contents<DisplayContent>("execute_result")[0]?.data;
  return {
    reply,
    messages,
    types: messages.map((message) => message.header.msg_type),
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    result,
    text: result?.["text/plain"] as string | undefined,
  };
}
