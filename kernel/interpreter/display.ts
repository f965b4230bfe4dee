/**
 * The global functions by which a cell shows more than its last value: `display`, `clearOutput`, progress bars, and makers
 * of values that show as HTML, Markdown, LaTeX, JSON, SVG or PNG. Their types are in `../language/globals.ts`.
 */
import type { MimeBundle } from "../wire/message.js";
import { bundleOf, displaySymbol, sendable } from "./formatters.js";
import type { Outputs } from "./outputs.js";
import { installProgress } from "./progress-bar.js";

interface DisplayOptions {
  display_id?: string;
  update?: boolean;
  raw?: boolean;
}

/** Defines the functions. What they show goes to `outputs`. */
export function installDisplay(outputs: Outputs): void {
  const display = async (value: unknown, { display_id, update = false, raw = false }: DisplayOptions = {}) => {
    if (update && display_id === undefined) {
      throw new TypeError("Expected a display_id with update: true, received none: name the output that is to change.");
    }
    const bundle = raw ? Promise.resolve(sendable(value, "in display(…)")) : bundleOf(value);
    const output = bundle.then((data) => ({
      type: "display" as const,
      data,
      metadata: {},
      ...(display_id !== undefined && { display_id: String(display_id) }),
      update,
    }));
    outputs.show(output);
    await output;
  };
  const as = (mime: string) => (data: unknown) => ({ [displaySymbol]: () => ({ [mime]: data }) });
  const functions = {
    display,
    clearOutput: (wait = false) => outputs.show({ type: "clear", wait: wait === true }),
    html: as("text/html"),
    markdown: as("text/markdown"),
    latex: as("text/latex"),
    json: (value: unknown) => ({ [displaySymbol]: () => jsonBundle(value) }),
    svg: as("image/svg+xml"),
    png: (bytes: Uint8Array) => as("image/png")(Buffer.from(bytes).toString("base64")),
  };
  for (const [name, value] of Object.entries(functions)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  }
  installProgress((data, display_id, update) =>
    outputs.show({ type: "display", data, metadata: {}, display_id, update }),
  );
}

/** @throws TypeError for what JSON cannot say: a function, a cycle, a bigint. */
function jsonBundle(value: unknown): MimeBundle {
  const text = JSON.stringify(value, undefined, 2);
  if (text === undefined) throw new TypeError(`Expected a value of JSON in json(…), received a ${typeof value}.`);
  return { "application/json": JSON.parse(text), "text/plain": text };
}
