/** Writes a DataFrame to a CSV file that `readCsv` reads back. */

import { writeFileWhole } from "../persistence/write-file.js";
import { csvText } from "./csv-text.js";
import type { DataFrame } from "./data-frame.js";
import { columnsOf } from "./frame.js";

/**
 * Writes `table` without its index. Numbers are written so that they are read back exactly; a CSV file does not say what a
 * column holds, so text that looks like a number, or like a missing value, is read back as such unless `readCsv` is told
 * otherwise. Folders that are missing are made.
 * @throws when the file cannot be written whole (a full disk, a path below a file); an earlier file is then unchanged
 *
 * @example
 * ```ts
 * import { readCsv, writeCsv } from "gradbook";
 * import { DataFrame } from "gradbook/danfo";
 *
 * const houses = new DataFrame({ area: [50, 100, 150], street: ["Pave", "Grvl", "Pave"] });
 * writeCsv(houses, "houses.csv");
 * console.log(readCsv("houses.csv").shape); // [ 3, 2 ]
 * ```
 */
export function writeCsv(table: DataFrame, file: string): void {
  writeFileWhole(file, csvText(columnsOf(table, "writeCsv")));
}
