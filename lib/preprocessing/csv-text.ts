/** The text of a CSV file with given columns: the way back from `readCsv`. */
import Papa from "papaparse";
import { type Column, cellsOf, isMissing } from "./column.js";
import { show } from "./messages.js";

/**
 * A header line, one line a row, lines end with "\n"; a missing cell is `NA`.
 * @throws RangeError for an infinite number, which CSV has no common name for
 */
export function csvText(columns: readonly Column[]): string {
  const cells = columns.map((column) =>
    cellsOf(column).map((cell, i) => {
      if (isMissing(cell)) return "NA";
      // Whole numbers beyond 2⁵³ are read as text, as names are; with an exponent they are numbers.
      if (typeof cell === "number" && Math.abs(cell) > 2 ** 53 && Number.isFinite(cell)) return cell.toExponential();
      if (typeof cell !== "number" || Number.isFinite(cell)) return String(cell);
      const where = `writeCsv: row ${i}, column ${show(column.name)}`;
      throw new RangeError(`${where}: expected a finite or a missing number, received ${cell}.`);
    }),
  );
  const data = (cells[0] ?? []).map((_, i) => cells.map((column) => column[i]));
  return `${Papa.unparse({ fields: columns.map(({ name }) => name), data }, { newline: "\n" })}\n`;
}
