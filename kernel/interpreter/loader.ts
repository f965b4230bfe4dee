/**
 * Makes a cell's imports work as if the cell were a module in the notebook's folder: packages, local files, TypeScript.
 * `loader-hooks.ts` does the finding and stripping, on Node's own module loading thread.
 */
import { createRequire, register } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Tells the hooks that an import comes from a cell. */
const cellScheme = "gradbook-cell:";

/** What the hooks are told when they start. */
export interface LoaderData {
  cellScheme: string;
  /** The URL that stands for a cell in the notebook's folder. */
  cellUrl: string;
}

type Namespace = { [name: string]: unknown };

/** Defines `__import` (which translated cells call), `require`, `__dirname` and `__filename` for the notebook's `folder`. */
export function installLoader(folder: string): void {
  const file = join(folder, "notebook.ts");
  const cellUrl = pathToFileURL(file).href;
  register("./loader-hooks.js", import.meta.url, { data: { cellScheme, cellUrl } satisfies LoaderData });
  const require = createRequire(file);
  const load = async (specifier: string, options?: ImportCallOptions): Promise<Namespace> =>
    withDefault((await import(`${cellScheme}${specifier}`, options)) as Namespace);
  const resolve = (specifier: string) => pathToFileURL(require.resolve(specifier)).href;
  const meta = { url: cellUrl, filename: file, dirname: folder, resolve };
  Object.assign(load, { meta });
  for (const [name, value] of Object.entries({ __import: load, require, __dirname: folder, __filename: file })) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  }
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
