/** Writes a DataFrame to a CSV file that `readCsv` reads back. */
import type { DataFrame } from "danfojs-node";
import Papa from "papaparse";
import { writeFileWhole } from "../write-file.js";
import { type Column, cellsOf, columnsOf, isMissing, show } from "./column.js";

/**
 * The text of a CSV file with these columns: a header line, one line a row, lines end with "\n"; a missing cell is `NA`.
 * @throws RangeError for an infinite number, which CSV has no common name for
 */
export function csvText(columns: readonly Column[]): string {
  const cells = columns.map((column) =>
    cellsOf(column).map((cell, i) => {
      if (isMissing(cell)) return "NA";
      if (typeof cell === "string" || Number.isFinite(cell)) return String(cell);
      const where = `writeCsv: row ${i}, column ${show(column.name)}`;
      throw new RangeError(`${where}: expected a finite or a missing number, received ${cell}.`);
    }),
  );
  const data = (cells[0] ?? []).map((_, i) => cells.map((column) => column[i]));
  return `${Papa.unparse({ fields: columns.map(({ name }) => name), data }, { newline: "\n" })}\n`;
}

/**
 * Writes `table` without its index. Numbers are written so that they are read back exactly; a CSV file does not say what a
 * column holds, so text that looks like a number, or like a missing value, is read back as such unless `readCsv` is told
 * otherwise. Folders that are missing are made.
 * @throws when the file cannot be written whole (a full disk, a path below a file); an earlier file is then unchanged
 */
export function writeCsv(table: DataFrame, file: string): void {
  writeFileWhole(file, csvText(columnsOf(table)));
}
