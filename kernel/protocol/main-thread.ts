/**
 * The main thread as the protocol thread sees it: runs one cell at a time, can be interrupted, sends output.
 */
import { type Runtime, Session } from "node:inspector";
import { setTimeout } from "node:timers/promises";
import type { MessagePort } from "node:worker_threads";
import { interruptSlots } from "../interpreter/interrupt.js";
import type {
  Answer,
  Broadcast,
  CommMessage,
  Ended,
  Output,
  Question,
  RunRequest,
  ThreadData,
  ToMain,
  ToProtocol,
  TypesAsked,
} from "../threads.js";

/** How long the main thread may take to answer before it counts as blocked. */
const answerMs = 25;
/** How long a step may take, between which code looks at the interrupt's flag: such code ends by itself. */
const stepMs = 500;

/** How long a look at a value may take. */
const lookMs = 100;

/** How long the main thread may take to end the process. */
const exitMs = 1000;

/** How an interrupted cell ends. */
export const interrupted: Ended = {
  status: "error",
  ename: "Interrupted",
  evalue: "The cell was interrupted.",
  traceback: ["Interrupted: the cell was stopped; what it set before is still there."],
};

/** Who gets what comes from the main thread; all output in order, also what comes while no cell runs. */
export interface Listeners {
  output(output: Output): void;
  comm(message: CommMessage): void;
  question(question: Question): void;
  broadcast(message: Broadcast): void;
  /** The types that TypeScript says names of cells have. */
  typesOf(names: readonly string[]): Promise<Map<string, string>>;
}

/** One per kernel. */
export class MainThread {
  readonly #port: MessagePort;
  readonly #session = new Session();
  readonly #interrupts: Int32Array;
  readonly #answers: MessagePort;
  readonly #answerCount: Int32Array;
  #run: { task: number; done: Promise<Ended>; resolve: (ended: Ended) => void } | undefined;
  /** Who waits for listeners of comms, by the number of the task. */
  readonly #heard = new Map<number, () => void>();
  #free: ((stop: number) => void) | undefined;
  #interrupting: Promise<void> | undefined;
  #stops = 0;
  #isEnding = false;

  constructor(port: MessagePort, data: ThreadData, listeners: Listeners) {
    this.#port = port;
    this.#interrupts = new Int32Array(data.interruptMemory);
    this.#answers = data.answers;
    this.#answerCount = new Int32Array(data.answerMemory);
    this.#session.connectToMainThread();
    port.on("message", (message: ToProtocol) => {
      if (message.type === "ended") {
        if (message.task === this.#run?.task) this.#end(message.ended ?? interrupted);
      } else if (message.type === "free") this.#free?.(message.stop);
      else if (message.type === "heard") this.#endHearing(message.task);
      else if (message.type === "comm") listeners.comm(message);
      else if (message.type === "question") listeners.question(message);
      else if (message.type === "broadcast") listeners.broadcast(message);
      else if (message.type === "types") void this.#tellTypes(message, listeners);
      else listeners.output(message);
    });
  }

  /** Lets it load what cells need. */
  load(): void {
    this.#send({ type: "load" });
  }

  /** Resolves when nothing is being stopped: what begins before would be hit by what stops another. */
  async calm(): Promise<void> {
    while (this.#interrupting) await this.#interrupting;
  }

  /** Runs one translated cell, in a moment that is `calm`; resolves behind its last output. */
  run(request: Omit<RunRequest, "type">): Promise<Ended> {
    let resolve: (ended: Ended) => void = () => {};
    const done = new Promise<Ended>((settle) => {
      resolve = settle;
    });
    this.#run = { task: request.task, done, resolve };
    this.#send({ type: "run", ...request });
    return done;
  }

  /** The names that may stand behind a dot of `expression`, a name or a path of names, as its value has them now. */
  async keysOf(expression: string): Promise<string[]> {
    const keys = await this.#look(`Object.keys(Object(${expression}))`);
    return Array.isArray(keys) ? keys.map(String) : [];
  }

  /** The source of the function or class that `expression` is, as it runs; undefined for other values, and for native code. */
  async sourceOf(expression: string): Promise<string | undefined> {
    const source = await this.#look(`typeof (${expression}) === "function" ? String(${expression}) : undefined`);
    return typeof source === "string" && !source.includes("[native code]") ? source : undefined;
  }

  /** The value of `js`, unless it takes long, throws or would change anything: also while a cell runs. */
  #look(js: string): Promise<unknown> {
    // Node's types do not know all of them.
    const params = {
      expression: js,
      throwOnSideEffect: true,
      returnByValue: true,
      silent: true,
      disableBreaks: true,
      timeout: lookMs,
    };
    const value = new Promise<unknown>((resolve) => {
      this.#session.post("Runtime.evaluate", params, (error, reply: Runtime.EvaluateReturnType) =>
        resolve(error || reply.exceptionDetails ? undefined : reply.result.value),
      );
    });
    return Promise.race([value, setTimeout(2 * lookMs, undefined, { ref: false })]);
  }

