/** The way from a danfo DataFrame, which keeps a table by rows, to columns and back. */

import { danfo } from "../danfo-loader.js";
import { type Column, type ColumnType, isMissing } from "./column.js";
import { columnFrame, untouchedColumns } from "./column-frame.js";
import type { DataFrame } from "./data-frame.js";
import { list, repeated, show } from "./messages.js";

/** Cell j of every row as a column of numbers or text, whichever the first value is; without any value, of the type `empty`. */
function columnOf(name: string, rows: readonly (readonly unknown[])[], j: number, empty: ColumnType): Column {
  const fail = (i: number, expected: string) => {
    throw new TypeError(`Table, row ${i}, column ${show(name)}: expected ${expected}, received ${show(rows[i]![j])}.`);
  };
  const first = rows.findIndex((row) => !isMissing(row[j]));
  const type = first < 0 ? empty : typeof rows[first]![j];
  if (type === "number") {
    const values = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const cell = rows[i]![j];
      if (typeof cell === "number") values[i] = cell;
      else if (isMissing(cell)) values[i] = Number.NaN;
      else fail(i, `a number, as in row ${first}`);
    }
    return { name, type, values };
  }
  if (type !== "string") fail(first, "a number or text");
  const values = rows.map((row, i) => {
    const cell = row[j];
    if (typeof cell === "string") return cell;
    return isMissing(cell) ? undefined : fail(i, `text, as in row ${first}`);
  });
  return { name, type: "string", values };
}

/**
 * The columns of a DataFrame. What a column holds is read from its cells, not from danfo's dtypes, which are a guess from the
 * first rows.
 * @throws TypeError when a column mixes numbers and text, or holds something else.
 */
export function columnsOf(table: DataFrame): Column[] {
  const columns = untouchedColumns(table);
  if (columns) return columns;
  const rows = table.values as unknown[][];
  return table.columns.map((name, j) => columnOf(name, rows, j, table.dtypes[j] === "string" ? "string" : "number"));
}

/**
 * A DataFrame with these columns; missing cells become NaN, as in pandas. `index` labels the rows, default 0, 1, ….
 * @throws RangeError when two columns have one name, or when danfo keeps a name for itself.
 */
export function frameOf(columns: readonly Column[], index?: (string | number)[]): DataFrame {
  const names = columns.map((column) => column.name);
  checkNames(names);
  return columnFrame(columns, index ? [...index] : Array.from({ length: columns[0]?.values.length ?? 0 }, (_, i) => i));
}

function checkNames(names: readonly string[]): void {
  const doubled = repeated(names);
  if (doubled.length > 0) {
    throw new RangeError(`Table: expected every column name once, received ${list(doubled)} more than once.`);
  }
  // danfo makes each column a property of the DataFrame, which would hide its own properties such as `values` and `$data`.
  const { DataFrame, NDframe } = danfo();
  const owners = [new DataFrame([], { columns: [] }), DataFrame.prototype, NDframe.prototype];
  const isTaken = (name: string) =>
    owners.some((owner) => {
      const property = Object.getOwnPropertyDescriptor(owner, name);
      return property !== undefined && typeof property.value !== "function";
    });
  const taken = names.filter(isTaken);
  if (taken.length > 0) {
    throw new RangeError(
      `Table: expected column names that danfo does not use itself, received ${list(taken)}: rename them.`,
    );
  }
}
