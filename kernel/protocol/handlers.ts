/**
 * Where a front end's message is handled, by its `msg_type`:
 *
 * - `execute_request` in `execution-queue.ts`;
 * - `comm_open`, `comm_msg`, `comm_close` in `comms.ts`;
 * - `input_reply`, the answer to the kernel's own `input_request`, in `input.ts`;
 * - `debug_request` in `../debugger/debugger.ts`;
 * - every other request here: one function for each, from the request's content to the content of its reply.
 *
 * Field names and replies are the specification's.
 * Source: "Messaging in Jupyter", jupyter-client.readthedocs.io/en/stable/messaging.html.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { KernelDebugger } from "../debugger/debugger.js";
import type { Language } from "../language/language.js";
import {
  type CompleteReply,
  type InspectReply,
  type IsCompleteReply,
  type JsonObject,
  type KernelInfoReply,
  protocolVersion,
} from "../wire/message.js";
import type { Comms } from "./comms.js";
import { cursorOf, ownerOf, typedSoFar } from "./cursor.js";
import type { ExecutionQueue } from "./execution-queue.js";
import { describe, helpAskedFor } from "./help.js";
import type { MainThread } from "./main-thread.js";

/** What handlers work with. */
export interface KernelParts {
  /** Loaded while the sockets are open already. */
  language: Promise<Language>;
  queue: ExecutionQueue;
  main: MainThread;
  comms: Comms;
  debug: KernelDebugger;
  /** Ends the kernel, once the reply is sent. */
  end(): void;
}

/** Gives the content of the reply. @throws Error for a request that cannot be answered. */
export type Handler = (content: JsonObject, kernel: KernelParts) => object | Promise<object>;

/** At most so many proposals: more only slow the front end down. */
const completionsShown = 500;

const ownVersion = versionOf(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const typescriptVersion = versionOf(
  readFileSync(createRequire(import.meta.url).resolve("typescript/package.json"), "utf8"),
);

/** Jupyter's enhancement 91, which `supported_features` does not name: who asks all the same is not left waiting. */
const withoutSubshells: Handler = () => {
  throw new Error(
    "Expected a request of a kernel without subshells, received one for them: send it to the shell, where completion, " +
      "inspection and the messages of widgets do not wait for a cell that awaits.",
  );
};

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
    help_links: [
      { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
      { text: "Node.js", url: "https://nodejs.org/api/" },
    ],
    supported_features: ["debugger"],
    // The name of the same before protocol 5.5.
    debugger: true,
  }),

  complete_request: async (content, { language, main }): Promise<CompleteReply> => {
    const { code, cursor_end, offset } = cursorOf(content);
    const before = code.slice(0, offset);
    const prefix = typedSoFar(before);
    let found = (await (await language).complete(code, offset, prefix)).slice(0, completionsShown);
    const owner = found.length === 0 ? ownerOf(before.slice(0, before.length - prefix.length)) : undefined;
    if (owner !== undefined) {
      // What the types do not know, the value may: what a JSON text has held.
      const keys = (await main.keysOf(owner)).filter((key) => key.startsWith(prefix) && key !== prefix);
      found = keys.slice(0, completionsShown).map((name) => ({ name, kind: "property" }));
    }
    const start = cursor_end - [...prefix].length;
    // Not in the specification, but what front ends read to show the kind of each.
    const types = found.map(({ name, kind }) => ({ start, end: cursor_end, text: name, type: kind }));
    const metadata = { _jupyter_types_experimental: types };
    return { status: "ok", matches: found.map(({ name }) => name), cursor_start: start, cursor_end, metadata };
  },

  inspect_request: async (content, { language }): Promise<InspectReply> => {
    const data = await describe(await language, cursorOf(content));
    return { status: "ok", found: data !== undefined, data: data ?? {}, metadata: {} };
  },

  is_complete_request: async ({ code }, { language }): Promise<IsCompleteReply> => {
    if (typeof code !== "string") return { status: "unknown" };
    const status = helpAskedFor(code) === undefined ? (await language).completeness(code) : "complete";
    if (status !== "incomplete") return { status };
    const lastLine = code.split("\n").at(-1)!;
    const indent = /^\s*/.exec(lastLine)![0] + (/[{([]\s*$/.test(lastLine) ? "  " : "");
    return { status, indent };
  },

  history_request: (content, { queue }) => ({ status: "ok", history: queue.history.find(content) }),

  comm_info_request: ({ target_name }, { comms }) => ({ status: "ok", comms: comms.info(target_name) }),

  debug_request: (content, { debug }) => debug.answer(content),

  create_subshell_request: withoutSubshells,
  list_subshell_request: withoutSubshells,
  delete_subshell_request: withoutSubshells,

  interrupt_request: async (_, { queue }) => {
    await queue.interrupt();
    return { status: "ok" };
  },

  shutdown_request: ({ restart }, { end }) => {
    end();
    return { status: "ok", restart: restart === true };
  },
};
