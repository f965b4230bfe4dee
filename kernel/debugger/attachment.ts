/**
 * A debugger that is attached to the main thread: V8's inspector over a session of this thread's own, which reaches the main thread
 * while a cell blocks it, and while it is stopped.
 */
import type { Debugger } from "node:inspector";
import { Session } from "node:inspector/promises";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { KnownSource } from "../interpreter/traceback.js";
import type { Emitted } from "../language/strip.js";
import type { Library } from "../library.js";
import { log } from "../protocol/log.js";
import { Breakpoints } from "./breakpoints.js";
import { codeOf, expressionOf } from "./expression.js";
import { Sources } from "./sources.js";
import { packagePatterns, Stack, systemPatterns } from "./stack.js";
import { Values } from "./values.js";

/** So many steps back behind `await`s and timers are remembered. */
const asyncDepth = 8;

/** A cell that is about to run. */
export interface StartingCell extends Omit<KnownSource, "shownAs"> {
  /** The name of its script. */
  name: string;
}

/** What it needs of the kernel. */
interface AttachmentOptions {
  folder: string;
  library: Library | undefined;
  /** Makes JavaScript of a local file, as the loader does. */
  emitFile(file: string, text: string): Emitted;
  /** Tells all front ends. */
  tell(event: string, body?: object): void;
}

/** Where the program stands. */
interface Stop {
  stack: Stack;
  paused: Debugger.PausedEventDataType;
}

/** How it goes on. */
type Going = "Debugger.resume" | "Debugger.stepOver" | "Debugger.stepInto" | "Debugger.stepOut";

/** One from `initialize` to `disconnect`. */
export class Attachment {
  readonly sources: Sources;
  readonly breakpoints: Breakpoints;
  readonly values: Values;
  readonly #session = new Session();
  readonly #options: AttachmentOptions;
  /** The names of V8's scripts. */
  readonly #names = new Map<string, string>();
  #stop: Stop | undefined;
  /** Whether V8 has stopped the program: a moment before `#stop` is known. */
  #isHeld = false;
  #isClosed = false;
  /** How many interrupts are under way. */
  #releases = 0;
  #frames = 0;
  /** The exception that V8 has told of last. */
  #thrown: { description: string | undefined; length: number } | undefined;
  #exceptions: "none" | "uncaught" | "all" = "none";
  /** What was asked for last, which says why the program stops next. */
  #asked: "step" | "pause" | undefined;

