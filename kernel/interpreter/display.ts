/**
 * The global functions by which a cell shows more than its last value: `display`, `clearOutput`, progress bars, and makers
 * of values that show as HTML, Markdown, LaTeX, JSON, SVG or PNG. Their types are in `../language/globals.ts`.
 */
import { randomUUID } from "node:crypto";
import type { MimeBundle } from "../wire/message.js";
import { bundleOf, displaySymbol, sendable } from "./formatters.js";
import type { Outputs } from "./outputs.js";
import { installProgress } from "./progress-bar.js";

interface DisplayOptions {
  display_id?: string;
  update?: boolean;
  raw?: boolean;
}

/** What `display` gives: resolves when the value is formatted. It changes what was shown, and shows nothing itself. */
interface DisplayHandle extends Promise<void> {
  display_id: string;
  update(value: unknown, options?: Pick<DisplayOptions, "raw">): DisplayHandle;
}

const handles = new WeakSet<object>();

/** Whether `value` shows itself, as what `display` gives: as the value of a cell it is nothing to be shown again. */
export function isHandle(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null && handles.has(value);
}

/** From now on `value` is such a one. */
export function showsItself(value: Promise<unknown>): void {
  handles.add(value);
}

/** Defines the functions. What they show goes to `outputs`. */
export function installDisplay(outputs: Pick<Outputs, "show">): void {
  const format = async (value: unknown, raw: boolean) =>
    raw ? sendable(value, "in display(…)") : await bundleOf(value);
  const display = (value: unknown, options: DisplayOptions = {}): DisplayHandle => {
    const { update = false, raw = false } = options;
    if (update && options.display_id === undefined) {
      throw new TypeError("Expected a display_id with update: true, received none: name the output that is to change.");
    }
    const display_id = String(options.display_id ?? randomUUID());
    const output = format(value, raw).then((data) => ({
      type: "display" as const,
      data,
      metadata: {},
      display_id,
      update,
    }));
    outputs.show(output);
    const handle: DisplayHandle = Object.assign(
      output.then(() => {}),
      {
        display_id,
        update: (next: unknown, { raw = false }: Pick<DisplayOptions, "raw"> = {}) =>
          display(next, { display_id, update: true, raw }),
      },
    );
    showsItself(handle);
    return handle;
  };
  const as = (mime: string) => (data: unknown) => ({ [displaySymbol]: () => ({ [mime]: data }) });
  const markup =
    (mime: string, isRaw = false) =>
    (source: string | TemplateStringsArray, ...values: unknown[]) =>
      as(mime)(Array.isArray(source) ? filled(source as unknown as TemplateStringsArray, values, isRaw) : source);
  const functions = {
    display,
    clearOutput: (wait = false) => outputs.show({ type: "clear", wait: wait === true }),
    html: markup("text/html"),
    markdown: markup("text/markdown"),
    latex: markup("text/latex", true),
    json: (value: unknown) => ({ [displaySymbol]: () => jsonBundle(value) }),
    svg: markup("image/svg+xml"),
    png: (bytes: Uint8Array) => as("image/png")(Buffer.from(bytes).toString("base64")),
  };
  for (const [name, value] of Object.entries(functions)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  }
  installProgress((data, display_id, update) =>
    outputs.show({ type: "display", data, metadata: {}, display_id, update }),
  );
}

/** A template with its values; lists stand without commas, as rows and items are made by `map`. */
function filled(texts: TemplateStringsArray, values: readonly unknown[], isRaw: boolean): string {
  const words = values.map((value) => (Array.isArray(value) ? value.join("") : String(value)));
  return String.raw({ raw: isRaw ? texts.raw : texts }, ...words);
}

/** @throws TypeError for what JSON cannot say: a function, a cycle, a bigint. */
function jsonBundle(value: unknown): MimeBundle {
  const text = JSON.stringify(value, undefined, 2);
  if (text === undefined) throw new TypeError(`Expected a value of JSON in json(…), received a ${typeof value}.`);
  return { "application/json": JSON.parse(text), "text/plain": text };
}
