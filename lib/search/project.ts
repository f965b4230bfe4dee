/** Project: the folder that a module belongs to, with the package.json that names it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { packageFolder } from "../datasets/package-folder.js";

/** What is asked of a package.json. */
export interface Package {
  name?: string;
  version?: string;
  exports?: unknown;
  imports?: unknown;
}

/** @throws SyntaxError when the package.json in `folder` is not JSON. */
export const readPackage = (folder: string): Package =>
  Object(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))) as Package;

/** The nearest folder at or above `folder` with a package.json; without one, `folder` itself. */
export function projectRoot(folder: string): string {
  for (let place = resolve(folder); ; place = dirname(place)) {
    if (existsSync(join(place, "package.json"))) return place;
    if (place === dirname(place)) return resolve(folder);
  }
}

/** Name and version of the project in `root`, and the version of Gradbook. */
export function describeProject(root: string): string {
  const { name = "unnamed", version = "0" } = existsSync(join(root, "package.json")) ? readPackage(root) : {};
  return `${name} ${version} (gradbook ${readPackage(packageFolder).version})`;
}
