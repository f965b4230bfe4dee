/** A front end's side of the debugger, for tests: requests of the Debug Adapter Protocol to a real kernel, and what comes back. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { KernelProcess } from "../../kernel/client/kernel-process.js";
import type { Message } from "../../kernel/wire/message.js";

type Body<Response extends DebugProtocol.Response> = Response["body"];
type Scopes = { [name: string]: { [name: string]: DebugProtocol.Variable } };

/** One per kernel. */
export class DebugClient {
  readonly #kernel: KernelProcess;
  readonly #events: DebugProtocol.Event[] = [];
  #wake = () => {};
  #seq = 0;

  constructor(kernel: KernelProcess) {
    this.#kernel = kernel;
    kernel.client.on("message", ({ header, content }: Message) => {
      if (header.msg_type !== "debug_event") return;
      this.#events.push(content as unknown as DebugProtocol.Event);
      this.#wake();
    });
  }

  /** The answer to a command, whether it succeeds or not. */
  async send(command: string, args: object = {}): Promise<DebugProtocol.Response> {
    this.#seq += 1;
    const request = { type: "request", seq: this.#seq, command, arguments: args };
    return (await this.#kernel.client.request<DebugProtocol.Response>("control", "debug_request", request)).content;
  }

  /** What a command gives. @throws Error for one that is refused. */
  async ask<Response extends DebugProtocol.Response>(command: string, args: object = {}): Promise<Body<Response>> {
    const response = await this.send(command, args);
    if (!response.success) throw new Error(`Expected ${command} to succeed, received: ${response.message}`);
    return response.body as Body<Response>;
  }

  /** The next event of this name that has come, or will. */
  async event<Event extends DebugProtocol.Event>(name: Event["event"]): Promise<Event> {
    for (;;) {
      const at = this.#events.findIndex(({ event }) => event === name);
      if (at >= 0) return this.#events.splice(at, 1)[0] as Event;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The names of the events that have come and were not waited for. */
  take(): string[] {
    return this.#events.splice(0).map(({ event }) => event);
  }

  /** Attaches, as JupyterLab does. */
  async attach(): Promise<void> {
    await this.ask("initialize", {
      adapterID: "gradbook",
      clientID: "test",
      linesStartAt1: true,
      columnsStartAt1: true,
    });
    await this.ask("attach");
  }

  /** Sets breakpoints in a cell, by their lines or whole, before or after it has run. */
  async breakAt(
    code: string,
    ...places: (number | DebugProtocol.SourceBreakpoint)[]
  ): Promise<DebugProtocol.Breakpoint[]> {
    const { sourcePath } = (await this.ask("dumpCell", { code })) as { sourcePath: string };
    return this.breakInFile(sourcePath, ...places);
  }

  /** Sets breakpoints in a file. */
  async breakInFile(
    path: string,
    ...places: (number | DebugProtocol.SourceBreakpoint)[]
  ): Promise<DebugProtocol.Breakpoint[]> {
    const breakpoints = places.map((place) => (typeof place === "number" ? { line: place } : place));
    const { breakpoints: set } = await this.ask<DebugProtocol.SetBreakpointsResponse>("setBreakpoints", {
      source: { path },
      breakpoints,
    });
    await this.ask("configurationDone");
    return set;
  }

  /** Waits for a stop; gives why it is one. */
  async stopped(): Promise<DebugProtocol.StoppedEvent["body"]> {
    return (await this.event<DebugProtocol.StoppedEvent>("stopped")).body;
  }

  /** The stack of the stop, the innermost frame first. */
  async frames(): Promise<DebugProtocol.StackFrame[]> {
    return (await this.ask<DebugProtocol.StackTraceResponse>("stackTrace", { threadId: 1 })).stackFrames;
  }

  /** Where the program stands: the functions and lines of the reader's own frames. */
  async lines(): Promise<string[]> {
    const own = (await this.frames()).filter(({ presentationHint }) => presentationHint === undefined);
    return own.map(({ name, line }) => `${name}:${line}`);
  }

  /** Waits for a stop; gives where it is. */
  async stop(): Promise<string[]> {
    await this.stopped();
    return this.lines();
  }

  /** Goes on; `how` is a command. */
  async go(how: "continue" | "next" | "stepIn" | "stepOut" = "continue"): Promise<void> {
    await this.ask(how, { threadId: 1 });
  }

  /** What is in the scopes of a frame, by name; default: of the innermost. */
  async scopes(frameId?: number): Promise<Scopes> {
    const frame = frameId ?? (await this.frames())[0]!.id;
    const { scopes } = await this.ask<DebugProtocol.ScopesResponse>("scopes", { frameId: frame });
    const found: Scopes = {};
    for (const { name, variablesReference } of scopes) found[name] = byName(await this.variables(variablesReference));
    return found;
  }

  /** The parts of a variable. */
  async variables(variablesReference: number, page: object = {}): Promise<DebugProtocol.Variable[]> {
    const args = { variablesReference, ...page };
    return (await this.ask<DebugProtocol.VariablesResponse>("variables", args)).variables;
  }

  /** The parts of a variable by their names. */
  async parts(variable: DebugProtocol.Variable): Promise<{ [name: string]: DebugProtocol.Variable }> {
    return byName(await this.variables(variable.variablesReference));
  }

  /** The value of an expression, as text. */
  async evaluate(expression: string, frameId?: number): Promise<string> {
    return (await this.ask<DebugProtocol.EvaluateResponse>("evaluate", { expression, frameId })).result;
  }
}

function byName(variables: readonly DebugProtocol.Variable[]): { [name: string]: DebugProtocol.Variable } {
  return Object.fromEntries(variables.map((variable) => [variable.name, variable]));
}
