/**
 * The main thread as the protocol thread sees it: runs one cell at a time, can be interrupted, sends output.
 */
import { Session } from "node:inspector";
import { setTimeout } from "node:timers/promises";
import type { MessagePort } from "node:worker_threads";
import type { Ended, Output, RunRequest, ToMain, ToProtocol } from "../threads.js";

/** How long the main thread may take to answer before it counts as blocked. */
const answerMs = 50;

/** How an interrupted cell ends. */
export const interrupted: Ended = {
  status: "error",
  ename: "Interrupted",
  evalue: "The cell was interrupted.",
  traceback: ["Interrupted: the cell was stopped; what it set before is still there."],
};

/** One per kernel. */
export class MainThread {
  readonly #port: MessagePort;
  readonly #session = new Session();
  #run: { id: number; done: Promise<Ended>; resolve: (ended: Ended) => void } | undefined;
  #runs = 0;
  #free: (() => void) | undefined;

  /** `onOutput` gets all output in order, also what comes while no cell runs. */
  constructor(port: MessagePort, onOutput: (output: Output) => void) {
    this.#port = port;
    this.#session.connectToMainThread();
    port.on("message", (message: ToProtocol) => {
      if (message.type === "ended") {
        if (message.id === this.#run?.id) this.#end(message.ended ?? interrupted);
      } else if (message.type === "free") this.#free?.();
      else onOutput(message);
    });
  }

  /** Runs one translated cell; resolves behind its last output. */
  run(request: Omit<RunRequest, "type" | "id">): Promise<Ended> {
    this.#runs += 1;
    const id = this.#runs;
    let resolve: (ended: Ended) => void = () => {};
    const done = new Promise<Ended>((settle) => {
      resolve = settle;
    });
    this.#run = { id, done, resolve };
    this.#send({ type: "run", id, ...request });
    return done;
  }

  /**
   * Stops what runs and resolves when it has stopped; the variables stay. Code that awaits gives up by itself; code that
   * blocks is terminated through the inspector, which reaches a thread that answers no messages.
   */
  async interrupt(): Promise<void> {
    for (;;) {
      const free = new Promise<true>((resolve) => {
        this.#free = () => resolve(true);
      });
      this.#send({ type: "interrupt" });
      if (await Promise.race([free, setTimeout(answerMs, false)])) break;
      await new Promise<void>((resolve) => this.#session.post("Runtime.terminateExecution", () => resolve()));
    }
    // What was terminated may have been the end of the run itself, while its value was formatted.
    if (this.#run) await Promise.race([this.#run.done, setTimeout(answerMs)]);
    this.#end(interrupted);
  }

  /** Ends the process, in which nothing may run: close the sockets first. */
  exit(code: number): void {
    this.#session.disconnect();
    this.#send({ type: "exit", code });
  }

  #end(ended: Ended): void {
    this.#run?.resolve(ended);
    this.#run = undefined;
  }

  #send(message: ToMain): void {
    this.#port.postMessage(message);
  }
}
