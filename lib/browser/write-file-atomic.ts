/** Writes a file beside its place and renames it: the package write-file-atomic, for files in a browser (see `fs.ts`). */
import { renameSync, writeFileSync } from "./fs.js";

function sync(path: string, content: string, { tmpfileCreated }: { tmpfileCreated(beside: string): void }): void {
  const beside = `${path}.new`;
  writeFileSync(beside, content);
  tmpfileCreated(beside);
  renameSync(beside, path);
}

export default { sync };
