/**
 * A table and a column of it, as the library takes and gives them: the part of danfo's types that it needs itself, written out,
 * for danfo is optional and the types of an absent package would be `any`. Tables that the library gives are its own (`Table`), and
 * danfo's DataFrames are tables as well; a program that imports "gradbook/danfo" knows both with all of danfo's methods (see
 * `danfo.ts`).
 */

/** What stands in a cell. A missing one is NaN. */
export type Cell = number | string | boolean;

/** A column of a table: the library's own, or a danfo `Series`. */
export interface Series {
  /** The column's name, as the only one. */
  readonly columns: string[];
  readonly index: (string | number)[];
  /** [rows]. */
  readonly shape: number[];
  /** The cells from top to bottom, a `Cell[]`. */
  readonly values: Cell[] | Cell[][];
  print(): void;
}

/** A table: the library's own, or a danfo `DataFrame`. */
export interface DataFrame {
  /** The names of the columns. */
  readonly columns: string[];
  /** What each column holds: "int32", "float32", "string" or "boolean". */
  readonly dtypes: string[];
  /** The labels of the rows. */
  readonly index: (string | number)[];
  /** [rows, columns]. */
  readonly shape: number[];
  /** The cells row by row, a `Cell[][]`. */
  readonly values: Cell[] | Cell[][];
  column(name: string): Series;
  /** The first rows, default 5. */
  head(rows?: number): DataFrame;
  /** Rows by their labels, columns by their names; default: all. */
  loc(part: { rows?: Cell[] | Int32Array | Series; columns?: string[] }): DataFrame;
  /** Rows and columns by their numbers; default: all. */
  iloc(part: { rows?: Cell[] | Int32Array | Series; columns?: (string | number)[] }): DataFrame;
  /** The table without these columns, or rows by their labels; with `inplace` the table itself loses them. */
  drop(part: { columns?: string | string[]; index?: (string | number)[]; inplace?: boolean }): DataFrame;
  /** The rows in the order of a column, ascending unless told otherwise; with `inplace` the table itself is sorted. */
  sortValues(column: string, options?: { ascending?: boolean; inplace?: boolean }): DataFrame;
  /** The rows with equal cells in these columns, as groups. */
  groupby(columns: string[]): Groups;
  print(): void;
}

/** Groups of rows: a danfo `Groupby`. Each method gives a table with a row for each group. */
export interface Groups {
  /** These columns only. */
  col(columns: string[]): Groups;
  count(): DataFrame;
  sum(): DataFrame;
  mean(): DataFrame;
  std(): DataFrame;
  min(): DataFrame;
  max(): DataFrame;
}
