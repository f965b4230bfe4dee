/**
 * A client of any Jupyter kernel over ZeroMQ: sends requests, matches replies and broadcasts to them by message id.
 * The runner and the tests drive kernels with it; `kernel-process.ts` starts the kernel itself.
 */
import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { setImmediate } from "node:timers/promises";
import { Dealer, Request, Subscriber } from "zeromq";
import { type Connection, endpoint } from "../wire/connection-file.js";
import { decode, encode } from "../wire/frames.js";
import {
  type CompleteReply,
  createMessage,
  type ExecuteReply,
  type ExecuteRequest,
  type InspectReply,
  type IsCompleteReply,
  type JsonObject,
  type KernelInfoReply,
  type Message,
} from "../wire/message.js";
import { Execution } from "./execution.js";

/** Milliseconds between two attempts to reach a kernel that is about to start. */
const reconnectInterval = 5;

/** How `execute` differs from its defaults. */
export interface ExecuteOptions extends Partial<Omit<ExecuteRequest, "code" | "allow_stdin">> {
  /** Answers the code's question to the user. Default: none, and the kernel is told so (`allow_stdin: false`). */
  onInput?: (prompt: string, password: boolean) => string | Promise<string>;
  /** The metadata of the request. Default: empty. */
  metadata?: JsonObject;
}

/** So long one socket's messages are taken without looking after anything else. */
const turnMs = 20;

interface Pending {
  resolve: (reply: Message) => void;
  reject: (error: Error) => void;
}

/** A socket's name as seen by a listener of `message`. */
export type ReceivedOn = "shell" | "control" | "iopub" | "stdin";

/**
 * One connection to one kernel. Event `message` (message, channel): everything received, before it is matched to a
 * request. What cannot be read, or a listener that throws, ends all requests with that error. Call `close` at the end.
 */
export class KernelClient extends EventEmitter<{ message: [Message, ReceivedOn] }> {
  /** The session id in the header of every request. */
  readonly session = randomUUID();
  readonly #connection: Connection;
  readonly #sockets: { shell: Dealer; control: Dealer; stdin: Dealer; iopub: Subscriber };
  readonly #replies = new Map<string, Pending>();
  readonly #executions = new Map<string, Execution>();
  /** By socket, once it is connected: resolves when the kernel has let go of the connection, as every process does at its end. */
  readonly #disconnections = new Map<ReceivedOn, Promise<void>>();
  #received = 0;
  #failure: Error | undefined;

