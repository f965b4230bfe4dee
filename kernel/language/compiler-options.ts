/**
 * How TypeScript reads a notebook: strict, as modules, with the typings that the kernel brings along.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The options of the program for a notebook in `folder`. */
export function compilerOptions(folder: string): object {
  const own = createRequire(import.meta.url);
  return {
    strict: true,
    target: "esnext",
    lib: ["esnext"],
    module: "esnext",
    moduleResolution: "bundler",
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    skipLibCheck: true,
    noEmit: true,
    // Brought along, so that `console` and `process` have types in every folder.
    types: ["node"],
    typeRoots: [dirname(dirname(own.resolve("@types/node/package.json")))],
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
