/**
 * Trial code: which function a search tries, named so that any process with the same project finds it. Code itself is never
 * sent anywhere; a hash of the module tells whether the other side has the same.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { packageFolder } from "../lib/datasets/package-folder.js";

/** A function in a project. Plain data. */
export interface TrialCode {
  /** Name and version in the project's package.json, and the version of Gradbook. */
  project: string;
  /** The module's place in the project, with `/` on every system. */
  path: string;
  /** The name under which the module exports the function. */
  export: string;
  /** The first 16 digits of the SHA-256 of the module and what it imports of the project, line ends read as `\n`. */
  hash: string;
}

/** Thrown where this process cannot run a trial, whatever its hyperparameters: it says nothing about the trial. */
export class CannotRun extends Error {
  override name = "CannotRun";
}

type Load = (url: string) => Promise<Record<string, unknown>>;

interface Package {
  name?: string;
  version?: string;
}

const readPackage = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Package;

/** The nearest folder at or above `folder` with a package.json; without one, `folder` itself. */
export function projectRoot(folder: string): string {
  for (let place = resolve(folder); ; place = dirname(place)) {
    if (existsSync(join(place, "package.json"))) return place;
    if (place === dirname(place)) return resolve(folder);
  }
}

function describeProject(root: string): string {
  const { name = "unnamed", version = "0" } = existsSync(join(root, "package.json")) ? readPackage(root) : {};
  return `${name} ${version} (gradbook ${readPackage(packageFolder).version})`;
}

/** The hash of a module and of the TypeScript and JSON files of the project that it imports. */
async function hashOf(file: string): Promise<string> {
  const { localFiles } = await import("gradbook-kernel/language/local-files");
  const files = new Set([file, ...[...localFiles([file], dirname(file)).keys()].sort()]);
  const hash = createHash("sha256");
  for (const each of files) hash.update(readFileSync(each, "utf8").replaceAll("\r\n", "\n")).update("\0");
  return hash.digest("hex").slice(0, 16);
}

/**
 * Names the function `name` that `module` exports.
 * @param module a path, relative to the working directory, or a `file:` URL
 * @throws Error when there is no such file
 */
export async function describeCode(module: string | URL, name: string): Promise<{ code: TrialCode; root: string }> {
  const file = module instanceof URL || module.startsWith("file:") ? fileURLToPath(module) : resolve(module);
  if (!existsSync(file)) throw new Error(`search: expected a module at ${file}, received none there: name its file.`);
  const root = projectRoot(dirname(file));
  const path = relative(root, file).split(sep).join("/");
  return { code: { project: describeProject(root), path, export: name, hash: await hashOf(file) }, root };
}

/**
 * The function that `code` names, from the project in `root`.
 * @throws CannotRun when this project is another one or another version, or its module has no such function.
 */
export async function loadCode(code: TrialCode, root: string): Promise<(...args: unknown[]) => unknown> {
  const file = resolve(root, code.path);
  const refuse = (expected: string, received: string, advice: string, cause?: unknown) => {
    throw new CannotRun(`${code.path}: expected ${expected}, received ${received}: ${advice}.`, { cause });
  };
  const inside = relative(root, file);
  if (inside.startsWith("..") || isAbsolute(inside)) {
    refuse("a module in the project", "a path that leads out of it", "start the search in its own project");
  }
  const update = "bring this project to the version that the search has";
  const project = describeProject(root);
  if (project !== code.project) refuse(`the project ${code.project}`, project, update);
  if (!existsSync(file)) refuse("this module in the project", "none", update);
  if ((await hashOf(file)) !== code.hash) refuse("the module as the search has it", "one with another content", update);
  // The kernel and the processes of `workers` know TypeScript by `__import`, and edited files from earlier ones.
  const { __import: load = (url: string) => import(url) } = globalThis as { __import?: Load };
  const url = /\.m?ts$/.test(file)
    ? pathToFileURL(file).href
    : `${pathToFileURL(file)}?changed=${statSync(file).mtimeMs}`;
  const exports = await load(url).catch((error: unknown) =>
    refuse("a module that can be imported", String(error), "mend it", error),
  );
  const found: unknown = exports[code.export];
  if (typeof found !== "function") {
    refuse(`an exported function ${code.export}`, Object.keys(exports).join(", ") || "no exports", "name one of them");
  }
  return found as (...args: unknown[]) => unknown;
}
