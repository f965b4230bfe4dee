/** Reads a CSV file into a DataFrame: the first step of every pipeline on tables. */

import type { ColumnType } from "./column.js";
import { defaultNaValues, readColumn, readCsvTable } from "./csv-table.js";
import type { DataFrame } from "./data-frame.js";
import { frameOf } from "./frame.js";
import { list } from "./messages.js";

/** How `readCsv` reads cells. */
export interface ReadCsvOptions {
  /**
   * The cells that stand for a missing value; default `""`, `NA`, `N/A`, `NaN`, `null` and the rest of pandas' list without
   * `None`, which is a category here. A list given replaces the default.
   */
  naValues?: readonly string[];
  /** What columns hold, by name; others hold numbers where every cell that is not missing is one, else text. */
  dtypes?: Readonly<Record<string, ColumnType>>;
}

/**
 * Reads a CSV file. A missing value becomes NaN, in columns of text too, as in pandas.
 * @param file relative to the working directory, or absolute
 * @throws when there is no such file, no row, a doubled column, a ragged row, or text in a column said to hold numbers; the
 * message names the file, the line and the column
 */
export function readCsv(file: string, { naValues = defaultNaValues, dtypes = {} }: ReadCsvOptions = {}): DataFrame {
  const table = readCsvTable(file);
  const missing = new Set(naValues);
  const absent = Object.keys(dtypes).filter((name) => !table.header.includes(name));
  if (absent.length > 0) {
    throw new Error(`${table.file}: expected the columns named in dtypes, received a table without ${list(absent)}.`);
  }
  return frameOf(table.header.map((name) => readColumn(table, name, missing, dtypes[name])));
}
