/**
 * Module loading hooks for cells (see `loader.ts`), on a thread of Node's: imports are found from the notebook's folder,
 * TypeScript files are stripped of their types, and a file that was edited, or imports one that was, is loaded anew by the
 * next cell that asks.
 */
import { readFile } from "node:fs/promises";
import type { LoadHook, ResolveHook } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { localFile, versionOf } from "../language/local-files.js";
import { stripTypes } from "../language/strip.js";
import { isFrom } from "../library.js";
import type { LoadedFile, LoaderData } from "./loader.js";

let data: LoaderData;

/** Called by Node with what `register` was given. */
export function initialize(given: LoaderData): void {
  data = given;
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  const isCell = specifier.startsWith(data.cellScheme);
  const name = isCell ? specifier.slice(data.cellScheme.length) : specifier;
  const parentURL = isCell ? data.cellUrl : context.parentURL;
  const from = { ...context, ...(parentURL !== undefined && { parentURL }) };
  if (!isCell && !isLocal(parentURL)) return next(name, from);
  // Notebooks written for tslab find its `display` in this kernel, whether tslab is installed or not.
  if (name === "tslab") return next(new URL("../tslab.js", import.meta.url).href, from);
  const file = localFile(name, dirname(fileURLToPath(parentURL!)));
  if (file !== undefined) {
    // Another address is another module.
    const url = `${pathToFileURL(file)}?version=${versionOf(file)}`;
    const { importAttributes } = context;
    return { url, format: file.endsWith(".json") ? "json" : "module", importAttributes, shortCircuit: true };
  }
  try {
    return await next(name, from);
  } catch (error) {
    if (!isFrom(data.library, name)) throw error;
    // A package finds itself by its own name.
    return next(name, { ...from, parentURL: pathToFileURL(join(data.library.folder, "package.json")).href });
  }
};

export const load: LoadHook = async (url, context, next) => {
  if (!isLocal(url) || context.format === "json") return next(url, context);
  const file = fileURLToPath(url);
  const source = await readFile(file, "utf8");
  const { js, maps } = stripTypes(source, file);
  data.loaded.postMessage({ url, source, maps } satisfies LoadedFile);
  return { format: "module", source: js, shortCircuit: true };
};

/** Whether `url` is one that `resolve` has made. */
function isLocal(url: string | undefined): boolean {
  return url !== undefined && /^file:.*\?version=/.test(url);
}
