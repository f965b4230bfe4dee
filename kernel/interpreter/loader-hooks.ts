/**
 * Module loading hooks for cells (see `loader.ts`), on a thread of Node's: imports are found from the notebook's folder,
 * TypeScript files are stripped of their types, and a file that was edited, or imports one that was, is loaded anew by the
 * next cell that asks.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { LoadHook, ResolveFnOutput, ResolveHook } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { emitFile } from "../language/emit-file.js";
import { localFile, mapPaths, mappedPlaces, versionOf } from "../language/local-files.js";
import { npmFolder, npmPackage } from "../language/npm-packages.js";
import { type TsOptions, tsconfigFor } from "../language/tsconfig.js";
import { isFrom } from "../library.js";
import type { LoadedFile, LoaderData } from "./loader.js";

let data: LoaderData;
let tsconfig: TsOptions;

/** TypeScript asks for no attributes where JSON is imported; Node does. */
const json = { format: "json", importAttributes: { type: "json" } } as const;

/** Called by Node with what `register` was given. */
export function initialize(given: LoaderData): void {
  data = given;
  // What is wrong with it, the check of the first cell tells.
  tsconfig = tsconfigFor(dirname(fileURLToPath(data.cellUrl)), data.library).options;
  mapPaths(tsconfig.paths);
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  const isCell = specifier.startsWith(data.cellScheme);
  const name = isCell ? specifier.slice(data.cellScheme.length) : specifier;
  const parentURL = isCell ? data.cellUrl : context.parentURL;
  const from = { ...context, ...(parentURL !== undefined && { parentURL }) };
  if (!isCell && !isLocal(parentURL)) return next(name, from);
  // Notebooks written for tslab find its `display` in this kernel, whether tslab is installed or not.
  if (name === "tslab") return next(new URL("../tslab.js", import.meta.url).href, from);
  const wanted = npmPackage(name);
  if (wanted) {
    const parentURL = pathToFileURL(join(npmFolder(wanted), "package.json")).href;
    return withJson(await next(wanted.name + wanted.path.slice(1), { ...from, parentURL }));
  }
  const file = localFile(name, dirname(fileURLToPath(parentURL!)));
  if (file !== undefined) {
    // Another address is another module.
    const again = /[?&](run=\d+)$/.exec(name)?.[1];
    const url = `${pathToFileURL(file)}?version=${versionOf(file)}${again ? `&${again}` : ""}`;
    if (file.endsWith(".json")) return { url, ...json, shortCircuit: true };
    return { url, format: "module", importAttributes: context.importAttributes, shortCircuit: true };
  }
  try {
    return withJson(await next(javascriptAt(mappedPlaces(name)) ?? name, from));
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
  const { js, maps } = emitFile(file, source, tsconfig);
  data.loaded.postMessage({ url, source, maps } satisfies LoadedFile);
  return { format: "module", source: js, shortCircuit: true };
};

function withJson(found: ResolveFnOutput): ResolveFnOutput {
  return found.format === "json" ? { ...found, ...json } : found;
}

/** The address of the first of these places, named with or without its ending, where JavaScript is. */
function javascriptAt(places: readonly string[]): string | undefined {
  const files = places.flatMap((place) => ["", ".js", ".mjs", ".cjs"].map((ending) => place + ending));
  const file = files.find((path) => /\.[mc]?js$/.test(path) && existsSync(path));
  return file && pathToFileURL(file).href;
}

/** Whether `url` is one that `resolve` has made. */
function isLocal(url: string | undefined): boolean {
  return url !== undefined && /^file:.*\?version=/.test(url);
}
