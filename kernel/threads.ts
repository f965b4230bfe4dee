/**
 * What the two threads of the kernel say to each other. The protocol thread holds the sockets and the type checker; the
 * main thread runs the user's code.
 */
import type { MessagePort } from "node:worker_threads";
import type { Library } from "./library.js";
import type { ErrorContent, JsonObject, MimeBundle } from "./wire/message.js";

/** What each of the two threads is given; all memory is seen by both. */
export interface ThreadData {
  connectionFile: string;
  /** The notebook's folder: where imports are looked for. */
  folder: string;
  /** Its file, where the front end names it. */
  notebook: string | undefined;
  /** What cells may import besides. */
  library: Library | undefined;
  /** See `interpreter/interrupt.ts`. */
  interruptMemory: SharedArrayBuffer;
  /** The thread's end of the way of answers to questions for which the main thread blocks; see `interpreter/questions.ts`. */
  answers: MessagePort;
  /** Counts those answers. */
  answerMemory: SharedArrayBuffer;
  /** See `backlog.ts`. */
  backlogMemory: SharedArrayBuffer;
}

/** One cell, checked and translated. */
export interface RunRequest {
  type: "run";
  /** The request this run belongs to; its output carries the same number, whenever it comes. */
  task: number;
  /** The name in stack traces, such as `cell-3.ts`. */
  name: string;
  /** The cell as the user wrote it. */
  source: string;
  js: string;
  /** Source maps (JSON) from `js` to `source`; `shift` characters precede the first line of what they lead to. */
  maps: string[];
  shift: number;
}

/** A message of a comm, the connection between user code and something in the front end, in either direction. */
export interface CommMessage {
  type: "comm";
  msg_type: "comm_open" | "comm_msg" | "comm_close";
  content: { comm_id: string; target_name?: string; data: JsonObject };
  metadata: JsonObject;
  buffers: Uint8Array[];
  /** The request that it belongs to. */
  task: number | undefined;
}

/** A question to the user; `sync` when the main thread blocks until the answer comes. */
export interface Question {
  type: "question";
  id: number;
  task: number | undefined;
  prompt: string;
  password: boolean;
  sync: boolean;
}

/** The user's answer, or why there is none. */
export type Answer = { type: "answer"; id: number } & ({ value: string } | { refused: string });

/** Gives up the request `task`, if there is one; answered by `free` with its `stop`, as soon as the main thread does not block. */
export interface Interrupt {
  type: "interrupt";
  /** Which interrupt it is: it is said again while no answer comes. */
  stop: number;
  task: number | undefined;
}

/** The types of names of cells: asked for by the main thread, where `%whos` runs, and the checker's answer. */
export interface TypesAsked {
  type: "types";
  id: number;
  names: string[];
}
export interface TypesKnown {
  type: "types";
  id: number;
  types: [name: string, type: string][];
}

/** To the main thread; the first is `load`, for what cells need. */
export type ToMain =
  | { type: "load" }
  | RunRequest
  | CommMessage
  | Answer
  | TypesKnown
  | Interrupt
  | { type: "exit"; code: number };

/** What a cell prints and shows, in order; `task` is the request it belongs to, where that is known. */
export type Output = { task: number | undefined } & (
  | { type: "stream"; name: "stdout" | "stderr"; text: string }
  | { type: "display"; data: MimeBundle; metadata: JsonObject; display_id?: string; update: boolean }
  | { type: "clear"; wait: boolean }
);

/** A message of any type for the front ends. */
export interface Broadcast {
  type: "broadcast";
  msg_type: string;
  content: object;
  metadata: object;
  /** The request that it belongs to. */
  task: number | undefined;
}

/** How a cell ended; all its output has been sent before. */
export type Ended = { status: "ok"; result?: MimeBundle } | ({ status: "error" } & ErrorContent);

/** To the protocol thread. A run that was interrupted ends without `ended`; what listens to a comm's message is done with `heard`. */
export type ToProtocol =
  | Output
  | CommMessage
  | Question
  | Broadcast
  | TypesAsked
  | { type: "ended"; task: number; ended?: Ended }
  | { type: "heard"; task: number }
  | { type: "free"; stop: number };
