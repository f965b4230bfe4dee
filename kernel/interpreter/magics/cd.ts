/** `%cd FOLDER`: another working directory; imports are still looked for from the notebook's folder. */
import { homedir } from "node:os";
import { resolve } from "node:path";
import type { RunMagic } from "./context.js";

let before: string | undefined;

export const run: RunMagic = (words) => {
  const name = words.replace(/^(["'])(.*)\1$/, "$2").replace(/^~(?=$|[\\/])/, homedir);
  if (name === "-" && before === undefined)
    throw new Error("Expected %cd FOLDER before %cd -, received none: name one.");
  const target = name === "-" ? before! : resolve(name === "" ? homedir() : name);
  const left = process.cwd();
  try {
    process.chdir(target);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    throw new Error(`Expected a folder that can be entered, received ${target} (${why}): name another.`, {
      cause: error,
    });
  }
  before = left;
  console.log(process.cwd());
};
