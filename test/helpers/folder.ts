/** A folder of its own for each test that writes files, gone afterwards. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface Folder {
  /** Absolute. */
  readonly path: string;
  /** Writes a file and returns its absolute path. */
  write(name: string, content: string | Uint8Array): string;
  /** The names in the folder, sorted. */
  names(): string[];
}

/** An empty folder that is removed when the running test ends. */
export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "gradbook-test-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return {
    path,
    write(name, content) {
      writeFileSync(join(path, name), content);
      return join(path, name);
    },
    names: () => readdirSync(path).sort(),
  };
}
