/** A column of a table, the unit all preprocessing works on: numbers, text or truth values, with missing ones. */

import { show } from "./messages.js";

/** Numbers in float64; a missing one is NaN. */
export interface NumberColumn {
  readonly name: string;
  readonly type: "number";
  readonly values: Float64Array;
}

/** Text, one string a row; a missing one is `undefined`. */
export interface TextColumn {
  readonly name: string;
  readonly type: "string";
  readonly values: readonly (string | undefined)[];
}

/** Truth values; a missing one is `undefined`. */
export interface BooleanColumn {
  readonly name: string;
  readonly type: "boolean";
  readonly values: readonly (boolean | undefined)[];
}

export type Column = NumberColumn | TextColumn | BooleanColumn;
export type ColumnType = Column["type"];
/** A cell that is not missing. */
export type Value = number | string | boolean;

/** NaN, null and undefined are missing values. */
export function isMissing(value: unknown): value is undefined | null {
  return value === undefined || value === null || Number.isNaN(value);
}

/** The cells of a column one by one; a missing one is NaN among numbers, else `undefined`. */
export function cellsOf(column: Column): (Value | undefined)[] {
  return Array.from<Value | undefined>(column.values);
}

/** The first row with a value, or −1 where all are missing. */
export function firstValue({ type, values }: Column): number {
  return type === "number" ? values.findIndex((x) => !Number.isNaN(x)) : values.findIndex((x) => x !== undefined);
}

/** The numbers that are not missing. */
export function presentNumbers(values: Float64Array): Float64Array {
  const kept = new Float64Array(values.length);
  let n = 0;
  for (const x of values) if (!Number.isNaN(x)) kept[n++] = x;
  return kept.subarray(0, n);
}

/** The rows `rows` of a column, in this order. */
export function rowsOf(column: Column, rows: Int32Array): Column {
  const { name, type, values } = column;
  if (type === "number") return { name, type, values: numbersAt(values, rows) };
  return type === "string"
    ? { name, type, values: cellsAt(values, rows) }
    : { name, type, values: cellsAt(values, rows) };
}

/** `values` at `rows`. By itself, for a loop over typed arrays only is faster. */
function numbersAt(values: Float64Array, rows: Int32Array): Float64Array {
  const numbers = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) numbers[i] = values[rows[i]!]!;
  return numbers;
}

/** `values` at `rows`: `Array.from` with a function takes many times as long. */
function cellsAt<Cell>(values: readonly Cell[], rows: Int32Array): Cell[] {
  const cells = new Array<Cell>(rows.length);
  for (let i = 0; i < rows.length; i++) cells[i] = values[rows[i]!]!;
  return cells;
}

/** A column of `rows` missing values. */
export function emptyColumn(name: string, type: ColumnType, rows: number): Column {
  if (type === "number") return { name, type, values: new Float64Array(rows).fill(Number.NaN) };
  const values = new Array<undefined>(rows).fill(undefined);
  return type === "string" ? { name, type, values } : { name, type, values };
}

/**
 * A column of the cells that `cellAt` gives: of numbers, text or truth values, whichever the first value is; without any value of
 * the type `empty`.
 * @throws TypeError when a column mixes them, or holds something else
 */
export function columnOf(name: string, cellAt: (row: number) => unknown, rows: number, empty: ColumnType): Column {
  const kinds = { number: "a number", string: "text", boolean: "true or false" };
  const fail = (row: number, expected: string): never => {
    throw new TypeError(
      `Table, row ${row}, column ${show(name)}: expected ${expected}, received ${show(cellAt(row))}.`,
    );
  };
  let first = 0;
  while (first < rows && isMissing(cellAt(first))) first++;
  if (first === rows) return emptyColumn(name, empty, rows);
  const type = typeof cellAt(first);
  if (type !== "number" && type !== "string" && type !== "boolean") return fail(first, "a number, text, true or false");
  const cells = Array.from({ length: rows }, (_, row) => {
    const cell = cellAt(row);
    return isMissing(cell) ? undefined : typeof cell === type ? cell : fail(row, `${kinds[type]}, as in row ${first}`);
  });
  if (type === "number")
    return { name, type, values: Float64Array.from(cells as number[], (cell) => cell ?? Number.NaN) };
  return { name, type, values: cells } as Column;
}
