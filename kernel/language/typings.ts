/**
 * Where the typings are that every cell sees: TypeScript's own and Node's, put together to two files by
 * `scripts/typings.mjs`.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** The folder of the native TypeScript, which lies in a package of its own for each platform, and of its own typings. */
export const libFolder = join(
  dirname(
    createRequire(require.resolve("typescript/package.json")).resolve(
      `@typescript/typescript-${process.platform}-${process.arch}/package.json`,
    ),
  ),
  "lib",
);

/** What the kernel is compiled to. */
export const compiledFolder = join(dirname(require.resolve("gradbook-kernel/package.json")), "dist");

/** What stands in it is found as `@types` is: in `es` the language's own, in `node` Node's. TypeScript reads the two side by side. */
export const typingsFolder = join(compiledFolder, "typings");

/**
 * Whether `file` is of TypeScript's typings of the language, which are in `typingsFolder` already: a package may still refer to
 * them, and they are not to be read twice.
 */
export function isBundled(file: string): boolean {
  return /[\\/]lib\.(es|decorators)[^\\/]*$/.test(file) && join(dirname(file)) === libFolder;
}
