/** The first notebook: what `gradbook lab` opens in a folder that has none, so that there is something to run at once. */
import { constants, copyFileSync, existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What it is called, in a package as in the user's folder. */
const name = "first-notebook.ipynb";

const telling = /^--(version|help|help-all|generate-config|show-config|show-config-json)$/;

/** Whether JupyterLab only tells something, by one of `words`, and opens nothing. */
export const onlyTells = (words: readonly string[]): boolean => words.some((word) => telling.test(word));

/** Options with which it looks at another folder. */
const elsewhere = /root_dir|notebook-dir/;

/** Whether a notebook lies in this folder, or in a folder of it. */
function hasNotebook(): boolean {
  const isNotebook = (file: string) => file.endsWith(".ipynb");
  const entries = readdirSync(".", { withFileTypes: true });
  if (entries.some((entry) => isNotebook(entry.name))) return true;
  const folders = entries.filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name));
  return folders.some((folder) => {
    try {
      return readdirSync(folder.name).some(isNotebook);
    } catch {
      return false; // Who may not look into it has no notebook there.
    }
  });
}

/** The first notebook that `library` ships in its folder `examples`, else the kernel's own. */
function template(library: string | undefined): string {
  const shipped = library === undefined ? undefined : join(library, "examples", name);
  if (shipped !== undefined && existsSync(shipped)) return shipped;
  return join(dirname(createRequire(import.meta.url).resolve("gradbook-kernel/package.json")), "examples", name);
}

/**
 * The words for `jupyter lab`: `words` as they are, or, where they name nothing and there is no notebook here, with a first notebook
 * that is made for it. Nothing is overwritten.
 */
export function withFirstNotebook(words: readonly string[], library?: string): readonly string[] {
  const isElsewhere = words.some((word) => !word.startsWith("-") || elsewhere.test(word));
  if (isElsewhere || onlyTells(words) || hasNotebook()) return words;
  try {
    copyFileSync(template(library), name, constants.COPYFILE_EXCL);
  } catch (error) {
    console.log(`A first notebook cannot be made here: ${(error as Error).message}.`);
    return words;
  }
  console.log(`Made ${name}: this folder had no notebook.`);
  return [name, ...words];
}
