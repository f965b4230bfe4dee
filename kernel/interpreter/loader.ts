/**
 * Makes a cell's imports work as if the cell were a module in the notebook's folder: packages, local files, TypeScript.
 * `loader-hooks.ts` does the finding and stripping, on Node's own module loading thread.
 */
import { createRequire, register } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Library } from "../library.js";

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
  { library, uninterrupted = (work) => work() }: LoaderOptions = {},
): () => LoadedFile[] {
  const file = join(folder, "notebook.ts");
  const cellUrl = pathToFileURL(file).href;
  const { port1: files, port2: loaded } = new MessageChannel();
  let isRegistered = false;
  const load = async (specifier: string, options?: ImportCallOptions): Promise<Namespace> => {
    // With the first import: their thread takes a while to start.
    if (!isRegistered) {
      const data: LoaderData = { cellScheme, cellUrl, loaded, library };
      uninterrupted(() => register("./loader-hooks.js", import.meta.url, { data, transferList: [loaded] }));
      isRegistered = true;
    }
    return withDefault((await import(`${cellScheme}${specifier}`, options)) as Namespace);
  };
  const require = createRequire(file);
  const resolve = (specifier: string) => pathToFileURL(require.resolve(specifier)).href;
  const meta = { url: cellUrl, filename: file, dirname: folder, resolve };
  Object.assign(load, { meta });
  for (const [name, value] of Object.entries({ __import: load, require, __dirname: folder, __filename: file })) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  }
  return () => {
    const found: LoadedFile[] = [];
    for (let next = receiveMessageOnPort(files); next; next = receiveMessageOnPort(files)) found.push(next.message);
    return found;
  };
}

/**
 * A CommonJS package compiled from `export default x` has its default one level deeper for Node than for TypeScript,
 * whose view the cell was checked with.
 */
function withDefault(namespace: Namespace): Namespace {
  const exports = namespace.default as Namespace | null | undefined;
  const isCompiled = namespace.__esModule === true && typeof exports === "object" && exports !== null;
  return isCompiled && "default" in exports ? { ...namespace, default: exports.default } : namespace;
}
