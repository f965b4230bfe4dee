/**
 * Writes a file wholly or not at all: the content goes to a file beside it, which is then renamed. When something goes wrong
 * the earlier file is still there and nothing half-written is left; only a process killed in the middle leaves what it has
 * written beside the file, under its name and a number.
 */
import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { expectFile } from "../checks/expect-file.js";

/** What to do about the errors of a file system that a user can mend. */
const advice: Record<string, string> = {
  ENOSPC: "the disk is full. Free some space, or write to another disk",
  EDQUOT: "the disk quota is used up. Free some space, or write to another disk",
  EFBIG: "the file would be larger than is allowed here",
  ENOTDIR: "a part of the path is a file, not a folder. Write to another folder",
  EEXIST: "a part of the path is a file, not a folder. Write to another folder",
  EISDIR: "this path is a folder. Name a file in it",
  EACCES: "writing is not permitted here. Write to another folder",
  EPERM: "writing is not permitted here. Write to another folder",
  EROFS: "this file system is read-only. Write to another folder",
};

/** Writes `parts` one after the other; `writeFileSync` goes on until all of a part is written, or throws. */
function writeParts(file: string, parts: Iterable<string | Uint8Array>): void {
  const descriptor = openSync(file, "w");
  try {
    for (const part of parts) writeFileSync(descriptor, part);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Writes `content` (text as UTF-8, bytes, or bytes in parts that are asked for one by one) to `file`, replacing what was there; folders that are missing are made.
 * @throws when the file cannot be written whole; an earlier file is then unchanged.
 */
export function writeFileWhole(file: string, content: string | Uint8Array | Iterable<Uint8Array>): void {
  const parts = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
  expectFile("write", file);
  const path = resolve(file);
  try {
    mkdirSync(dirname(path), { recursive: true });
    // write-file-atomic itself writes with a single call, which on a disk that fills up writes a part and reports no error.
    writeFileAtomic.sync(path, "", { tmpfileCreated: (beside) => writeParts(beside, parts) });
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new Error(`${path}: expected to write this file, received ${code}: ${advice[code] ?? message}.`, {
      cause: error,
    });
  }
}
