/**
 * Trial code: which function a search tries, named so that any process with the same project finds it. Code itself is never
 * sent anywhere; a hash of the module and of what it imports tells whether the other side has the same.
 */
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CodeFiles } from "./code-files.js";
import { describeProject, projectRoot } from "./project.js";

/** A function in a project. Plain data. */
export interface TrialCode {
  /** Name and version in the project's package.json, and the version of Gradbook. */
  project: string;
  /** The module's place in the project, with `/` on every system. */
  path: string;
  /** The name under which the module exports the function. */
  export: string;
  /**
   * The first 16 digits of a SHA-256 of the module, of the files that it imports (TypeScript, JavaScript, JSON, as far as they
   * are named in the text), and of the names and versions of the packages that these import.
   */
  hash: string;
}

/** Thrown where this process cannot run a trial, whatever its hyperparameters: it says nothing about the trial. */
export class CannotRun extends Error {
  override name = "CannotRun";
}

type Load = (url: string) => Promise<Record<string, unknown>>;

/** Loaded when it is needed: the parser takes a while. */
const codeFilesOf = async (file: string): Promise<CodeFiles> => (await import("./code-files.js")).codeFiles(file);

/** The place of `file` in the project, with `/` on every system; undefined outside of it and in its packages. */
function placeIn(root: string, file: string): string | undefined {
  const place = relative(root, file);
  const isOutside = isAbsolute(place) || place.split(sep)[0] === "..";
  return isOutside || place.split(sep).includes("node_modules") ? undefined : place.split(sep).join("/");
}

function hashOf({ files, packages }: CodeFiles, root: string): string {
  const real = realpathSync(root);
  const lines = [
    ...Array.from(files, ([file, hash]) => `${placeIn(real, file) ?? basename(file)} ${hash}`),
    ...Array.from(packages, ([name, version]) => `${name}@${version}`),
  ];
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex").slice(0, 16);
}

/** What has been said about code that cannot be followed. */
const told = new Set<string>();

/**
 * Names the function `name` that `module` exports. What it imports and cannot be followed is told, once.
 * @param module a path, relative to the working directory, or a `file:` URL
 * @throws Error when there is no such file
 */
export async function describeCode(module: string | URL, name: string): Promise<{ code: TrialCode; root: string }> {
  const file = module instanceof URL || module.startsWith("file:") ? fileURLToPath(module) : resolve(module);
  if (!existsSync(file)) throw new Error(`search: expected a module at ${file}, received none there: name its file.`);
  const root = projectRoot(dirname(file));
  const files = await codeFilesOf(file);
  for (const place of files.unknown) {
    if (told.has(place)) continue;
    told.add(place);
    console.error(`gradbook: ${place} cannot be followed: whether trials elsewhere find the same there is not checked`);
  }
  const path = relative(root, file).split(sep).join("/");
  return { code: { project: describeProject(root), path, export: name, hash: hashOf(files, root) }, root };
}

/** What this process has loaded and will not load anew, with the hash it had. */
const loaded = new Map<string, string>();

/**
 * Makes sure that the project in `root` has the code that `code` names.
 * @throws CannotRun when this project is another one or another version, or the module is not the same.
 */
export async function checkCode(code: TrialCode, root: string): Promise<{ file: string; files: CodeFiles }> {
  const refuse = (expected: string, received: string, advice: string) => {
    throw new CannotRun(`${code.path}: expected ${expected}, received ${received}: ${advice}.`);
  };
  const file = resolve(root, code.path);
  const isThere = existsSync(file);
  const isInside = isThere ? placeIn(realpathSync(root), realpathSync(file)) : placeIn(root, file);
  if (placeIn(root, file) === undefined || isInside === undefined) {
    refuse("a module in the project", "a path that leads out of it", "start the search in its own project");
  }
  const update = "bring this project to the version that the search has";
  const project = describeProject(root);
  if (project !== code.project) refuse(`the project ${code.project}`, project, update);
  if (!isThere) refuse("this module in the project", "none", update);
  const files = await codeFilesOf(file);
  if (hashOf(files, root) !== code.hash) {
    const names = [...files.files.keys()].map((each) => basename(each)).concat(...files.packages.keys());
    refuse(`the module as the search has it (${names.join(", ")})`, "one with another content", update);
  }
  return { file, files };
}

/**
 * The function that `code` names, from the project in `root`.
 * @throws CannotRun as `checkCode` does, when the module has no such function, or when this process has loaded an earlier version
 * of a file that Node does not load again.
 */
export async function loadCode(code: TrialCode, root: string): Promise<(...args: unknown[]) => unknown> {
  const { file, files } = await checkCode(code, root);
  const refuse = (expected: string, received: string, advice: string, cause?: unknown) => {
    throw new CannotRun(`${code.path}: expected ${expected}, received ${received}: ${advice}.`, { cause });
  };
  // The kernel and the processes of `workers` know TypeScript by `__import`, and edited files from earlier ones.
  const { __import } = globalThis as { __import?: Load };
  const load = __import ?? ((url: string) => import(url));
  const [entry = ""] = files.files.keys();
  const once = new Map([...files.files].filter(([each]) => files.once.has(each) || (!__import && each !== entry)));
  const stale = [...once].find(([each, hash]) => loaded.has(each) && loaded.get(each) !== hash)?.[0];
  if (stale !== undefined) {
    const advice = "start it anew, or run the trials in processes of their own, by workers()";
    refuse("to load the files as they are", `${basename(stale)}, edited after this process has loaded it`, advice);
  }
  for (const [each, hash] of once) loaded.set(each, hash);
  const exports = await load(`${pathToFileURL(file)}?changed=${code.hash}`).catch((error: unknown) =>
    refuse("a module that can be imported", String(error), "mend it", error),
  );
  const found: unknown = Object.hasOwn(exports, code.export) ? exports[code.export] : undefined;
  if (typeof found !== "function") {
    refuse(`an exported function ${code.export}`, Object.keys(exports).join(", ") || "no exports", "name one of them");
  }
  return found as (...args: unknown[]) => unknown;
}
