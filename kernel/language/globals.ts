/**
 * The types of what the kernel adds to the names a cell may use; the files of
 * `../interpreter` define the values, those of `../widgets` the widgets.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compiledFolder } from "./typings.js";

/** The declarations in a compiled module, for all cells instead of for who imports them. */
function declarationsOf(module: string): string {
  const text = readFileSync(join(compiledFolder, `${module}.d.ts`), "utf8");
  return text.replace(/^import [^;]*;$|^export \{\};$|^\/\/# .*$/gm, "").replace(/^export (declare )?/gm, "declare ");
}

const widgets = declarationsOf("widgets/types") + declarationsOf("widgets/widgets");

export const globals = `${widgets}
/** Representations of one value by MIME type: "text/html", "image/png" (base64), "text/plain", … */
type MimeBundle = { [mime: string]: unknown };

interface DisplayOptions {
  /** Names the output, so that a later call with \`update: true\` replaces it. */
  display_id?: string;
  /** Replaces the earlier outputs of the same \`display_id\`. Default: false. */
  update?: boolean;
  /** \`value\` is a MimeBundle already. Default: false. */
  raw?: boolean;
}

/** What \`display\` gives: resolves when the value is formatted. At the end of a cell it shows nothing. */
interface DisplayHandle extends Promise<void> {
  /** Names the output. */
  readonly display_id: string;
  /** Shows \`value\` in place of what was shown; with \`raw\` it is a MimeBundle already. Default: false. */
  update(value: unknown, options?: { raw?: boolean }): DisplayHandle;
}

/** Shows \`value\` below the cell, as the cell's last value would be shown; what it gives changes that later. */
declare function display(value: unknown, options?: DisplayOptions): DisplayHandle;

/** Clears the outputs of the cell; with \`wait\` only when the next output comes, so that nothing flickers. Default: false. */
declare function clearOutput(wait?: boolean): void;

/** What \`html\` and its like take: a text, or a template with values in it. */
type Markup = [source: string] | [source: TemplateStringsArray, ...values: unknown[]];

/** A value that is shown as HTML: html\`<b>\${x}</b>\`. */
declare function html(...source: Markup): object;

/** A value that is shown as Markdown: markdown\`*\${x}*\`. */
declare function markdown(...source: Markup): object;

/** A value that is shown as an SVG picture. */
declare function svg(...source: Markup): object;

/** A value that is shown as a PNG picture. */
declare function png(bytes: Uint8Array): object;

/**
 * Asks the user; with \`password\` what is typed is not shown. Default: no text, false.
 * Rejects where the front end cannot ask.
 */
declare function input(prompt?: string, options?: { password?: boolean }): Promise<string>;

/**
 * Asks the user and waits for the answer, as in a browser; \`defaultValue\` stands for an empty one.
 * @throws Error where the front end cannot ask.
 */
declare function prompt(message?: string, defaultValue?: string): string;

/** Asks a question to be answered by y or n and waits for the answer; \`true\` is y. */
declare function confirm(message?: string): boolean;

/** Shows a message and waits until the user has seen it. */
declare function alert(message?: string): void;

interface CommOptions {
  /** Default: empty. */
  metadata?: { [key: string]: unknown };
  /** Bytes behind the JSON. Default: none. */
  buffers?: Uint8Array[];
}

type CommListener = (data: any, more: { metadata: { [key: string]: unknown }; buffers: Uint8Array[] }) => unknown;

/** A connection to something in the front end. */
interface Comm {
  readonly id: string;
  readonly target: string;
  onMessage: CommListener | undefined;
  onClose: CommListener | undefined;
  send(data: { [key: string]: unknown }, options?: CommOptions): void;
  close(data?: { [key: string]: unknown }, options?: CommOptions): void;
}

declare const comms: {
  /** Opens a comm to what the front end has registered as \`target\`. */
  open(target: string, data?: { [key: string]: unknown }, options?: CommOptions): Comm;
  /** Lets the front end open comms to \`target\`; \`onOpen\` gets each of them. */
  register(
    target: string,
    onOpen: (comm: Comm, data: any, more: { metadata: { [key: string]: unknown }; buffers: Uint8Array[] }) => unknown,
  ): void;
};

/** A value that is shown as a formula: LaTeX, with its $ signs. In a template its backslashes stay. */
declare function latex(...source: Markup): object;

/** A value that is shown as JSON: as a tree that opens, where the front end has one. */
declare function json(value: unknown): object;

/** How a progress bar is made. */
interface ProgressOptions {
  /** Stands before the bar. Default: nothing. */
  label?: string;
  /** How many steps there are. Default: the length or size of the iterable; without one, steps are only counted. */
  total?: number;
}

/** A progress bar moved by hand. */
interface ProgressBar {
  /** Shows that \`done\` steps are done, with \`detail\` behind the bar. */
  update(done: number, detail?: string): void;
  /** Shows the last state for good; a later update begins again. */
  end(): void;
}

/** Goes through an iterable as \`for\` does, with a bar that moves below the cell; an interrupt stops it between two steps. */
declare function progress<Item>(items: Iterable<Item>, options?: ProgressOptions): Iterable<Item>;
declare function progress<Item>(items: AsyncIterable<Item>, options?: ProgressOptions): AsyncIterable<Item>;

/** A progress bar for \`total\` steps, moved by hand. */
declare function progressBar(total: number, options?: ProgressOptions): ProgressBar;

/** What notebooks made for Deno's kernel use of Deno, in cells; packages do not see it. */
declare const Deno: {
  readonly jupyter: {
    /** Names the method by which a value shows itself. */
    readonly $display: unique symbol;
    display: typeof display;
    html: typeof html;
    md: typeof markdown;
    svg: typeof svg;
    /** Sends a message to the front ends. */
    broadcast(
      msgType: string,
      content: { [key: string]: unknown },
      options?: { metadata?: { [key: string]: unknown } },
    ): Promise<void>;
  };
  readonly version: { readonly deno: string; readonly v8: string; readonly typescript: string };
};

// What magics become.
declare const __now: unknown;
declare const __lap: unknown;
declare let __timeit: unknown;
declare function __magic(name: string, words: string, body?: string): Promise<void>;
`;