  /** Connects at once; ZeroMQ waits for a kernel that is not up yet. `ready` tells when it is. */
  constructor(connection: Connection) {
    super();
    this.#connection = connection;
    // The kernel sends a question to the identity that asked it to execute, so the three sockets share one identity.
    const options = { routingId: this.session, linger: 0, sendHighWaterMark: 0, reconnectInterval };
    const [shell, control, stdin] = [new Dealer(options), new Dealer(options), new Dealer(options)];
    const iopub = new Subscriber({ linger: 0, receiveHighWaterMark: 0, reconnectInterval });
    this.#sockets = { shell, control, stdin, iopub };
    iopub.subscribe();
    for (const channel of ["shell", "control", "stdin", "iopub"] as const) {
      const { events } = this.#sockets[channel];
      const disconnected = new Promise<void>((resolve) => {
        events.on("disconnect", () => resolve());
        // Closed on this side.
        events.on("end", () => resolve());
      });
      events.on("connect", () => this.#disconnections.set(channel, disconnected));
      this.#sockets[channel].connect(endpoint(connection, channel));
      void this.#receive(channel);
    }
  }

  /**
   * Resolves when the kernel answers and its broadcasts arrive here (a subscription may take effect after the first
   * answer, so the question is repeated); gives the kernel's description of itself.
   */
  async ready(): Promise<KernelInfoReply> {
    for (let subscribed = false; ; ) {
      const listener = (_: Message, channel: ReceivedOn) => {
        subscribed ||= channel === "iopub";
      };
      this.on("message", listener);
      try {
        const info = await this.kernelInfo();
        // Broadcasts of this request may be a moment behind its reply.
        for (let i = 0; i < 10 && !subscribed; i++) await new Promise((resolve) => setTimeout(resolve, 10));
        if (subscribed) return info;
      } finally {
        this.off("message", listener);
      }
    }
  }

  /** Runs `code`; its broadcasts and its reply come through the returned `Execution`. */
  execute(code: string, { onInput, metadata = {}, ...options }: ExecuteOptions = {}): Execution {
    const content: ExecuteRequest = {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      stop_on_error: true,
      ...options,
      allow_stdin: onInput !== undefined,
    };
    const request = createMessage(this.session, "execute_request", content, { metadata });
    const reply = this.#send<ExecuteReply>("shell", request);
    const execution = new Execution(request, reply, onInput);
    this.#executions.set(request.header.msg_id, execution);
    if (this.#failure) execution.fail(this.#failure);
    return execution;
  }

  /** The kernel's description of itself. */
  async kernelInfo(): Promise<KernelInfoReply> {
    return (await this.request<KernelInfoReply>("shell", "kernel_info_request", {})).content;
  }

  /** Completions at `cursor_pos`, counted in Unicode code points; default: the end of `code`. */
  async complete(code: string, cursor_pos = [...code].length): Promise<CompleteReply> {
    return (await this.request<CompleteReply>("shell", "complete_request", { code, cursor_pos })).content;
  }

  /** What the kernel knows of the name at `cursor_pos` (code points). `detail_level` 1 asks for more than 0. */
  async inspect(code: string, cursor_pos = [...code].length, detail_level: 0 | 1 = 0): Promise<InspectReply> {
    const content = { code, cursor_pos, detail_level };
    return (await this.request<InspectReply>("shell", "inspect_request", content)).content;
  }

  /** Whether `code` could run as it is, as a console asks on Enter. */
  async isComplete(code: string): Promise<IsCompleteReply> {
    return (await this.request<IsCompleteReply>("shell", "is_complete_request", { code })).content;
  }

  /** Asks a kernel of `interrupt_mode: "message"` to stop what it runs; resolves with its answer. */
  async interrupt(): Promise<void> {
    await this.request("control", "interrupt_request", {});
  }

  /** Asks the kernel to end; resolves with its answer. The process may live on for a moment. */
  async shutdown(restart = false): Promise<void> {
    await this.request("control", "shutdown_request", { restart });
  }

  /** Sends one request of any type and waits for the answer to it. */
  request<Content = JsonObject>(
    channel: "shell" | "control",
    msg_type: string,
    content: unknown,
    metadata: JsonObject = {},
  ): Promise<Message<Content>> {
    return this.#send(channel, createMessage(this.session, msg_type, content, { metadata }));
  }

  /** Sends a message nobody answers, for example `comm_msg`, and gives it back. `buffers` are bytes behind it. Default: none. */
  async send(
    channel: "shell" | "control",
    msg_type: string,
    content: unknown,
    buffers: Buffer[] = [],
  ): Promise<Message<unknown>> {
    const message = createMessage(this.session, msg_type, content, { buffers });
    await this.#sockets[channel].send(encode(this.#connection.key, message));
    return message;
  }

  /** One heartbeat; gives its time in ms. @throws Error when no echo comes within `timeout` ms (default 10,000). */
  async heartbeat(timeout = 10_000): Promise<number> {
    const socket = new Request({ linger: 0, receiveTimeout: timeout });
    try {
      socket.connect(endpoint(this.#connection, "hb"));
      const start = performance.now();
      await socket.send("ping");
      await socket.receive();
      return performance.now() - start;
    } catch (error) {
      throw new Error(`Expected an echo of the heartbeat within ${timeout} ms, received none.`, { cause: error });
    } finally {
      socket.close();
    }
  }

  /**
   * Takes what a kernel whose process has ended said before: its last messages may still be on their way. ZeroMQ tells of a
   * connection's end behind everything that came through it; a turn of the event loop that brings nothing is then the end.
   */
  async receiveRest(): Promise<void> {
    await Promise.all(this.#disconnections.values());
    for (let before = -1; before < this.#received; ) {
      before = this.#received;
      // Two: a socket that brings a flood waits for one itself.
      await setImmediate();
      await setImmediate();
    }
  }

  /** Ends every open and future request with `error`: the kernel is gone. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const pending of this.#replies.values()) pending.reject(error);
    for (const execution of this.#executions.values()) execution.fail(error);
    this.#replies.clear();
    this.#executions.clear();
  }

  /** Closes the sockets; open requests end with an error. Safe to call twice. */
  close(): void {
    this.fail(new Error("Expected an open connection to the kernel, received a closed one: start the kernel again."));
    for (const socket of Object.values(this.#sockets)) if (!socket.closed) socket.close();
  }

  #send<Content>(channel: "shell" | "control", message: Message<unknown>): Promise<Message<Content>> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      this.#replies.set(message.header.msg_id, {
        resolve: (reply) => resolve(reply as Message<unknown> as Message<Content>),
        reject,
      });
      this.#sockets[channel].send(encode(this.#connection.key, message)).catch(reject);
    });
  }

  async #receive(channel: ReceivedOn): Promise<void> {
    let since = performance.now();
    for await (const frames of this.#sockets[channel]) {
      this.#received += 1;
      // ZeroMQ hands over a flood without ever letting timers and other sockets have their turn.
      if (performance.now() - since > turnMs) {
        await setImmediate();
        since = performance.now();
      }
      try {
        const { message } = decode(this.#connection.key, frames);
        this.emit("message", message, channel);
        this.#dispatch(message, channel);
      } catch (error) {
        this.fail(error as Error);
      }
    }
  }

  #dispatch(message: Message, channel: ReceivedOn): void {
    const parent = message.parent_header.msg_id;
    if (parent === undefined) return;
    if (channel === "shell" || channel === "control") {
      this.#replies.get(parent)?.resolve(message);
      this.#replies.delete(parent);
      return;
    }
    const execution = this.#executions.get(parent);
    if (!execution) return;
    if (channel === "stdin") void this.#answer(execution, message);
    else if (execution.push(message)) this.#executions.delete(parent);
  }

  async #answer(execution: Execution, question: Message): Promise<void> {
    const { prompt, password } = question.content;
    try {
      const value = await execution.onInput?.(String(prompt), password === true);
      const reply = createMessage(this.session, "input_reply", { value: value ?? "" }, { parent: question });
      await this.#sockets.stdin.send(encode(this.#connection.key, reply));
    } catch (error) {
      execution.fail(error as Error);
    }
  }
}
