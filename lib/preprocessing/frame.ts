/** The way from a table, the library's own or a danfo DataFrame, to columns and back. */
import { shown } from "../checks/shown.js";
import { type Column, columnOf } from "./column.js";
import type { DataFrame } from "./data-frame.js";
import { list, repeated } from "./messages.js";
import { Table, tableOf } from "./table.js";

/**
 * The columns of a table. What a column of a danfo DataFrame holds is read from its cells, not from danfo's dtypes, which are a
 * guess from the first rows.
 * @throws TypeError when a column mixes numbers, text and truth values, or holds something else.
 */
export function columnsOf(table: DataFrame, where = "table"): Column[] {
  if (table instanceof Table) return [...table.parts];
  expectTable(where, table);
  const rows = table.values as unknown[][];
  return table.columns.map((name, j) =>
    columnOf(name, (i) => rows[i]![j], rows.length, table.dtypes[j] === "string" ? "string" : "number"),
  );
}

/** Throws where `table` is none. */
export function expectTable(where: string, table: unknown): void {
  const { columns, shape } = Object(table) as Record<string, unknown>;
  const isFrame = Array.isArray(columns) && Array.isArray(shape);
  if (isFrame && shape.length === 2) return;
  if (isFrame) {
    throw new TypeError(
      `${where}: expected a table, received the column ${list(columns)}: write table.loc({ columns: [${list(columns)}] }).`,
    );
  }
  throw new TypeError(
    `${where}: expected a table, received ${shown(table)}: write readCsv(file), or new DataFrame(…) of gradbook/danfo.`,
  );
}

/**
 * A table with these columns; missing cells become NaN, as in pandas. `labels` are those of the rows, default 0, 1, ….
 * @throws RangeError when two columns have one name
 */
export function frameOf(columns: readonly Column[], labels?: ArrayLike<string | number>): DataFrame {
  const doubled = repeated(columns.map((column) => column.name));
  if (doubled.length > 0) {
    throw new RangeError(`Table: expected every column name once, received ${list(doubled)} more than once.`);
  }
  return tableOf(columns, labels);
}

/** The labels of a table's rows, so as they are kept; none where they are 0, 1, …. */
export function rowLabelsOf(table: DataFrame): ArrayLike<string | number> | undefined {
  return table instanceof Table ? Table.labels(table) : table.index;
}
