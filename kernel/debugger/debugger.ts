/**
 * The debugger as front ends see it: answers `debug_request`s, which are requests of the Debug Adapter Protocol and a few of
 * Jupyter's own, and tells of what happens by `debug_event`s. A front end that has asked for it (`initialize`) has an `Attachment`.
 * Sources: microsoft.github.io/debug-adapter-protocol/specification; "Messaging in Jupyter", part "Debug request".
 */
import { Session } from "node:inspector/promises";
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Variable } from "../interpreter/inspection.js";
import type { Language } from "../language/language.js";
import type { Library } from "../library.js";
import type { JsonObject, MimeBundle } from "../wire/message.js";
import type { Attachment, StartingCell } from "./attachment.js";
import { cellPaths, pathOf } from "./cell-path.js";
import type { Values } from "./values.js";

/** What the adapter can do. */
const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsExceptionInfoRequest: true,
  supportsDelayedStackTraceLoading: true,
  supportsModulesRequest: true,
  exceptionBreakpointFilters: [
    { filter: "uncaught", label: "Uncaught exceptions", default: false },
    { filter: "all", label: "All exceptions", default: false },
  ],
};

/** Types whose values are short. */
const primitives = new Set(["string", "number", "boolean", "bigint", "symbol", "undefined", "null"]);

/** Jupyter's own request. Source: JupyterLab, packages/debugger/src/tokens.ts, `ICopyToGlobalsRequest`. */
interface CopyToGlobals {
  srcVariableName: string;
  dstVariableName: string;
  srcFrameId: number;
}

/** Gives the body of the answer, if it has one. */
type Answer = (args: never) => object | undefined | Promise<object | undefined>;

/** What the debugger needs of the kernel. */
export interface DebuggerOptions {
  folder: string;
  library: Library | undefined;
  language: Promise<Language>;
  /** Tells all front ends. */
  publish(event: DebugProtocol.Event): void;
}

/** One per kernel. */
export class KernelDebugger {
  readonly #options: DebuggerOptions;
  /** For what is looked at without stopping; connected by the first who asks. */
  #looking: { session: Session; values: Values } | undefined;
  #attachment: Attachment | undefined;
  #opening: Promise<void> | undefined;
  /** How often it was closed: what is still opening then is not wanted any more. */
  #closings = 0;
  /** Which front end has initialized it. */
  #clientID: string | undefined;
  #seq = 0;

  constructor(options: DebuggerOptions) {
    this.#options = options;
  }

  /** Whether a front end has asked for it: before that, nothing is to be told. */
  get isAttached(): boolean {
    return this.#attachment !== undefined;
  }

