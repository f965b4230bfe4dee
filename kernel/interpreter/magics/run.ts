/** `%run FILE`: a module, TypeScript or JavaScript, from its beginning, however often it has run. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { MagicContext, RunMagic } from "./context.js";

let runs = 0;

export const run: RunMagic = async (words, context) => {
  const file = find(words.replace(/^(["'])(.*)\1$/, "$2"), context);
  const { __import } = globalThis as unknown as { __import: (specifier: string) => Promise<unknown> };
  runs += 1;
  await __import(`${pathToFileURL(file)}?run=${runs}`);
};

function find(name: string, { folder }: MagicContext): string {
  const places = [resolve(name), resolve(folder, name)];
  const file = places.find((place) => existsSync(place));
  if (file === undefined) throw new Error(`Expected a file to run, received ${name}, which is not there: see %pwd.`);
  return file;
}
