/** `%%writefile FILE`: the lines below it as a file, in the working directory. */
import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { writeFileWhole } from "../../write-file.js";
import type { RunMagic } from "./context.js";

export const run: RunMagic = (words, _, body) => {
  const [, option, name] = /^(-a\s+)?(.*)$/.exec(words)!;
  const file = resolve(name!.replace(/^(["'])(.*)\1$/, "$2"));
  const isThere = existsSync(file);
  const text = body.endsWith("\n") ? body : `${body}\n`;
  mkdirSync(dirname(file), { recursive: true });
  if (option) appendFileSync(file, text);
  else writeFileWhole(file, text);
  console.log(`${option ? "Appended to" : isThere ? "Replaced" : "Wrote"} ${name}`);
};
