/** `node:fs` for the cells of a page: the library's files in memory, whose content is a `Buffer` as in Node. */
import { Buffer } from "buffer";
import { readFileSync as readBytes } from "../../../../dist/lib/browser/fs.js";

export * from "../../../../dist/lib/browser/fs.js";

export function readFileSync(path: string, encoding?: string | { encoding?: string }): Buffer | string {
  const content = Buffer.from(readBytes(path));
  const name = typeof encoding === "string" ? encoding : encoding?.encoding;
  return name === undefined ? content : content.toString(name as "utf8");
}
