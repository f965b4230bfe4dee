/** The reference of the library, made by TypeDoc from the documentation comments (see `scripts/reference.mjs`). */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml } from "./escape.js";

/** A name that the library exports, as the reference has it. */
export interface ReferenceName {
  name: string;
  /** What it is: "Layers", "Optimizers and schedules", … */
  category: string;
  /** The first sentence of what is said of it. */
  summary: string;
  /** Its page, below the reference. */
  address: string;
  /** The chapters that import it, by their addresses. */
  chapters: readonly string[];
}

/** Links to what the chapter of the page `chapter` imports from the library, by what it is; "" without a reference. */
export function libraryLinks(chapter: string, names: readonly ReferenceName[]): string {
  const used = names.filter(({ chapters }) => chapters.includes(chapter));
  if (used.length === 0) return "";
  const categories = [...new Set(used.map(({ category }) => category))].sort();
  const lines = categories.map((category) => {
    const links = used
      .filter((each) => each.category === category)
      .map(({ name, address, summary }) => {
        return `<a href="reference/${address}" title="${escapeHtml(summary)}"><code>${name}</code></a>`;
      });
    return `<li>${category}: ${links.join(", ")}</li>`;
  });
  return `\n<details class="library"><summary>What this chapter uses of the library</summary>\n<ul>${lines.join("\n")}</ul></details>`;
}

/** Writes the reference's pages to `folder`; gives the names in it. */
export function writeReference(root: string, folder: string): ReferenceName[] {
  const { status, error } = spawnSync(process.execPath, [join(root, "scripts/reference.mjs"), folder], {
    stdio: "inherit",
  });
  if (status !== 0)
    throw new Error(`Expected TypeDoc to write the reference, received ${error?.message ?? `exit code ${status}`}.`);
  return JSON.parse(readFileSync(join(folder, "names.json"), "utf8")) as ReferenceName[];
}
