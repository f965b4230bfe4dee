/**
 * Comms on their way between the front ends and the user's code (`../interpreter/comms.ts`), and which of them are open.
 */
import type { CommMessage } from "../threads.js";
import type { JsonObject, Message } from "../wire/message.js";
import type { Broadcasts } from "./broadcasts.js";

/** Whether a message belongs to a comm. */
export function isComm({ header }: Message): boolean {
  return ["comm_open", "comm_msg", "comm_close"].includes(header.msg_type);
}

/** One per kernel. */
export class Comms {
  readonly #broadcasts: Broadcasts;
  /** Target names by id, and for those that a cell has opened its request: what comes of their messages appears below it. */
  readonly #open = new Map<string, { target: string; place: Message | undefined }>();

  constructor(broadcasts: Broadcasts) {
    this.#broadcasts = broadcasts;
  }

  /** What `comm_info_reply` tells: the open comms, or those of one target. */
  info(target?: unknown): { [comm_id: string]: { target_name: string } } {
    const isMeant = (name: string) => target === undefined || target === null || name === target;
    const open = [...this.#open].filter(([, { target }]) => isMeant(target));
    return Object.fromEntries(open.map(([id, { target }]) => [id, { target_name: target }]));
  }

  /** A front end's message, for the user's code. */
  receive(message: Message): CommMessage & { task: number } {
    const { header, content, metadata, buffers } = message;
    const { comm_id, target_name, data } = content;
    const received = {
      type: "comm" as const,
      msg_type: header.msg_type as CommMessage["msg_type"],
      content: {
        comm_id: String(comm_id),
        ...(target_name !== undefined && { target_name: String(target_name) }),
        data: Object(data) as JsonObject,
      },
      metadata,
      buffers,
      task: this.#broadcasts.begin(message, this.#open.get(String(comm_id))?.place),
    };
    this.#note(received, undefined);
    return received;
  }

  /** Sends a message of the user's code to the front ends. */
  publish(message: CommMessage): void {
    this.#note(message, this.#broadcasts.placeOf(message.task));
    const { msg_type, content, metadata, buffers, task } = message;
    const bytes = buffers.map((buffer) => Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength));
    this.#broadcasts.publish(msg_type, content, this.#broadcasts.requestOf(task), { metadata, buffers: bytes });
  }

  #note({ msg_type, content: { comm_id, target_name: target = "" } }: CommMessage, place: Message | undefined): void {
    if (msg_type === "comm_open") this.#open.set(comm_id, { target, place });
    else if (msg_type === "comm_close") this.#open.delete(comm_id);
  }
}
