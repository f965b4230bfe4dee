/**
 * Makes a cell's imports work as if the cell were a module in the notebook's folder: packages, local files, TypeScript.
 * `loader-hooks.ts` does the finding and stripping, on Node's own module loading thread.
 */
import { existsSync } from "node:fs";
import { createRequire, register } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Library } from "../library.js";
import * as tslab from "../tslab.js";
import { asTyped } from "./as-typed.js";
import { expectNames, type TypesOf } from "./missing-names.js";

/** Tells the hooks that an import comes from a cell. */
const cellScheme = "gradbook-cell:";

/** What the hooks are told when they start. */
export interface LoaderData {
  cellScheme: string;
  /** The URL that stands for a cell in the notebook's folder. */
  cellUrl: string;
  /** Takes a `LoadedFile` for each local TypeScript file, before it runs. */
  loaded: MessagePort;
  /** What is imported from it comes from it, where the folder has no other of its name. */
  library: Library | undefined;
}

export interface LoaderOptions {
  library?: Library | undefined;
  /** Runs what must not be terminated. */
  uninterrupted?: (work: () => void) => void;
  /** Without it names that a module does not have are `undefined`. */
  typesOf?: TypesOf;
}

/** A local TypeScript file that was loaded. */
export interface LoadedFile {
  /** Its name in stack traces. */
  url: string;
  source: string;
  /** Source maps (JSON) from what runs to `source`. */
  maps: string[];
}

type Namespace = { [name: string]: unknown };

/**
 * Defines `__import` (which translated cells call), `require`, `__dirname` and `__filename` for the notebook's `folder`.
 * Gives a function that tells which local files were loaded since it was called last.
 */
export function installLoader(
  folder: string,
  { library, uninterrupted = (work) => work(), typesOf = async () => new Map() }: LoaderOptions = {},
): () => LoadedFile[] {
  const file = join(folder, "notebook.ts");
  const cellUrl = pathToFileURL(file).href;
  const { port1: files, port2: loaded } = new MessageChannel();
  let isRegistered = false;
  const load = async (
    specifier: string,
    options?: ImportCallOptions,
    names: { [name: string]: string } = {},
  ): Promise<Namespace> => {
    // With the first import: their thread takes a while to start.
    if (!isRegistered) {
      const data: LoaderData = { cellScheme, cellUrl, loaded, library };
      uninterrupted(() => register("./loader-hooks.js", import.meta.url, { data, transferList: [loaded] }));
      isRegistered = true;
    }
    const module = (await import(`${cellScheme}${specifier}`, options)) as Namespace;
    const typed = asTyped(module, /\.json$/.test(specifier));
    await expectNames(specifier, names, { module, typed, typesOf });
    return typed;
  };
  const require = requireFrom(file);
  const meta = {
    url: cellUrl,
    filename: file,
    dirname: folder,
    resolve: (specifier: string) => pathToFileURL(require.resolve(specifier)).href,
  };
  Object.assign(load, { meta, asTyped });
  for (const [name, value] of Object.entries({ __import: load, require, __dirname: folder, __filename: file })) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  }
  return () => {
    const found: LoadedFile[] = [];
    for (let next = receiveMessageOnPort(files); next; next = receiveMessageOnPort(files)) found.push(next.message);
    return found;
  };
}

/** `require` as a cell has it: of tslab it gets what stands for it here. */
function requireFrom(file: string): NodeJS.Require {
  const require = createRequire(file);
  const own = (specifier: string): unknown => {
    if (specifier === "tslab") return tslab;
    if (isTypeScript(specifier, file)) {
      const advice = `write await import(${JSON.stringify(specifier)})`;
      throw new Error(`Expected JavaScript to require, received ${specifier}, which is TypeScript: ${advice}.`);
    }
    return require(specifier);
  };
  return Object.assign(own, require);
}

/** Whether a path means a TypeScript file, with its ending or without, and no other. */
function isTypeScript(specifier: string, file: string): boolean {
  if (!/^\.{0,2}\//.test(specifier)) return false;
  const path = resolve(file, "..", specifier);
  const isThere = ["", ".js", ".json", ".node", "/package.json", "/index.js"].some((ending) =>
    existsSync(path + ending),
  );
  return isThere ? /\.m?tsx?$/.test(path) : [".ts", ".tsx"].some((ending) => existsSync(path + ending));
}
