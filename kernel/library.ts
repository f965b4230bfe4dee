/**
 * The library behind a kernel: a package that cells may import although the notebook's folder does not have it. The kernel
 * itself knows none; who installs it names the folder (`--library FOLDER`).
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Plain data. */
export interface Library {
  /** The package's folder. */
  folder: string;
  /** The package's name. */
  name: string;
  /** For each thing that can be imported from it, such as `gradbook/danfo`, the file with its types. */
  types: { [specifier: string]: string };
}

interface Package {
  name?: string;
  exports?: { [path: string]: unknown };
}

/** Reads the package in `folder`. @throws Error where there is none. */
export function readLibrary(folder: string): Library {
  const file = resolve(folder, "package.json");
  let found: Package;
  try {
    found = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const received = (error as Error).message;
    throw new Error(`--library: expected a package's folder, received ${folder}: ${received}. Name another folder.`, {
      cause: error,
    });
  }
  const { name, exports = {} } = found;
  if (typeof name !== "string") {
    throw new Error(`--library: expected a package with a name, received ${file} without: name another folder.`);
  }
  const types = Object.entries(exports).flatMap(([path, entry]) => {
    const { types: typings } = Object(entry) as { types?: unknown };
    return typeof typings === "string" ? [[name + path.slice(1), join(resolve(folder), typings)]] : [];
  });
  return { folder: resolve(folder), name, types: Object.fromEntries(types) };
}

/** Whether `specifier` imports from `library`. */
export function isFrom(library: Library | undefined, specifier: string): library is Library {
  return library !== undefined && (specifier === library.name || specifier.startsWith(`${library.name}/`));
}
