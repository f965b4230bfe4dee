/**
 * For which kernel a notebook was written, as far as its file tells: so its cells are checked as that kernel would check them. A
 * notebook that has no file yet is one of ours.
 */
import { readFileSync } from "node:fs";

/**
 * How a notebook's cells are checked: `strict` as the reader's tsconfig.json has it, `tslab` without strictness, `none` not at
 * all.
 */
export type Check = "strict" | "tslab" | "none";

/** A cell whose check is left out. */
export function isUnchecked(code: string): boolean {
  return /^(\s*\/\/.*\n)*\s*\/\/\s*@ts-nocheck\b/.test(code);
}

/** Whether `code` uses what tslab brings along. */
export function usesTslab(code: string): boolean {
  return /\b(from|import|require\s*\()\s*["']tslab["']/.test(code);
}

/** How the cells of the notebook in `file` are checked. A JavaScript notebook has no types, and Deno's kernel checks none. */
export function checkOf(file: string | undefined): Check {
  let text: string;
  try {
    text = readFileSync(file ?? "", "utf8");
  } catch {
    return "strict";
  }
  // Most notebooks are of none of these kinds, and some are large.
  if (!/javascript|\bdeno\b|tslab|@ts-nocheck/.test(text)) return "strict";
  const { cells, kernelspec } = parts(text);
  if (isUnchecked(cells[0] ?? "")) return "none";
  if (kernelspec.language === "javascript" || kernelspec.name === "deno") return "none";
  return kernelspec.name === "tslab" || cells.some(usesTslab) ? "tslab" : "strict";
}

interface NotebookFile {
  cells?: { cell_type: string; source: string | string[] }[];
  metadata?: { kernelspec?: { name?: unknown; language?: unknown } };
}

function parts(text: string): { cells: string[]; kernelspec: { name?: unknown; language?: unknown } } {
  try {
    const { cells = [], metadata } = JSON.parse(text) as NotebookFile;
    const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => [source].flat().join(""));
    return { cells: code, kernelspec: metadata?.kernelspec ?? {} };
  } catch {
    // Whoever opened it tells of a notebook that cannot be read.
    return { cells: [], kernelspec: {} };
  }
}
