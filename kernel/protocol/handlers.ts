/**
 * One function for every type of request but `execute_request` (see `execution-queue.ts`): from a request's content to
 * the content of its reply. Field names and replies are the specification's.
 * Source: "Messaging in Jupyter", jupyter-client.readthedocs.io/en/stable/messaging.html.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { completeness, type Language } from "../language/language.js";
import {
  type CompleteReply,
  type InspectReply,
  type IsCompleteReply,
  type JsonObject,
  type KernelInfoReply,
  protocolVersion,
} from "../wire/message.js";
import type { ExecutionQueue } from "./execution-queue.js";

/** What handlers work with. */
export interface KernelParts {
  language: Language;
  queue: ExecutionQueue;
  /** Ends the kernel, once the reply is sent. */
  end(): void;
}

/** Gives the content of the reply. @throws Error for a request that cannot be answered. */
export type Handler = (content: JsonObject, kernel: KernelParts) => object | Promise<object>;

/** At most so many proposals: more only slow the front end down. */
const completionsShown = 500;

const ownVersion = versionOf(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
const typescriptVersion = versionOf(
  readFileSync(createRequire(import.meta.url).resolve("typescript/package.json"), "utf8"),
);

function versionOf(packageJson: string): string {
  return (JSON.parse(packageJson) as { version: string }).version;
}

/** By the type of the request; the reply's type is the same with `_reply` for `_request`. */
export const handlers: { [msg_type: string]: Handler } = {
  kernel_info_request: (): KernelInfoReply => ({
    status: "ok",
    protocol_version: protocolVersion,
    implementation: "gradbook",
    implementation_version: ownVersion,
    language_info: {
      name: "typescript",
      version: typescriptVersion,
      mimetype: "text/typescript",
      file_extension: ".ts",
      codemirror_mode: "text/typescript",
      pygments_lexer: "typescript",
    },
    banner: `Gradbook ${ownVersion}: TypeScript ${typescriptVersion} on Node ${process.versions.node}`,
    help_links: [{ text: "TypeScript", url: "https://www.typescriptlang.org/docs/" }],
  }),

  complete_request: async (content, { language }): Promise<CompleteReply> => {
    const { code, cursor_end, offset, prefix } = cursorOf(content);
    const found = (await language.complete(code, offset, prefix)).slice(0, completionsShown);
    const cursor_start = cursor_end - [...prefix].length;
    return { status: "ok", matches: found.map(({ name }) => name), cursor_start, cursor_end, metadata: {} };
  },

  inspect_request: async (content, { language }): Promise<InspectReply> => {
    const { code, offset, prefix } = cursorOf(content);
    const isName = prefix !== "" || /^[\p{ID_Start}$_]/u.test(code.slice(offset));
    const hover = isName ? await language.inspect(code, offset - prefix.length) : undefined;
    if (!hover) return { status: "ok", found: false, data: {}, metadata: {} };
    const { name, type, documentation } = hover;
    const text = `${name}: ${type}${documentation ? `\n\n${documentation}` : ""}`;
    return { status: "ok", found: true, data: { "text/plain": text }, metadata: {} };
  },

  is_complete_request: ({ code }): IsCompleteReply => {
    const status = completeness(String(code));
    if (status !== "incomplete") return { status };
    const lastLine = String(code).split("\n").at(-1)!;
    const indent = /^\s*/.exec(lastLine)![0] + (/[{([]\s*$/.test(lastLine) ? "  " : "");
    return { status, indent };
  },

  history_request: ({ hist_access_type, n }, { queue }) => {
    const all = queue.history.map(({ execution_count, code }) => [0, execution_count, code]);
    return { status: "ok", history: hist_access_type === "tail" ? all.slice(-Number(n ?? all.length)) : all };
  },

  comm_info_request: () => ({ status: "ok", comms: {} }),

  interrupt_request: async (_, { queue }) => {
    await queue.interrupt();
    return { status: "ok" };
  },

  shutdown_request: ({ restart }, { end }) => {
    end();
    return { status: "ok", restart: restart === true };
  },
};

/** Where a cursor stands. The protocol counts Unicode code points, JavaScript UTF-16 units. */
interface Cursor {
  code: string;
  /** In code points. */
  cursor_end: number;
  /** In UTF-16 units. */
  offset: number;
  /** The word, or the part of it, before the cursor. */
  prefix: string;
}

function cursorOf({ code, cursor_pos }: JsonObject): Cursor {
  if (typeof code !== "string" || !Number.isInteger(cursor_pos)) {
    throw new TypeError(`Expected code and a whole cursor_pos, received ${JSON.stringify({ code, cursor_pos })}.`);
  }
  const points = [...code].slice(0, Number(cursor_pos));
  const before = points.join("");
  const prefix = /[\p{ID_Continue}$]*$/u.exec(before)![0];
  return { code, cursor_end: points.length, offset: before.length, prefix };
}
