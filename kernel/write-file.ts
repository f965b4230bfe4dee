/** Writes a file wholly or not at all: what is written goes to a file beside it, which is then renamed. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Writes `content` (text as UTF-8, or bytes) to `file`, replacing what was there; folders that are missing are made.
 * @throws Error when the file cannot be written whole; an earlier file is then unchanged.
 */
export function writeFileWhole(file: string, content: string | Uint8Array): void {
  const path = resolve(file);
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, content, { flush: true });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    const advice = "Free some space, or name another file";
    throw new Error(`${path}: expected to write this file, received ${(error as Error).message}. ${advice}.`, {
      cause: error,
    });
  }
}
