/** Writes a DataFrame to a CSV file that `readCsv` reads back. */
import type { DataFrame } from "danfojs-node";
import Papa from "papaparse";
import { writeFileWhole } from "../write-file.js";
import { type Column, columnsOf, isMissing } from "./column.js";

/** The text of a CSV file with these columns: a header line, one line a row, lines end with "\n"; a missing cell is `NA`. */
export function csvText(columns: readonly Column[]): string {
  const length = columns[0]?.values.length ?? 0;
  const data = Array.from({ length }, (_, i) =>
    columns.map(({ values }) => (isMissing(values[i]) ? "NA" : String(values[i]))),
  );
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
