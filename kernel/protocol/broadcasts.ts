/**
 * What the kernel says to all front ends (the iopub channel), in order: states, output, results. Output belongs to the
 * request whose code made it, however much later: a timer's comes below the cell that started it.
 */
import { randomUUID } from "node:crypto";
import type { Backlog } from "../backlog.js";
import type { Output } from "../threads.js";
import { createMessage, type JsonObject, type Message, type MessageOptions, type MimeBundle } from "../wire/message.js";
import { figureMessages, isFigure, plotlyScript } from "./plotly.js";
import type { Sockets } from "./sockets.js";

/** The newest requests, by their task numbers, are remembered for output that comes late. */
const tasksKept = 10_000;

/** Texts that follow each other within this time become one message, up to about this length. */
const mergeMs = 20;
const mergeLength = 250_000;

/** What comes with a bundle in `display_data` (`transient`) or in `execute_result` (`execution_count`). */
interface ShownWith {
  metadata: JsonObject;
  transient?: { display_id?: string };
  execution_count?: number;
}

/** One per kernel; `session` names it in every header. */
export class Broadcasts {
  readonly #sockets: Sockets;
  readonly #session: string;
  readonly #backlog: Backlog;
  readonly #plotly: () => string | undefined;
  /** The front ends, by the session of their requests, whose page has plotly.js. */
  readonly #pagesWithPlotly = new Set<string>();
  /** The request of each task number, and the one whose outputs its outputs stand among. */
  readonly #tasks = new Map<number, { request: Message; place: Message }>();
  /** The requests that are worked on, oldest first. */
  readonly #busy = new Set<Message>();
  #task = 0;
  #last: Promise<void> = Promise.resolve();
  #text: { name: "stdout" | "stderr"; text: string } | undefined;
  #textParent: Message | undefined;

  /** `plotly` is the file of plotly.js, for pages that have not got it; undefined where there is none. */
  constructor(sockets: Sockets, session: string, backlog: Backlog, plotly: () => string | undefined) {
    this.#plotly = plotly;
    this.#sockets = sockets;
    this.#session = session;
    this.#backlog = backlog;
  }

  /**
   * Gives `request` a task number: output that carries it belongs to the request, or to another one, `place`, among whose outputs it
   * appears. Default: its own.
   */
  begin({ content, ...rest }: Message, place?: Message): number {
    this.#task += 1;
    // What was asked may be long, and is not needed any more.
    const request = { ...rest, content: { allow_stdin: content.allow_stdin }, buffers: [] };
    this.#tasks.set(this.#task, { request, place: place ?? request });
    this.#tasks.delete(this.#task - tasksKept);
    return this.#task;
  }

  /** The request of a task number (its content is not kept but for `allow_stdin`); of the latest where there is none. */
  requestOf(task = this.#task): Message | undefined {
    return this.#tasks.get(task)?.request;
  }

  /** The request among whose outputs those of a task number appear; of the latest where there is none. */
  placeOf(task = this.#task): Message | undefined {
    return this.#tasks.get(task)?.place;
  }

  /** Tells that the kernel begins (`busy`) or has ended (`idle`) to work on `request`. */
  status(execution_state: "busy" | "idle" | "starting", request?: Message): void {
    this.publish("status", { execution_state }, request);
    if (!request) return;
    if (execution_state === "busy") this.#busy.add(request);
    else this.#busy.delete(request);
    // Front ends take the last state they hear of for the kernel's.
    const [other] = this.#busy;
    if (execution_state === "idle" && other) this.publish("status", { execution_state: "busy" }, other);
  }

  /** Tells everybody; `parent` is the request it belongs to. */
  publish(msg_type: string, content: object, parent: Message | undefined, options: MessageOptions = {}): void {
    this.#flush();
    const message = createMessage(this.#session, msg_type, content, { ...options, parent });
    this.#next(() => this.#sockets.publish(message));
  }

  /** Publishes what a cell printed or shows. */
  output(output: Output): void {
    const parent = this.placeOf(output.task);
    if (output.type === "stream") this.#write(output.name, output.text, parent);
    else if (output.type === "clear") this.publish("clear_output", { wait: output.wait }, parent);
    else {
      const { data, metadata, display_id, update } = output;
      const transient = display_id === undefined ? {} : { display_id };
      this.#show(update ? "update_display_data" : "display_data", data, { metadata, transient }, parent);
    }
    this.#next(() => this.#backlog.remove(output));
  }

  /** Publishes a cell's value. */
  result(data: MimeBundle, execution_count: number, request: Message): void {
    this.#show("execute_result", data, { execution_count, metadata: {} }, request);
  }

  /** Resolves when everything so far is sent. */
  settled(): Promise<void> {
    this.#flush();
    return this.#last;
  }

  /** The first figure a page gets brings plotly.js along (see `plotly.ts`). A run without a page has neither that nor controls. */
  #show(msg_type: string, data: MimeBundle, rest: ShownWith, parent: Message | undefined): void {
    const page = parent?.header.session ?? "";
    const { static: isStatic } = Object(parent?.metadata.gradbook) as { static?: boolean };
    // Without a page a control would stay dead in the file; what its state is stands in a line before it.
    if (isStatic && "application/vnd.jupyter.widget-view+json" in data) return;
    const plotly = isStatic || !isFigure(data) || this.#pagesWithPlotly.has(page) ? undefined : this.#plotly();
    if (plotly === undefined) {
      this.publish(msg_type, { data, ...rest }, parent);
      return;
    }
    this.#pagesWithPlotly.add(page);
    this.#next(async () => {
      const id = rest.transient?.display_id ?? randomUUID();
      const isUpdate = msg_type === "update_display_data";
      for (const { msg_type, content } of figureMessages(data, id, await plotlyScript(plotly), isUpdate)) {
        await this.#sockets.publish(createMessage(this.#session, msg_type, content, { parent }));
      }
    });
  }

  #write(name: "stdout" | "stderr", text: string, parent: Message | undefined): void {
    if (this.#text?.name !== name || this.#textParent !== parent) {
      this.#flush();
      this.#text = { name, text: "" };
      this.#textParent = parent;
      setTimeout(() => this.#flush(), mergeMs);
    }
    this.#text.text += text;
    if (this.#text.text.length >= mergeLength) this.#flush();
  }

  #flush(): void {
    const content = this.#text;
    this.#text = undefined;
    if (content) this.publish("stream", content, this.#textParent);
  }

  #next(send: () => void | Promise<void>): void {
    this.#last = this.#last.then(send);
  }
}
