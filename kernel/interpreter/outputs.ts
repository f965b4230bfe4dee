/**
 * The way of a cell's output from the main thread to the protocol thread: text in batches, everything in the order in
 * which the cell made it, and all of it before the cell is reported as ended.
 */
import { Console } from "node:console";
import type { Backlog } from "../backlog.js";
import type { Output } from "../threads.js";
import { currentTask } from "./tasks.js";

/** An output before it is known to which request it belongs. */
type Untold = Output extends infer Each ? (Each extends Output ? Omit<Each, "task"> : never) : never;

/** Within `batchMs`, so many texts are sent as they come; the others wait until that time is over or they are so long. */
const sendsAtOnce = 50;
const batchMs = 50;
const batchLength = 32_768;

/**
 * One per process. `send` hands one output to the other thread. An interrupt cuts code off where it calls, waits, or goes round
 * a loop. So text is taken off what waits right behind the sending, with nothing in between, and before `backlog` lets it wait.
 */
export class Outputs {
  readonly #send: (output: Output) => void;
  readonly #backlog: Backlog;
  #waiting: (Output | Promise<Output>)[] = [];
  #text = "";
  #name: "stdout" | "stderr" = "stdout";
  #task: number | undefined;
  #since = 0;
  #sends = 0;
  #timer: NodeJS.Timeout | undefined;
  #pump: Promise<void> | undefined;

  constructor(send: (output: Output) => void, backlog: Backlog) {
    this.#send = send;
    this.#backlog = backlog;
  }

  /** Replaces `process.stdout.write` and `process.stderr.write`, and the `console` that uses them. */
  capture(): void {
    for (const name of ["stdout", "stderr"] as const) {
      process[name].write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown) => {
        const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
        this.write(name, text);
        const done = typeof encoding === "function" ? encoding : callback;
        if (typeof done === "function") process.nextTick(done);
        return true;
      };
    }
    // Node's own console adds and removes a listener for every line.
    globalThis.console = new Console({ stdout: process.stdout, stderr: process.stderr, ignoreErrors: false });
  }

  /** A new cell begins: its first texts go at once, whatever flood came before. */
  begin(): void {
    this.#sends = 0;
  }

  /** Adds text to a stream. A few texts go at once, for who writes may block for long afterwards; a flood goes in batches. */
  write(name: "stdout" | "stderr", text: string, task = currentTask()): void {
    if (text === "") return;
    if (name !== this.#name || task !== this.#task) this.flush();
    this.#name = name;
    this.#task = task;
    this.#text += text;
    const now = performance.now();
    if (now - this.#since >= batchMs) {
      this.#since = now;
      this.#sends = 0;
    }
    if (this.#sends < sendsAtOnce || this.#text.length >= batchLength) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), batchMs).unref();
  }

  /** Adds something to show. What follows waits for a promise, so that the order stays. */
  show(output: Untold | Promise<Untold>): void {
    this.flush();
    const task = currentTask();
    this.#add(output instanceof Promise ? output.then((ready) => ({ ...ready, task })) : { ...output, task });
  }

  /** Sends the text that is there. */
  flush(): void {
    if (this.#text === "") return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const output: Output = { type: "stream", name: this.#name, text: this.#text, task: this.#task };
    if (this.#pump) this.#waiting.push(output);
    else this.#send(output);
    this.#text = "";
    this.#sends += 1;
    if (!this.#pump) this.#backlog.add(output);
  }

  /** Gives up what is not ready: what it waits for may never come once its cell was interrupted. Sends the rest. */
  abandon(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#pump = undefined;
    for (const output of waiting) if (!(output instanceof Promise)) this.#sendAndWait(output);
    this.flush();
  }

  /** Resolves when everything so far is sent. */
  async settled(): Promise<void> {
    this.flush();
    await this.#pump;
  }

  #add(output: Output | Promise<Output>): void {
    if (this.#pump || output instanceof Promise) {
      this.#waiting.push(output);
      this.#pump ??= this.#sendWaiting();
    } else this.#sendAndWait(output);
  }

  #sendAndWait(output: Output): void {
    this.#send(output);
    this.#backlog.add(output);
  }

  async #sendWaiting(): Promise<void> {
    const waiting = this.#waiting;
    for (let output = waiting[0]; output; output = waiting[0]) {
      // Whoever asked for this output has the same promise, and with it the error.
      const ready = await Promise.resolve(output).catch(() => undefined);
      if (waiting !== this.#waiting) return;
      if (ready) this.#send(ready);
      waiting.shift();
      if (ready) this.#backlog.add(ready);
    }
    this.#pump = undefined;
  }
}
