/**
 * How TypeScript reads a notebook: strict, as modules, with the typings that the kernel brings along.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Library } from "../library.js";
import { typingsFolder } from "./typings.js";

/** The options of the program for a notebook in `folder`; `library` is there where the folder has no other of its name. */
export function compilerOptions(folder: string, library?: Library): object {
  return {
    strict: true,
    target: "esnext",
    // Brought along with Node's, so that `console` and `process` have types in every folder.
    lib: [],
    types: ["node"],
    typeRoots: [typingsFolder],
    module: "esnext",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { ...tslabModule(), ...(library && !resolves(library.name, folder) && typesOf(library)) },
  };
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
