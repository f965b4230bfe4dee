/**
 * How TypeScript reads a notebook: strict, unless the reader's tsconfig.json says otherwise; as modules; with the typings that the
 * kernel brings along.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Library } from "../library.js";
import type { TsOptions } from "./tsconfig.js";
import { typingsFolder } from "./typings.js";

/** The options of the program. */
export interface ProgramOptions {
  /** The notebook's. */
  folder: string;
  /** Is there where the folder has no other of its name. */
  library?: Library | undefined;
  /** What the reader's tsconfig.json says. */
  tsconfig: TsOptions;
  /** Whether the notebook is checked as tslab would. */
  isLoose: boolean;
}

/** The options as TypeScript's own configuration has them. */
export function compilerOptions({ folder, library, tsconfig, isLoose }: ProgramOptions) {
  const { strictness, lib, types, typeRoots, paths, ...others } = tsconfig;
  return {
    ...others,
    ...(isLoose ? { strict: false } : { strict: true, ...strictness }),
    target: "esnext",
    // The language's is brought along with Node's, so that `console` and `process` have types in every folder.
    lib,
    types: ["es", "node", ...types],
    typeRoots: [typingsFolder, ...(typeRoots.length > 0 || types.length === 0 ? typeRoots : typeFolders(folder))],
    module: "esnext",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { ...paths, ...tslabModule(), ...(library && !resolves(library.name, folder) && typesOf(library)) },
  };
}

/** Where packages with types may be installed for a module in `folder`. */
function typeFolders(folder: string): string[] {
  const above = dirname(folder);
  return [join(folder, "node_modules", "@types"), ...(above === folder ? [] : typeFolders(above))];
}

function resolves(name: string, folder: string): boolean {
  try {
    createRequire(join(folder, "notebook.js")).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** What stands for tslab in this kernel; `../interpreter/loader-hooks.ts` does the same. */
function tslabModule(): { [name: string]: string[] } {
  return { tslab: [fileURLToPath(new URL("../tslab.d.ts", import.meta.url)).replaceAll("\\", "/")] };
}

/** Where the library's types are; `../interpreter/loader-hooks.ts` finds its code. */
function typesOf({ types }: Library): { [specifier: string]: string[] } {
  return Object.fromEntries(Object.entries(types).map(([name, file]) => [name, [file.replaceAll("\\", "/")]]));
}
