/**
 * Execute requests, one after the other: checked, run, their output published, answered. After an error those that
 * wait are answered with `aborted`.
 */
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { KernelDebugger } from "../debugger/debugger.js";
import type { Language, Translation } from "../language/language.js";
import type { Ended } from "../threads.js";
import type { ErrorContent, ExecuteReply, JsonObject, Message } from "../wire/message.js";
import type { Broadcasts } from "./broadcasts.js";
import { coloured } from "./colours.js";
import { type HelpAsked, helpAskedFor, helpPage } from "./help.js";
import { History } from "./history.js";
import type { Input } from "./input.js";
import { interrupted, type MainThread } from "./main-thread.js";

/** How long to look for requests that were sent behind a failed one: all of them are to be aborted. */
const arrivalMs = 50;

/** A request, and how to answer it. */
interface Entry {
  request: Message;
  /** Where the front end that sent it is reached. */
  identities: Buffer[];
  answer: (reply: ExecuteReply) => Promise<void>;
}

/** What executing a cell takes. */
interface QueueParts {
  language: Promise<Language>;
  main: MainThread;
  broadcasts: Broadcasts;
  input: Input;
  debug: KernelDebugger;
}

/** One per kernel. */
export class ExecutionQueue {
  readonly history = new History();
  readonly #language: Promise<Language>;
  readonly #main: MainThread;
  readonly #broadcasts: Broadcasts;
  readonly #input: Input;
  readonly #debug: KernelDebugger;
  readonly #waiting: Entry[] = [];
  #working: Promise<void> | undefined;
  #running: Message | undefined;
  /** Aborted when the running request is interrupted. */
  #stop = new AbortController();
  #count = 0;

  constructor({ language, main, broadcasts, input, debug }: QueueParts) {
    this.#language = language;
    this.#main = main;
    this.#broadcasts = broadcasts;
    this.#input = input;
    this.#debug = debug;
  }

  /** The request that is being executed. */
  get running(): Message | undefined {
    return this.#running;
  }

  /** Puts a request at the end. */
  add(request: Message, identities: Buffer[], answer: Entry["answer"]): void {
    this.#waiting.push({ request, identities, answer });
    this.#working ??= this.#work();
  }

  /** Stops the cell that runs, if any. */
  async interrupt(): Promise<void> {
    this.#stop.abort();
    await this.#main.interrupt((stop) => this.#debug.whileReleased(stop));
  }

  /** Stops the cell that runs; resolves when it and all that wait are answered. */
  async end(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    await this.interrupt();
    await this.#working;
    await this.#abort(waiting);
  }

