/** Writes a file wholly or not at all: what is written goes to a file beside it, which is then renamed. */
import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Writes `content` (text as UTF-8, or bytes) to `file`, replacing what was there; folders that are missing are made.
 * @throws Error when the file cannot be written whole; an earlier file is then unchanged.
 */
export function writeFileWhole(file: string, content: string | Uint8Array): void {
  // A link stays one; what it leads to is replaced.
  const path = existsSync(file) ? realpathSync(file) : resolve(file);
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const mode = statSync(path, { throwIfNoEntry: false })?.mode;
    writeFileSync(beside, content, { flush: true, ...(mode !== undefined && { mode }) });
    renameSync(beside, path);
  } catch (error) {
    if (existsSync(beside)) rmSync(beside);
    const advice = "Free some space, or name another file";
    throw new Error(`${path}: expected to write this file, received ${(error as Error).message}. ${advice}.`, {
      cause: error,
    });
  }
}