  /** The answer to a `debug_request`. */
  async answer(request: JsonObject): Promise<DebugProtocol.Response> {
    const { seq, command, arguments: args } = request;
    // A request without a number has an answer all the same.
    const response = {
      type: "response",
      request_seq: Number.isInteger(seq) ? Number(seq) : 0,
      command: String(command),
    } as const;
    try {
      const answer = Object.hasOwn(this.#commands, String(command)) ? this.#commands[String(command)] : undefined;
      if (!answer) throw new Error(`Expected a command that this debugger knows, received ${command}.`);
      const body = await answer(Object(args) as never);
      return { ...response, seq: this.#next(), success: true, ...(body && { body }) };
    } catch (error) {
      const { message } = error as Error;
      const body = { error: { id: 1, format: message, showUser: true } };
      return { ...response, seq: this.#next(), success: false, message, body };
    }
  }

  /** A cell is about to run: its breakpoints are to be there first. */
  async prepare(cell: StartingCell): Promise<void> {
    await this.#attachment?.prepare(cell);
  }

  /** Interrupts by `interrupt`: a program that the debugger holds would not hear of it, so it is not held meanwhile. */
  async whileReleased(interrupt: () => Promise<void>): Promise<void> {
    await (this.#attachment?.whileReleased(interrupt) ?? interrupt());
  }

  /** Lets the program run on, and forgets everything. Node does not end a process with a debugger attached. */
  close(): void {
    this.#attachment?.close();
    this.#attachment = undefined;
    this.#opening = undefined;
    this.#closings += 1;
    this.#looking?.session.disconnect();
    this.#looking = undefined;
  }

  get #started(): Attachment {
    if (!this.#attachment)
      throw new Error("Expected a debugger that is attached, received a request before: initialize it.");
    return this.#attachment;
  }

  async #values(): Promise<Values> {
    if (this.#attachment) return this.#attachment.values;
    // Not before it is asked for: a kernel is to start fast.
    const { Values } = await import("./values.js");
    if (!this.#looking) {
      const session = new Session();
      session.connectToMainThread();
      this.#looking = { session, values: new Values(session) };
    }
    return this.#looking.values;
  }

  /** By command. */
  readonly #commands: { [command: string]: Answer } = {
    initialize: async ({ clientID }: DebugProtocol.InitializeRequestArguments): Promise<DebugProtocol.Capabilities> => {
      this.#clientID = clientID;
      this.#opening ??= this.#open();
      const opening = this.#opening;
      try {
        await opening;
      } catch (error) {
        // The next who asks may have more luck.
        if (this.#opening === opening) this.close();
        throw error;
      }
      return capabilities;
    },
    attach: () => {
      void this.#started;
      this.#tell("initialized");
      return undefined;
    },
    configurationDone: () => undefined,
    disconnect: async () => {
      try {
        await this.#attachment?.leave();
      } finally {
        this.close();
      }
      return undefined;
    },
    debugInfo: () => ({
      isStarted: this.isAttached,
      ...cellPaths,
      breakpoints: this.#attachment?.breakpoints.list() ?? [],
      stoppedThreads: this.#attachment?.stopped ? [1] : [],
      richRendering: true,
      exceptionPaths: [],
      copyToGlobals: true,
    }),
    dumpCell: ({ code }: { code: string }) => ({ sourcePath: this.#attachment?.sources.dump(code) ?? pathOf(code) }),
    setBreakpoints: async ({ source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments) => {
      const path = source?.path;
      if (!path) throw new Error("Expected the path of a cell or a file, received none: ask dumpCell for a cell's.");
      return { breakpoints: await this.#started.breakpoints.set(path, breakpoints) };
    },
    setExceptionBreakpoints: async ({ filters }: DebugProtocol.SetExceptionBreakpointsArguments) => {
      await this.#started.pauseOnExceptions(filters);
      return undefined;
    },
    threads: () => ({ threads: [{ id: 1, name: "main" }] }),
    stackTrace: ({ startFrame = 0, levels = 0 }: DebugProtocol.StackTraceArguments) => {
      const frames = this.#started.stop.stack.frames.map(({ shown }) => shown);
      const end = levels > 0 ? startFrame + levels : frames.length;
      return { stackFrames: frames.slice(startFrame, end), totalFrames: frames.length };
    },
    scopes: async ({ frameId }: DebugProtocol.ScopesArguments) => ({ scopes: await this.#started.scopes(frameId) }),
    variables: async ({ variablesReference, ...page }: DebugProtocol.VariablesArguments) => ({
      variables: (await (await this.#values()).unfold(variablesReference, page)).map((each) => this.#shown(each)),
    }),
    setVariable: (args: DebugProtocol.SetVariableArguments) => this.#started.setVariable(args),
    copyToGlobals: async ({ srcVariableName, dstVariableName, srcFrameId }: CopyToGlobals) => {
      const copied = await this.#started.copyToGlobals(srcVariableName, dstVariableName, srcFrameId);
      await this.#options.language.then((language) => language.declare(dstVariableName));
      return copied;
    },
    evaluate: (args: DebugProtocol.EvaluateArguments) => this.#started.evaluate(args),
    exceptionInfo: () => this.#started.exceptionInfo(),
    continue: async () => {
      await this.#started.resume("Debugger.resume");
      return { allThreadsContinued: true };
    },
    next: () => this.#started.resume("Debugger.stepOver"),
    stepIn: () => this.#started.resume("Debugger.stepInto"),
    stepOut: () => this.#started.resume("Debugger.stepOut"),
    pause: () => this.#started.pause(),
    source: ({ source, sourceReference }: DebugProtocol.SourceArguments) =>
      this.#started.source(source?.path, source?.sourceReference || sourceReference),
    modules: () => {
      const all = this.#attachment?.sources.all() ?? [];
      const modules = all.map(({ path, shownAs }): DebugProtocol.Module => ({ id: path, name: shownAs, path }));
      return { modules, totalModules: modules.length };
    },
    inspectVariables: async () => {
      const values = await this.#values();
      if (!this.#attachment?.stopped) await values.clear();
      const variables = await values.topLevel();
      const types = await (await this.#options.language).typesOf(variables.map(({ name }) => name));
      return { variables: variables.map((each) => this.#shown(each, types.get(each.name))) };
    },
    richInspectVariables: async ({ variableName, frameId }: { variableName: string; frameId?: number }) => ({
      data: await this.#rich(variableName, frameId),
      metadata: {},
    }),
  };

  async #open(): Promise<void> {
    const { folder, library } = this.#options;
    const closings = this.#closings;
    const language = await this.#options.language;
    const { Attachment } = await import("./attachment.js");
    if (this.#closings !== closings) {
      throw new Error("Expected to attach the debugger, received an end of it meanwhile: initialize it again.");
    }
    this.#attachment = new Attachment({
      folder,
      library,
      emitFile: (file, text) => language.emitFile(file, text),
      tell: (event, body) => this.#tell(event, body),
    });
    await this.#attachment.open();
  }

  /** A line for the front end. JupyterLab's tree shows the type in the place of the value: of a number, the number says more. */
  #shown(variable: Variable, type = variable.type): DebugProtocol.Variable {
    const { type: _, ...rest } = variable;
    return this.#clientID === "jupyterlab" && primitives.has(variable.type) ? rest : { ...rest, type };
  }

  async #rich(expression: string, frameId: number | undefined): Promise<MimeBundle> {
    const stopped = this.#attachment?.stopped;
    const frame = stopped && frameId !== undefined ? stopped.stack.call(frameId) : undefined;
    const values = await this.#values();
    return values.rich(await values.evaluate(expression, frame), stopped !== undefined);
  }

  #tell(event: string, body?: object): void {
    this.#options.publish({ seq: this.#next(), type: "event", event, ...(body && { body }) });
  }

  #next(): number {
    this.#seq += 1;
    return this.#seq;
  }
}
