/** Checks of the names of files. */
import { shown } from "./shown.js";

/** Throws where `file` is no name of a file. */
export function expectFile(where: string, file: unknown): void {
  if (typeof file === "string" && file !== "") return;
  throw new TypeError(`${where}: expected the name of a file, received ${shown(file)}.`);
}