  constructor(options: AttachmentOptions) {
    this.#options = options;
    this.sources = new Sources(options.folder, options.emitFile);
    this.breakpoints = new Breakpoints(this.#session, this.sources);
    this.values = new Values(this.#session);
  }

  /** The stop at which the program stands, if it does. */
  get stopped(): Stop | undefined {
    return this.#stop;
  }

  /** The same. @throws Error where it runs. */
  get stop(): Stop {
    if (!this.#stop)
      throw new Error("Expected a program that has stopped, received a request while it runs: pause it.");
    return this.#stop;
  }

  /** Connects. From now on breakpoints hold. */
  async open(): Promise<void> {
    const session = this.#session;
    session.connectToMainThread();
    session.on("Debugger.scriptParsed", ({ params }) => void this.#names.set(params.scriptId, params.url));
    session.on("Debugger.paused", ({ params }) => void this.#paused(params).catch(this.#report));
    session.on("Debugger.resumed", () => this.#resumed());
    session.on("Debugger.breakpointResolved", ({ params: { breakpointId, location } }) => {
      const breakpoint = this.breakpoints.resolved(breakpointId, location);
      if (breakpoint) this.#options.tell("breakpoint", { reason: "changed", breakpoint });
    });
    await session.post("Debugger.enable");
    await session.post("Debugger.setAsyncCallStackDepth", { maxDepth: asyncDepth });
    await this.#skipLibraries();
    await this.#learn();
  }

  /** Lets go of all values, which would live on otherwise; `close` comes next. */
  async leave(): Promise<void> {
    await this.values.clear();
  }

  /** Lets the program run on without a debugger. */
  close(): void {
    const { stopped } = this;
    this.#isClosed = true;
    this.#stop = undefined;
    this.#session.disconnect();
    if (stopped) this.#options.tell("continued", { threadId: 1, allThreadsContinued: true });
  }

  /** Sets the breakpoints of a cell that is about to run, and of files that were edited meanwhile. */
  async prepare(cell: StartingCell): Promise<void> {
    await this.#bind(cell).catch(this.#report);
  }

  async #bind({ name, ...rest }: StartingCell): Promise<void> {
    this.#thrown = undefined;
    const before = this.sources.script(name);
    if (before && before.text !== rest.source) await this.breakpoints.unbind(name);
    this.sources.add(name, { shownAs: name, ...rest });
    for (const path of this.breakpoints.paths) await this.breakpoints.bind(path);
  }

  /** Ends what has stopped, and what would stop until `work` is done. */
  async whileReleased(work: () => Promise<void>): Promise<void> {
    this.#releases += 1;
    try {
      if (this.#isHeld) await this.#end();
      await work();
    } finally {
      this.#releases -= 1;
    }
  }

  /** Lets the program go on to be terminated at once. */
  async #end(): Promise<void> {
    this.#isHeld = false;
    await this.#session.post("Debugger.resume", { terminateOnResume: true }).catch(this.#report);
  }

  /** A fault of the debugger's own is told of, and is no reason for a cell not to run. A session that was closed answers no more. */
  readonly #report = (error: Error): void => {
    if (!this.#isClosed) log(`The debugger failed. ${error.stack}`);
  };

  /** Goes on; the answer comes first, then whatever happens. @throws Error where the program has not stopped. */
  async resume(how: Going): Promise<undefined> {
    void this.stop;
    this.#asked = how === "Debugger.resume" ? undefined : "step";
    await this.#session.post(how as "Debugger.resume");
  }

  /** Stops at the next statement of the reader's own. */
  async pause(): Promise<undefined> {
    if (this.#stop) return;
    this.#asked = "pause";
    await this.#session.post("Debugger.pause");
  }

  /** Stops at exceptions: with the filter `all`, at those that are caught as well. */
  async pauseOnExceptions(filters: readonly string[]): Promise<void> {
    this.#exceptions = filters.includes("all") ? "all" : filters.includes("uncaught") ? "uncaught" : "none";
    // V8 takes all of a cell's for caught: which are not is found out at each (`#isWanted`).
    const state = this.#exceptions === "none" ? "none" : "all";
    await this.#session.post("Debugger.setPauseOnExceptions", { state });
    await this.#skipLibraries();
  }

  /** V8 steps over libraries, but says nothing of what they throw: so not while exceptions are wanted. */
  async #skipLibraries(): Promise<void> {
    const packages = this.#exceptions === "none" ? packagePatterns(this.#options.library) : [];
    await this.#session.post("Debugger.setBlackboxPatterns", { patterns: [...systemPatterns, ...packages] });
  }

  /** The scopes of the frame with this number. */
  async scopes(frameId: number): Promise<DebugProtocol.Scope[]> {
    const { stack, paused } = this.stop;
    const frame = stack.call(frameId);
    const thrown = frame === paused.callFrames[0] && isException(paused) ? (paused.data as never) : undefined;
    const found = await this.values.scopes(frame, thrown);
    return found.map(({ name, reference }) => ({ name, variablesReference: reference, expensive: false }));
  }

  /** The value of an expression in TypeScript, in a frame or at the top level. */
  async evaluate({ expression, frameId }: DebugProtocol.EvaluateArguments) {
    const frame = this.#stop && frameId !== undefined ? this.#stop.stack.call(frameId) : undefined;
    const value = await this.values.evaluate(codeOf(expression), frame);
    const { value: result, name: _, evaluateName: __, ...rest } = await this.values.describe("", value, expression);
    return { result, ...rest };
  }

  /** Assigns to a name of a scope, or to a part of a value. */
  async setVariable({ variablesReference, name, value }: DebugProtocol.SetVariableArguments) {
    const frame = this.#stop?.stack.call(undefined);
    const set = await this.values.set(variablesReference, name, await this.values.evaluate(expressionOf(value), frame));
    const { value: text, type, variablesReference: reference, indexedVariables } = set;
    return { value: text, type, variablesReference: reference, ...(indexedVariables && { indexedVariables }) };
  }

  /** Makes the value of an expression in a frame one of the top level, called `name`, where later cells find it. */
  async copyToGlobals(expression: string, name: string, frameId: number) {
    const value = await this.values.evaluate(expressionOf(expression), this.stop.stack.call(frameId));
    const { value: text, type, variablesReference } = await this.values.setGlobal(name, value);
    return { value: text, type, variablesReference };
  }

  /** What was thrown. @throws Error where the program has stopped for another reason. */
  exceptionInfo(): DebugProtocol.ExceptionInfoResponse["body"] {
    const { paused, stack } = this.stop;
    if (!isException(paused))
      throw new Error("Expected a program that has stopped at an exception, received another stop.");
    const { className, description, value, uncaught } = paused.data as ThrownData;
    const text = description ?? String(value);
    return {
      exceptionId: className ?? "Thrown",
      description: text.split("\n")[0]!,
      breakMode: uncaught || !stack.catches(this.sources) ? "unhandled" : "always",
      details: { stackTrace: text },
    };
  }

  /** The text at a path, or of the script with V8's number. @throws Error where there is none. */
  async source(path: string | undefined, scriptId: number | undefined): Promise<DebugProtocol.SourceResponse["body"]> {
    const text = path === undefined ? undefined : this.sources.text(path);
    if (text !== undefined) return { content: text, mimeType: "text/typescript" };
    if (!scriptId) throw new Error(`Expected the source of a frame, or of a cell, received ${path}.`);
    const { scriptSource } = await this.#session.post("Debugger.getScriptSource", { scriptId: String(scriptId) });
    return { content: scriptSource, mimeType: "text/javascript" };
  }

  /** Learns of the cells and files that ran before, or were loaded meanwhile. */
  async #learn(): Promise<void> {
    for (const [name, source] of await this.values.sources())
      if (!this.sources.script(name)) this.sources.add(name, source);
  }

  async #paused(paused: Debugger.PausedEventDataType): Promise<void> {
    this.#isHeld = true;
    if (this.#releases > 0) return this.#end();
    const nameOf = (scriptId: string) => this.#names.get(scriptId) ?? "";
    const isUnknown = ({ location }: Debugger.CallFrame) => {
      const name = nameOf(location.scriptId);
      return /^file:.*\?version=/.test(name) && !this.sources.script(name);
    };
    if (paused.callFrames.some(isUnknown)) await this.#learn();
    // It may have been ended meanwhile.
    if (!this.#isHeld) return;
    const stack = new Stack(paused, nameOf, this.sources, this.#frames + 1);
    this.#frames += stack.frames.length;
    // The kernel's own code, which a pause may hit.
    if (!stack.isUsers || (isException(paused) && !this.#isWanted(paused, stack))) {
      await this.#session.post("Debugger.resume");
      if (this.#asked === "pause") await this.#session.post("Debugger.pause");
      return;
    }
    if (this.#asked === "step" && !stack.isOnTop && !isException(paused)) {
      await this.#session.post("Debugger.stepOut");
      return;
    }
    this.#stop = { stack, paused };
    this.#options.tell("stopped", { ...this.#reason(paused), threadId: 1, allThreadsStopped: true });
    this.#asked = undefined;
  }

  /** Whether an exception is one at which the front end wants to stop. */
  #isWanted({ data }: Debugger.PausedEventDataType, stack: Stack): boolean {
    const { uncaught, description } = data as ThrownData;
    const { length } = stack.frames;
    const last = this.#thrown;
    this.#thrown = { description, length };
    // A library that throws on what it has caught is further out, or where it was.
    const isAgain = last !== undefined && last.description === description && (length < last.length || !stack.isOnTop);
    if (uncaught || !stack.catches(this.sources)) return !isAgain;
    return this.#exceptions === "all" && stack.isOnTop;
  }

  #reason(paused: Debugger.PausedEventDataType): Omit<DebugProtocol.StoppedEvent["body"], "threadId"> {
    const hit = this.breakpoints.idsOf(paused.hitBreakpoints ?? []);
    if (hit.length > 0) return { reason: "breakpoint", hitBreakpointIds: hit };
    if (isException(paused)) {
      const { description, value } = paused.data as ThrownData;
      return { reason: "exception", text: (description ?? String(value)).split("\n")[0]! };
    }
    if (this.#asked !== undefined) return { reason: this.#asked };
    return { reason: "breakpoint", description: "Paused on a debugger statement" };
  }

  #resumed(): void {
    this.#isHeld = false;
    if (!this.#stop) return;
    this.#stop = undefined;
    this.#options.tell("continued", { threadId: 1, allThreadsContinued: true });
    // What was unfolded belongs to the stop.
    this.values.clear().catch(this.#report);
  }
}

/** What V8 tells of a thrown value. */
interface ThrownData {
  className?: string;
  description?: string;
  value?: unknown;
  uncaught?: boolean;
}

function isException({ reason }: Debugger.PausedEventDataType): boolean {
  return reason === "exception" || reason === "promiseRejection";
}
