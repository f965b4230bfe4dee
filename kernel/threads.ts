/**
 * What the two threads of the kernel say to each other. The protocol thread holds the sockets and the type checker; the
 * main thread runs the user's code.
 */
import type { ErrorContent, JsonObject, MimeBundle } from "./wire/message.js";

/** Given to the protocol thread when it starts. */
export interface ProtocolData {
  connectionFile: string;
  /** The notebook's folder: where imports are looked for. */
  folder: string;
}

/** One cell, checked and translated. */
export interface RunRequest {
  type: "run";
  /** Given back with the end of this run. */
  id: number;
  /** The name in stack traces, such as `cell-3.ts`. */
  name: string;
  /** The cell as the user wrote it. */
  source: string;
  js: string;
  /** Source maps (JSON) from `js` to `source`; `shift` characters precede the first line of what they lead to. */
  maps: string[];
  shift: number;
}

/** To the main thread. `interrupt` is answered by `free`, as soon as the main thread does not block. */
export type ToMain = RunRequest | { type: "interrupt" } | { type: "exit"; code: number };

/** What a cell prints and shows, in order. */
export type Output =
  | { type: "stream"; name: "stdout" | "stderr"; text: string }
  | { type: "display"; data: MimeBundle; metadata: JsonObject; display_id?: string; update: boolean }
  | { type: "clear"; wait: boolean };

/** How a cell ended; all its output has been sent before. */
export type Ended = { status: "ok"; result?: MimeBundle } | ({ status: "error" } & ErrorContent);

/** To the protocol thread. A run that was interrupted ends without `ended`. */
export type ToProtocol = Output | { type: "ended"; id: number; ended?: Ended } | { type: "free" };
