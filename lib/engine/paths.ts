/**
 * Where engines live: the `@tensorflow/tfjs-node` package that loads one, and the user's cache folder that keeps it for
 * every checkout.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import envPaths from "env-paths";
import { platform } from "./manifest.js";

const require = createRequire(import.meta.url);

/** The folder of the installed `@tensorflow/tfjs-node`, or `undefined` where npm left this optional package out. */
export function tfjsNodeFolder(): string | undefined {
  return require.resolve
    .paths("@tensorflow/tfjs-node")
    ?.map((folder) => join(folder, "@tensorflow", "tfjs-node"))
    .find((folder) => existsSync(join(folder, "package.json")));
}

/** What is wrong where npm left it out. */
export const notInstalled = "the package @tensorflow/tfjs-node is not installed";

/**
 * How to get the package where npm left it out: its own install script fails where the official binary cannot be had, and npm
 * then drops it without a word. Without the script it stays, and our set-up makes the engine.
 */
export const installTfjsNode = "npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0";

/** The folder of an installed package that this library depends on. */
export function packageFolder(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

/** The cache folder: `GRADBOOK_CACHE`, else the user's cache folder of this system (`XDG_CACHE_HOME` on Linux). */
export function cacheFolder(): string {
  return resolve(process.env.GRADBOOK_CACHE || envPaths("gradbook", { suffix: "" }).cache);
}

/** The native engine's folder in the cache; the name changes whenever an older engine must not be used any more. */
export function cachedEngineFolder(cache = cacheFolder()): string {
  return join(cache, `tfjs-node-4.22.0-napi8-${platform}`);
}
