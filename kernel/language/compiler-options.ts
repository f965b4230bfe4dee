/**
 * How TypeScript reads a notebook: strict, as modules, with the typings that the kernel brings along.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { typingsFolder } from "./typings.js";

/** The options of the program for a notebook in `folder`. */
export function compilerOptions(folder: string): object {
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
    paths: { ...tslabModule(), ...(!resolves("gradbook", folder) && ownPackage()) },
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

/** Where the notebook's folder has no `gradbook` of its own, the kernel's is taken; `../interpreter/loader-hooks.ts` does the same. */
function ownPackage(): { [name: string]: string[] } {
  const library = fileURLToPath(new URL("../../lib/", import.meta.url)).replaceAll("\\", "/");
  return { gradbook: [`${library}index.d.ts`], "gradbook/*": [`${library}*.d.ts`] };
}
