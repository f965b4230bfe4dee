/** The files that cells have written, to be offered to the reader. */
import { allFiles } from "../../../dist/lib/browser/fs.js";
import type { WrittenFile } from "./messages.js";
import { folder } from "./node/process.js";

/** What each file held when it was looked at last: with each writing the content is another object. */
let before = new Map<string, Uint8Array>();

/** The files that were written since this was called last; the package's own data aside. */
export function writtenFiles(): WrittenFile[] {
  const now = new Map(allFiles());
  const changed = [...now].filter(([path, bytes]) => !path.startsWith(`${folder}/data/`) && before.get(path) !== bytes);
  before = now;
  return changed.map(([path, { length }]) => ({ path, size: length }));
}

/** The bytes of a file; undefined where a cell has removed it. */
export function bytesOf(path: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = allFiles().get(path);
  return bytes && new Uint8Array(bytes);
}
