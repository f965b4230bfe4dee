/** The columns of a table from what danfo's `DataFrame` takes. */
import { type Column, columnOf } from "../preprocessing/column.js";

type Cells = readonly unknown[];

/** Rows, each a list of cells or an object by names; or columns by their names. */
export type TableData =
  | readonly Cells[]
  | readonly Readonly<Record<string, unknown>>[]
  | Readonly<Record<string, Cells>>;

/** @param columns the names, for rows that are lists; default "0", "1", … */
export function columnsFrom(data: TableData, columns?: readonly string[]): Column[] {
  if (!Array.isArray(data)) {
    const cells = data as Readonly<Record<string, Cells>>;
    return Object.keys(cells).map((name) => columnOf(name, (row) => cells[name]![row], cells[name]!.length, "number"));
  }
  const names = columns ?? Object.keys(data[0] ?? []);
  return names.map((name, j) =>
    columnOf(name, (row) => (Array.isArray(data[row]) ? data[row][j] : data[row][name]), data.length, "number"),
  );
}
