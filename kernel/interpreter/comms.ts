/**
 * Comms: named connections between user code and something in the front end (a widget, a page's script), over which both
 * sides send JSON and bytes. The types of what a cell sees are in `../language/globals.ts`.
 */
import { randomUUID } from "node:crypto";
import type { CommMessage } from "../threads.js";
import type { JsonObject } from "../wire/message.js";
import { asJson } from "./formatters.js";
import { stopTask } from "./interrupt.js";
import { asTask, currentTask } from "./tasks.js";

interface CommOptions {
  metadata?: JsonObject;
  buffers?: Uint8Array[];
}

type Listener = (data: JsonObject, more: { metadata: JsonObject; buffers: Uint8Array[] }) => unknown;

/** One connection. `onMessage` and `onClose` are called with what the front end sends. */
export class Comm {
  readonly id: string;
  readonly target: string;
  onMessage: Listener | undefined;
  onClose: Listener | undefined;
  readonly #comms: Comms;

  /** For `Comms` only; user code calls `comms.open`. */
  constructor(comms: Comms, target: string, id: string) {
    this.#comms = comms;
    this.target = target;
    this.id = id;
  }

  /** Sends `data`. @throws Error when the comm was closed. */
  send(data: JsonObject, options?: CommOptions): void {
    this.#comms.send("comm_msg", this, data, options);
  }

  /** Closes the connection on both sides. @throws Error when it was closed before. */
  close(data: JsonObject = {}, options?: CommOptions): void {
    this.#comms.send("comm_close", this, data, options);
  }
}

type OnOpen = (comm: Comm, ...rest: Parameters<Listener>) => unknown;

/** All comms of the process. `post` hands a message to the protocol thread. */
export class Comms {
  readonly #post: (message: CommMessage) => void;
  readonly #open = new Map<string, Comm>();
  readonly #targets = new Map<string, OnOpen>();
  /** The requests whose listeners are not done. */
  readonly #working = new Set<number>();

  constructor(post: (message: CommMessage) => void) {
    this.#post = post;
  }

  /** Defines the global `comms`. */
  install(): void {
    const value = {
      open: (target: string, data?: JsonObject, options?: CommOptions) => this.open(target, data, options),
      register: (target: string, onOpen: OnOpen) => this.register(target, onOpen),
    };
    Object.defineProperty(globalThis, "comms", { value, configurable: true, writable: true, enumerable: false });
  }

  /** Opens a comm to what the front end has registered as `target`. */
  open(target: string, data: JsonObject = {}, options?: CommOptions): Comm {
    const comm = new Comm(this, target, randomUUID());
    const message = messageOf("comm_open", comm, data, options);
    this.#open.set(comm.id, comm);
    this.#post(message);
    return comm;
  }

  /** Lets the front end open comms to `target`. */
  register(target: string, onOpen: OnOpen): void {
    this.#targets.set(target, onOpen);
  }

  /** Stops listeners that are not done: they do not go on behind an `await`. */
  interrupt(): void {
    for (const task of this.#working) stopTask(task);
    this.#working.clear();
  }

  /** Sends one message of `comm`, which is open. */
  send(msg_type: "comm_msg" | "comm_close", comm: Comm, data: JsonObject, options?: CommOptions): void {
    if (!this.#open.has(comm.id)) {
      throw new Error(`Expected an open comm, received one that was closed (${comm.target}): open another.`);
    }
    const message = messageOf(msg_type, comm, data, options);
    if (msg_type === "comm_close") this.#open.delete(comm.id);
    this.#post(message);
  }

  /** Hands what the front end sent to the user's code, and resolves when that is done; a target that nobody registered is closed again. */
  async receive({ msg_type, content, metadata, buffers, task = 0 }: CommMessage): Promise<void> {
    const { comm_id, target_name = "", data } = content;
    const more = { metadata, buffers };
    // Its error is nobody's, and is told as such.
    const call = (listener: () => unknown) =>
      new Promise<void>((resolve) => {
        void asTask(task, async () => {
          this.#working.add(task);
          try {
            await listener();
          } finally {
            this.#working.delete(task);
            resolve();
          }
        });
      });
    if (msg_type === "comm_open") {
      const comm = new Comm(this, target_name, comm_id);
      this.#open.set(comm_id, comm);
      const onOpen = this.#targets.get(target_name);
      if (onOpen) await call(() => onOpen(comm, data, more));
      else comm.close();
      return;
    }
    const comm = this.#open.get(comm_id);
    if (msg_type === "comm_close") this.#open.delete(comm_id);
    const listener = msg_type === "comm_close" ? comm?.onClose : comm?.onMessage;
    if (listener) await call(() => listener(data, more));
  }
}

/** @throws TypeError for what JSON cannot say */
function messageOf(
  msg_type: CommMessage["msg_type"],
  { id: comm_id, target }: Comm,
  data: JsonObject,
  { metadata = {}, buffers = [] }: CommOptions = {},
): CommMessage {
  return {
    type: "comm",
    msg_type,
    content: {
      comm_id,
      data: asJson(data, "data of a comm"),
      ...(msg_type === "comm_open" && { target_name: target }),
    },
    metadata: asJson(metadata, "metadata of a comm"),
    buffers: buffers.map((bytes) => Uint8Array.from(bytes)),
    task: currentTask(),
  };
}
