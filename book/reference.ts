/** The reference of the library, made by TypeDoc from the documentation comments (see `scripts/reference.mjs`). */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Writes the reference's pages to `folder`. */
export function writeReference(root: string, folder: string): void {
  const { status, error } = spawnSync(process.execPath, [join(root, "scripts/reference.mjs"), folder], {
    stdio: "inherit",
  });
  if (status !== 0)
    throw new Error(`Expected TypeDoc to write the reference, received ${error?.message ?? `exit code ${status}`}.`);
}
