/**
 * The lines of a cell around a position, with a mark below it: for type errors and for errors while it runs.
 */

/** Line and column of `offset` in `source`, both from 1. */
export function positionAt(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** The line (from 1), the one before it, and a `^` under the column (from 1). */
export function excerpt(source: string, { line, column }: { line: number; column: number }): string {
  const lines = source.split("\n");
  const width = String(line).length;
  const show = (number: number) => `${String(number).padStart(width)} | ${lines[number - 1] ?? ""}`;
  // Tabs before the mark stay tabs, so that it stands below its column whatever their width.
  const indent = (lines[line - 1] ?? "").slice(0, column - 1).replace(/[^\t]/g, " ");
  return [...(line > 1 ? [show(line - 1)] : []), show(line), `${" ".repeat(width)} | ${indent}^`].join("\n");
}