  /** Hands a front end's comm message to the user's code; resolves when what listens is done, or was interrupted. */
  async comm(message: CommMessage & { task: number }): Promise<void> {
    await this.calm();
    this.#send(message);
    return new Promise((resolve) => this.#heard.set(message.task, resolve));
  }

  /** Hands over the user's answer to `question`. */
  answer({ id, sync }: Question, answer: { value: string } | { refused: string }): void {
    const message: Answer = { type: "answer", id, ...answer };
    if (!sync) {
      this.#send(message);
      return;
    }
    this.#answers.postMessage(message);
    Atomics.add(this.#answerCount, 0, 1);
    Atomics.notify(this.#answerCount, 0);
  }

  /**
   * Stops what runs, within `around`, and resolves when it has stopped; the variables stay. Nothing begins before: a call that
   * comes meanwhile has nothing else to stop.
   */
  interrupt(around: (stop: () => Promise<void>) => Promise<void>): Promise<void> {
    this.#interrupting ??= around(() => this.#stop()).finally(() => {
      this.#interrupting = undefined;
    });
    return this.#interrupting;
  }

  /**
   * Code that looks for interrupts ends by itself; code that awaits is given up, and does not go on later; code that blocks is
   * terminated through the inspector, which reaches a thread that answers no messages.
   */
  async #stop(): Promise<void> {
    const run = this.#run;
    if (run) {
      Atomics.store(this.#interrupts, interruptSlots.asked, run.task);
      const looks = Atomics.load(this.#interrupts, interruptSlots.looking) === run.task;
      const sinceMs = (Date.now() - Atomics.load(this.#interrupts, interruptSlots.lookedAt)) | 0;
      if (looks && sinceMs < stepMs && (await Promise.race([run.done, setTimeout(stepMs)]))) return;
    }
    const stop = ++this.#stops;
    while (!this.#isEnding) {
      const free = new Promise<true>((resolve) => {
        // It may have been asked several times: a late answer to the stop before says nothing of this one.
        this.#free = (answered) => answered === stop && resolve(true);
      });
      this.#send({ type: "interrupt", stop, task: run?.task });
      if ((await Promise.race([free, setTimeout(answerMs, false)])) || this.#isEnding) break;
      if (Atomics.load(this.#interrupts, interruptSlots.open) === 0) continue;
      await new Promise<void>((resolve) => this.#session.post("Runtime.terminateExecution", () => resolve()));
    }
    // What was terminated may have been the end of the run itself, while its value was formatted.
    if (this.#run) await Promise.race([this.#run.done, setTimeout(answerMs)]);
    this.#end(interrupted);
    for (const task of this.#heard.keys()) this.#endHearing(task);
  }

  /** Ends the process: close the sockets first. One whose main thread cannot be stopped, in native code for example, is killed. */
  exit(code: number): void {
    this.#isEnding = true;
    this.#session.disconnect();
    this.#send({ type: "exit", code });
    globalThis.setTimeout(() => process.kill(process.pid, "SIGKILL"), exitMs);
  }

  async #tellTypes({ id, names }: TypesAsked, listeners: Listeners): Promise<void> {
    this.#send({ type: "types", id, types: [...(await listeners.typesOf(names))] });
  }

  #endHearing(task: number): void {
    this.#heard.get(task)?.();
    this.#heard.delete(task);
  }

  #end(ended: Ended): void {
    this.#run?.resolve(ended);
    this.#run = undefined;
  }

  #send(message: ToMain): void {
    this.#port.postMessage(message);
  }
}
