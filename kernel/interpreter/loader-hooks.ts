/**
 * Module loading hooks for cells (see `loader.ts`), on a thread of Node's: imports are found from the notebook's folder,
 * TypeScript files are stripped of their types, and a file that was edited is loaded anew by the next cell that asks.
 */
import { readFile, stat } from "node:fs/promises";
import type { LoadHook, ResolveFnOutput, ResolveHook } from "node:module";
import { fileURLToPath } from "node:url";
import type { LoaderData } from "./loader.js";

let data: LoaderData;

/** Called by Node with what `register` was given. */
export function initialize(given: LoaderData): void {
  data = given;
}

export const resolve: ResolveHook = async (specifier, context, next) => {
  const isCell = specifier.startsWith(data.cellScheme);
  const name = isCell ? specifier.slice(data.cellScheme.length) : specifier;
  const from = isCell ? { ...context, parentURL: data.cellUrl } : context;
  const isOurs = isCell || isLocalTypeScript(from.parentURL);
  // Notebooks written for tslab find its `display` in this kernel, whether tslab is installed or not.
  if (isCell && name === "tslab") return next(new URL("../tslab.js", import.meta.url).href, from);
  if (!isOurs) return next(name, from);
  return versioned(await find(name, from, next));
};

async function find(
  name: string,
  context: Parameters<ResolveHook>[1],
  next: Parameters<ResolveHook>[2],
): Promise<ResolveFnOutput> {
  try {
    return await next(name, context);
  } catch (error) {
    for (const [other, from] of alternatives(name, context)) {
      try {
        return await next(other, from);
      } catch (second) {
        if (!isNotFound(second)) throw second;
      }
    }
    throw error;
  }
}

/** What else `name` may mean: TypeScript that is imported as `./util` or `./util.js`, and the kernel's own library. */
function alternatives(name: string, context: Parameters<ResolveHook>[1]): [string, Parameters<ResolveHook>[1]][] {
  if (name === "gradbook" || name.startsWith("gradbook/")) return [[name, { ...context, parentURL: import.meta.url }]];
  if (!/^(\.{0,2}\/|file:)/.test(name)) return [];
  const stem = name.replace(/\.(m?)js$/, "");
  return [`${stem}.ts`, `${stem}.mts`, `${name}.ts`, `${name}/index.ts`].map((other) => [other, context]);
}

function isNotFound(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === "ERR_MODULE_NOT_FOUND" || code === "ERR_UNSUPPORTED_DIR_IMPORT";
}

/** A changed file is another module: its time of change is part of its address. */
async function versioned(found: ResolveFnOutput): Promise<ResolveFnOutput> {
  if (!isLocalTypeScript(found.url)) return found;
  const url = new URL(found.url);
  url.searchParams.set("changed", String((await stat(fileURLToPath(url))).mtimeMs));
  return { ...found, url: url.href, format: "module" };
}

export const load: LoadHook = async (url, context, next) => {
  if (!isLocalTypeScript(url)) return next(url, context);
  const file = fileURLToPath(url);
  const { stripTypes } = await import("../language/strip.js");
  const source = stripTypes(await readFile(file, "utf8"), file).js;
  return { format: "module", source, shortCircuit: true };
};

function isLocalTypeScript(url: string | undefined): boolean {
  return url !== undefined && /^file:(?!.*\/node_modules\/).*\.m?ts(\?|$)/.test(url);
}
