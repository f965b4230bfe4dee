/**
 * Trial code in a page: the module that a cell has written is translated as a cell is, with names of its own, and run where the
 * trial runs. In the place of the library's `search/trial-code.ts`.
 */
import { resolve } from "pathe";
import { existsSync, readFileSync } from "../../../dist/lib/browser/fs.js";
import type { TrialCode } from "../../../search/trial-code.js";
import type { CellCode } from "../../run/cell-code.js";
import { provideData } from "./data.js";
import { createHash } from "./node/crypto.js";
import { folder } from "./node/process.js";
import { Scope } from "./scope.js";

/** Thrown where this worker cannot run a trial, whatever its hyperparameters. */
export class CannotRun extends Error {
  override name = "CannotRun";
}

/** The modules that were translated, by the hash of their text. */
const translated = new Map<string, CellCode>();

/** The modules that have run here, by the same. */
const loaded = new Map<string, Promise<Scope>>();

/** Names the function `name` of `module`, a file that a cell has written. @throws Error where there is none, or it cannot be translated */
export async function describeCode(module: string | URL, name: string): Promise<{ code: TrialCode; root: string }> {
  const path = resolve(String(module));
  if (!existsSync(path)) throw new Error(`search: expected a module at ${path}, received none there: write it first.`);
  const text = readFileSync(path, "utf8");
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  if (!translated.has(hash)) {
    // TypeScript comes with it, so it is loaded when a search needs it.
    const address = new URL("compiler.js", import.meta.url).href;
    const { translateCell } = (await import(address)) as typeof import("../../run/cell-code.js");
    const code = translateCell(text, path);
    if ("faults" in code) throw new Error(`search: ${path}: ${code.faults.map(({ message }) => message).join("; ")}`);
    translated.set(hash, code);
  }
  return { code: { project: "page", path, export: name, hash }, root: folder };
}

/** The translated module of a trial, for the worker that is to run it. */
export const moduleOf = ({ hash }: TrialCode): CellCode => translated.get(hash)!;

/** Has this worker know a module that another one has translated. */
export const takeModule = ({ hash }: TrialCode, module: CellCode): void => void translated.set(hash, module);

/** The function that `code` names. @throws CannotRun where its module does not run, or has none of that name */
export async function loadCode(code: TrialCode): Promise<(...args: unknown[]) => unknown> {
  const load = async () => {
    const module = moduleOf(code);
    await provideData(module.words);
    const scope = new Scope();
    await scope.run(module, code.path);
    return scope;
  };
  const loading = loaded.get(code.hash) ?? load();
  loaded.set(code.hash, loading);
  const { names } = await loading.catch((error: Error) => {
    throw new CannotRun(`${code.path}: expected a module that runs, received ${error.message}: mend it.`);
  });
  const found = names[code.export];
  if (typeof found === "function") return found as (...args: unknown[]) => unknown;
  throw new CannotRun(`${code.path}: expected a function ${code.export}, received ${typeof found}: name one of them.`);
}
