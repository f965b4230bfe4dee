/**
 * What travels between a notebook and a kernel: the messages of the Jupyter protocol 5.4, as plain objects.
 * Field names are the specification's own. `frames.ts` turns them into bytes; `../client` and the server exchange them.
 * Source: "Messaging in Jupyter", jupyter-client.readthedocs.io/en/stable/messaging.html.
 */
import { randomUUID } from "node:crypto";

/** The version of the message specification spoken here. */
export const protocolVersion = "5.4";

/** Anything JSON can hold, by its key. */
export type JsonObject = { [key: string]: unknown };

/** Who sent what, and when. `date` is ISO 8601 with a time zone; `msg_id` differs for every message. */
export interface Header {
  msg_id: string;
  session: string;
  username: string;
  date: string;
  msg_type: string;
  version: string;
}

/**
 * One message. `parent_header` is the header of the request that caused it, or empty. `buffers` are raw bytes behind the
 * JSON parts (default none). `Content` is a promise of the sender: the receiver checks what it relies on.
 */
export interface Message<Content = JsonObject> {
  header: Header;
  parent_header: Header | Record<string, never>;
  metadata: JsonObject;
  content: Content;
  buffers: Buffer[];
}

/** The JSON representations of one value by MIME type: text is a string, JSON types are objects, images are base64. */
export type MimeBundle = { [mime: string]: unknown };

export interface ExecuteRequest {
  code: string;
  silent: boolean;
  store_history: boolean;
  user_expressions: { [name: string]: string };
  allow_stdin: boolean;
  stop_on_error: boolean;
}

export interface ErrorContent {
  ename: string;
  evalue: string;
  traceback: string[];
}

export interface ExecuteReply extends Partial<ErrorContent> {
  status: "ok" | "error" | "aborted";
  execution_count: number;
  user_expressions?: JsonObject;
  payload?: JsonObject[];
}

export interface StreamContent {
  name: "stdout" | "stderr";
  text: string;
}

export interface DisplayContent {
  data: MimeBundle;
  metadata: JsonObject;
  transient?: { display_id?: string };
}

export interface ExecuteResult extends DisplayContent {
  execution_count: number;
}

export interface StatusContent {
  execution_state: "busy" | "idle" | "starting";
}

export interface KernelInfoReply {
  status: "ok";
  protocol_version: string;
  implementation: string;
  implementation_version: string;
  language_info: { name: string; version: string; mimetype: string; file_extension: string } & JsonObject;
  banner: string;
  help_links?: { text: string; url: string }[];
  supported_features?: string[];
  debugger?: boolean;
}

export interface CompleteReply {
  status: "ok";
  matches: string[];
  cursor_start: number;
  cursor_end: number;
  metadata: JsonObject;
}

export interface InspectReply {
  status: "ok";
  found: boolean;
  data: MimeBundle;
  metadata: JsonObject;
}

export interface IsCompleteReply {
  status: "complete" | "incomplete" | "invalid" | "unknown";
  indent?: string;
}

/** What a message may carry besides its type and content. */
export interface MessageOptions {
  /** The message this one answers or reports on. Default: none. */
  parent?: Message<unknown> | undefined;
  /** Default: empty. */
  metadata?: JsonObject;
  /** Default: none. */
  buffers?: Buffer[];
}

/** A new message of `session` (one id per kernel or client), with an id and the present date. */
export function createMessage<Content>(
  session: string,
  msg_type: string,
  content: Content,
  { parent, metadata = {}, buffers = [] }: MessageOptions = {},
): Message<Content> {
  return {
    header: {
      msg_id: randomUUID(),
      session,
      username: "gradbook",
      date: new Date().toISOString(),
      msg_type,
      version: protocolVersion,
    },
    parent_header: parent?.header ?? {},
    metadata,
    content,
    buffers,
  };
}
