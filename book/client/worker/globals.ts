/** What a cell finds in the worker as in the kernel: `console`, `process`, `display` and its like, imports, and a way to be stopped. */
import { Buffer } from "buffer";
import * as gradbook from "gradbook";
import * as danfo from "gradbook/danfo";
import { installDisplay } from "gradbook-kernel/interpreter/display";
import { formatWithOptions } from "node-inspect-extracted";
import * as path from "pathe";
import type { Failure } from "./messages.js";
import * as fs from "./node/fs.js";
import * as os from "./node/os.js";
import process from "./node/process.js";
import * as util from "./node/util.js";
import { outputs } from "./outputs.js";
import { linesBefore } from "./scope.js";

/** What code of a stopped cell throws where it would go on. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

let isStopped = false;
/** Whether code of the cell has looked for a stop by itself. */
let hasLooked = false;

/** A cell begins. */
export function begin(): void {
  isStopped = false;
  hasLooked = false;
}

/** From now on the cell does not go on, or the next one does. */
export function stop(now: boolean): void {
  isStopped = now;
}

function check(): void {
  if (isStopped) throw new Interrupted("The cell was stopped.");
}

/** What cells may import. */
const modules: Record<string, object> = { gradbook, "gradbook/danfo": danfo, fs, os, path, process, util };

async function importModule(name: string): Promise<unknown> {
  const found = modules[name.replace(/^node:/, "")];
  if (found) return "default" in found ? found : { ...found, default: found };
  throw new Error(
    `import "${name}": expected one of ${Object.keys(modules).join(", ")}, received another, which a page does not have: ` +
      "run the chapter as a notebook.",
  );
}

async function magic(name: string): Promise<void> {
  console.log(
    `%${name} is a magic of the kernel, which a page does not have: run the chapter as a notebook to see it.`,
  );
}

/** Defines the globals, once. `tellOfLooks` is called when code of a cell first looks for a stop, as training does between steps. */
export function installGlobals(tellOfLooks: () => void): void {
  installDisplay(outputs);
  const look = () => {
    if (!hasLooked) tellOfLooks();
    hasLooked = true;
    check();
  };
  const line = (args: unknown[]) => `${formatWithOptions({}, ...args)}\n`;
  for (const name of ["log", "info", "debug"] as const) {
    console[name] = (...args: unknown[]) => outputs.write("stdout", line(args));
  }
  for (const name of ["warn", "error"] as const) {
    console[name] = (...args: unknown[]) => outputs.write("stderr", line(args));
  }
  const values = {
    Buffer,
    process,
    [Symbol.for("gradbook.interrupt")]: { check: look },
    __import: Object.assign(importModule, { meta: { url: "page:" } }),
    __magic: magic,
    __unlessInterrupted: <Value>(value: Value): Value => {
      check();
      return value;
    },
  };
  for (const key of Reflect.ownKeys(values)) {
    const value: unknown = Reflect.get(values, key);
    Object.defineProperty(globalThis, key, { value, configurable: true, writable: true });
  }
}

/** What the page is told of `thrown`, by the cell called `name`; see `CellCode.lines`. */
export function failureOf(thrown: unknown, name: string, lines?: readonly number[]): Failure {
  if (!(thrown instanceof Error)) return { name: "Error", message: `Uncaught ${util.inspect(thrown)}` };
  // Chromium's and Firefox's stacks name the place as NAME:LINE:COLUMN.
  const place = thrown.stack?.split("\n").find((each) => each.includes(`${name}:`));
  const line = Number(place?.slice(place.indexOf(`${name}:`) + name.length + 1).split(":")[0]) - linesBefore;
  const { message } = thrown;
  return { name: thrown.name, message, ...(line > 0 && { line: lines?.[line - 1] ?? line }) };
}