  async #work(): Promise<void> {
    for (let entry = this.#waiting.shift(); entry; entry = this.#waiting.shift()) {
      const { request, identities } = entry;
      this.#running = request;
      this.#stop = new AbortController();
      const task = this.#broadcasts.begin(request);
      this.#broadcasts.status("busy", request);
      this.#input.begin(request, identities);
      const reply = await this.#execute(request, task);
      this.#input.end();
      const stops = reply.status === "error" && request.content.stop_on_error !== false;
      if (stops) await setTimeout(arrivalMs);
      const aborted = stops ? this.#waiting.splice(0) : [];
      await this.#finish(entry, reply);
      await this.#abort(aborted);
    }
    this.#working = undefined;
  }

  async #abort(entries: Entry[]): Promise<void> {
    for (const entry of entries) {
      this.#broadcasts.status("busy", entry.request);
      await this.#finish(entry, { status: "aborted", execution_count: this.#count });
    }
  }

  async #finish({ request, answer }: Entry, reply: ExecuteReply): Promise<void> {
    await this.#broadcasts.settled();
    await answer(reply);
    this.#running = undefined;
    this.#broadcasts.status("idle", request);
  }

  async #execute(request: Message, task: number): Promise<ExecuteReply> {
    const { content } = request;
    const { code } = content;
    if (typeof code !== "string") {
      const evalue = `Expected code as a string, received ${JSON.stringify(code) ?? "nothing"}.`;
      return { status: "error", execution_count: this.#count, ename: "TypeError", evalue, traceback: [] };
    }
    const silent = content.silent === true;
    const isStored = !silent && content.store_history !== false && code.trim() !== "";
    if (isStored) this.#count += 1;
    const execution_count = this.#count;
    if (!silent) this.#broadcasts.publish("execute_input", { code, execution_count }, request);
    const asked = helpAskedFor(code);
    if (asked !== undefined) return this.#help(asked, execution_count, request);
    // What a front end runs for itself has no number of its own, and must not be taken for the cell that has this one.
    const ended = await this.#run(task, code, `cell-${isStored ? execution_count : 0}.ts`);
    const text = ended.status === "ok" ? ended.result?.["text/plain"] : undefined;
    if (isStored) this.history.add(execution_count, code, text === undefined ? undefined : String(text));
    if (ended.status === "ok") {
      if (ended.result && !silent) this.#broadcasts.result(ended.result, execution_count, request);
      const user_expressions = await this.#evaluate(task, Object(content.user_expressions));
      return { status: "ok", execution_count, user_expressions, payload: [] };
    }
    return this.#fail(ended, execution_count, request);
  }

  /** Tells of an error; in colour, unless no front end is there to show it. */
  #fail({ ename, evalue, traceback: plain }: ErrorContent, execution_count: number, request: Message): ExecuteReply {
    const { static: isStatic } = Object(request.metadata.gradbook) as { static?: boolean };
    const traceback = isStatic || process.env.NO_COLOR ? plain : coloured(plain);
    this.#broadcasts.publish("error", { ename, evalue, traceback }, request);
    return { status: "error", execution_count, ename, evalue, traceback };
  }

  async #help(asked: HelpAsked, execution_count: number, request: Message): Promise<ExecuteReply> {
    const page = await helpPage(await this.#language, this.#main, asked);
    if (page) return { status: "ok", execution_count, user_expressions: {}, payload: [page as JsonObject] };
    const evalue = `Expected a name with help, received ${asked.expression}: nothing of that name is declared.`;
    return this.#fail({ ename: "NameError", evalue, traceback: [evalue] }, execution_count, request);
  }

  /** Values a front end asks for behind a cell, by the names it gave them; each may fail for itself. */
  async #evaluate(task: number, expressions: { [name: string]: unknown }): Promise<JsonObject> {
    const values: JsonObject = {};
    for (const [name, expression] of Object.entries(expressions)) {
      const ended = await this.#run(task, String(expression), "expression.ts");
      values[name] = ended.status === "ok" ? { status: "ok", data: ended.result ?? {}, metadata: {} } : ended;
    }
    return values;
  }

  /** Packages that the cell imports by `npm:`: put in place before its check. */
  async #install(language: Language, source: string, task: number, signal: AbortSignal): Promise<Ended | undefined> {
    const say = (line: string) => this.#broadcasts.output({ type: "stream", name: "stderr", text: `${line}\n`, task });
    try {
      await language.install(source, say, signal);
      return undefined;
    } catch (error) {
      if (signal.aborted) return interrupted;
      const evalue = (error as Error).message;
      return { status: "error", ename: "ImportError", evalue, traceback: [evalue] };
    }
  }

  async #run(task: number, source: string, name: string): Promise<Ended> {
    const { signal } = this.#stop;
    const stopped = once(signal, "abort").then(() => undefined);
    let translation: Translation | undefined;
    try {
      const language = await this.#language;
      const problem = await this.#install(language, source, task, signal);
      if (problem) return problem;
      translation = await Promise.race([language.translate(source, name), stopped]);
    } catch (error) {
      // A fault of the checker's, not of the cell's: this cell cannot run, the kernel goes on.
      const { name: ename, message, stack } = error as Error;
      return { status: "error", ename, evalue: message, traceback: [`The cell could not be checked. ${stack}`] };
    }
    if (!translation || signal.aborted) return interrupted;
    for (const notice of translation.notices) {
      this.#broadcasts.output({ type: "stream", name: "stderr", text: `${notice}\n`, task });
    }
    if ("error" in translation) return { status: "error", ...translation.error };
    const { maps, shift } = translation.translated;
    if (this.#debug.isAttached) await this.#debug.prepare({ name, source, maps, shift });
    await Promise.race([this.#main.calm(), stopped]);
    if (signal.aborted) return interrupted;
    return this.#main.run({ task, name, source, ...translation.translated });
  }
}
