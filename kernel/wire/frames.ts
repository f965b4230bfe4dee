/**
 * Messages as ZeroMQ sends them: identities, a delimiter, an HMAC signature, four JSON parts, then raw buffers.
 * Pure functions between `Message` and its frames; sockets live in `../client` and in the server.
 * Source: "The Wire Protocol", jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Header, JsonObject, Message } from "./message.js";

const delimiter = Buffer.from("<IDS|MSG>");

/** A received message that cannot be trusted or read. The message says what is wrong; drop it and go on. */
export class WireError extends Error {
  override name = "WireError";
}

/** A received message and the routing identities before it: send them first in the answer. */
export interface Envelope {
  identities: Buffer[];
  message: Message;
}

/** So many of the newest signatures are remembered, as Jupyter's own kernels do: some 10 MB. */
const signaturesKept = 65_536;

/**
 * The signatures of what was received. Every message has an id of its own, and with it a signature of its own: one that comes
 * again was recorded by somebody and is sent by somebody else. One per kernel, for all its channels.
 */
export class SeenSignatures {
  readonly #seen = new Set<string>();

  /** Remembers `signature`. @throws WireError where it is known; under an empty key messages have none, and all pass. */
  add(signature: string): void {
    if (signature === "") return;
    if (this.#seen.has(signature)) {
      throw new WireError("Expected a message that is new, received one with a signature that was received before.");
    }
    this.#seen.add(signature);
    if (this.#seen.size > signaturesKept) this.#seen.delete(this.#seen.values().next().value!);
  }
}

/** The HMAC-SHA256 of the four JSON parts, in hexadecimal; empty under an empty key, which means "unsigned". */
export function sign(key: string, parts: readonly Uint8Array[]): string {
  if (key === "") return "";
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/**
 * The frames of `message`, signed with `key`. `identities` route it: those of the request on a ROUTER socket, the topic
 * on a PUB socket, none (the default) on a DEALER socket.
 */
export function encode(key: string, message: Message<unknown>, identities: readonly Buffer[] = []): Buffer[] {
  const { header, parent_header, metadata, content, buffers } = message;
  const parts = [header, parent_header, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [...identities, delimiter, Buffer.from(sign(key, parts)), ...parts, ...buffers];
}

/**
 * The message in `frames`, its signature checked against `key` in constant time (an empty key checks nothing).
 * @throws WireError for missing frames, a wrong signature, one that is in `seen` already, JSON that does not parse, or a
 * header without its fields.
 */
export function decode(key: string, frames: readonly Buffer[], seen?: SeenSignatures): Envelope {
  const at = frames.findIndex((frame) => frame.equals(delimiter));
  if (at < 0) throw new WireError(`Expected a frame "${delimiter}", received ${frames.length} frames without it.`);
  const [signature, ...parts] = frames.slice(at + 1, at + 6);
  if (signature === undefined || parts.length < 4) {
    throw new WireError(
      `Expected a signature and four parts behind the delimiter, received ${frames.length - at - 1} frames.`,
    );
  }
  const expected = sign(key, parts);
  if (key !== "" && !(expected.length === signature.length && timingSafeEqual(Buffer.from(expected), signature))) {
    throw new WireError("Expected a message signed with this connection's key, received another signature.");
  }
  seen?.add(expected);
  const names = ["header", "parent_header", "metadata", "content"];
  const [header, parent_header, metadata, content] = parts.map((part, i) => parsePart(names[i]!, part));
  checkHeader(header!);
  const message = {
    header,
    parent_header: parent_header as Message["parent_header"],
    metadata: metadata!,
    content: content!,
    buffers: frames.slice(at + 6),
  };
  return { identities: frames.slice(0, at), message };
}

function parsePart(name: string, part: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(part.toString());
  } catch (error) {
    throw new WireError(`Expected JSON in the ${name} of a message, received ${excerpt(part)}.`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new WireError(`Expected an object in the ${name} of a message, received ${excerpt(part)}.`);
  }
  return value as JsonObject;
}

function excerpt(part: Buffer): string {
  return JSON.stringify(part.subarray(0, 60).toString());
}

/** Checks the fields that others rely on; `date` and `version` may be missing in old front ends. */
function checkHeader(header: JsonObject): asserts header is JsonObject & Header {
  for (const field of ["msg_id", "msg_type", "session"]) {
    if (typeof header[field] !== "string") {
      throw new WireError(
        `Expected a string in the header's field ${field}, received ${JSON.stringify(header[field]) ?? "nothing"}.`,
      );
    }
  }
}
