/** The chapter as a notebook file, with what the reader has changed: cells that were edited, and knobs that were turned. */
import type { KnobValue } from "../../run/knobs.js";

interface NotebookFile {
  cells: { id: string; cell_type: string; source: string | string[]; outputs?: unknown[]; execution_count?: unknown }[];
}

/** The stored notebook with other texts for some of its cells, whose outputs go: they are of other code. */
export function changedNotebook(stored: NotebookFile, texts: ReadonlyMap<string, string>): NotebookFile {
  const cells = stored.cells.map((cell) => {
    const text = texts.get(cell.id);
    if (cell.cell_type !== "code" || text === undefined) return cell;
    return { ...cell, source: text.split(/(?<=\n)/), outputs: [], execution_count: null };
  });
  return { ...stored, cells };
}

/** The text of the cell with the knobs, with the values that the reader has given them. */
export function withKnobs(text: string, turned: ReadonlyMap<string, KnobValue>): string {
  return [...turned].reduce(
    (code, [name, value]) =>
      // Up to the `;` that ends the declaration: what stands there is data.
      code.replace(new RegExp(`^(let ${name}\\b[^=]*= ).*?;(?=\\s*(//|$))`, "m"), (_, before: string) => {
        return `${before}${JSON.stringify(value)};`;
      }),
    text,
  );
}

/** Has the browser save the chapter `name`. @throws Error where the stored notebook cannot be had */
export async function takeAlong(name: string, texts: ReadonlyMap<string, string>): Promise<void> {
  const response = await fetch(`notebooks/${name}.ipynb`);
  if (!response.ok) throw new Error(`${name}.ipynb: expected the notebook, received status ${response.status}.`);
  const notebook = changedNotebook((await response.json()) as NotebookFile, texts);
  const file = new Blob([`${JSON.stringify(notebook, null, 1)}\n`], { type: "application/x-ipynb+json" });
  save(file, `${name}.ipynb`);
}

/** Has the browser save a file under this name. */
export function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
