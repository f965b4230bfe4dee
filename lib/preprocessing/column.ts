/**
 * A column of a table, the unit all preprocessing works on: numbers or text, with missing values. The way from a danfo
 * DataFrame to columns and back is here.
 */
import type { DataFrame } from "danfojs-node";
import { danfo } from "../danfo-loader.js";

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

export type Column = NumberColumn | TextColumn;
export type ColumnType = Column["type"];

/** NaN, null and undefined are missing values. */
export function isMissing(value: unknown): value is undefined | null {
  return value === undefined || value === null || Number.isNaN(value);
}

/** The cells of a column one by one: numbers with NaN, or text with `undefined`, for a missing one. */
export function cellsOf(column: Column): (number | string | undefined)[] {
  return Array.from<number | string | undefined>(column.values);
}

/** How a message shows a cell: text in quotes, cut after 40 characters. */
export function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 42 ? `${text.slice(0, 40)}…` : text;
}

/** A list of names for a message; after the fifth only how many more there are. */
export function list(names: readonly unknown[]): string {
  const rest = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return names.slice(0, 5).map(show).join(", ") + rest;
}

/**
 * The cells of one column as numbers or as text, whichever they are; a column without any value is of the type `empty`.
 * @throws when a cell is neither, or when numbers and text are mixed; `place(i)` says where cell i is.
 */
function columnOf(name: string, cells: readonly unknown[], empty: ColumnType, place: (i: number) => string): Column {
  const sample = cells.find((cell) => !isMissing(cell));
  const type = sample === undefined ? empty : typeof sample;
  const odd = cells.findIndex((cell) => !isMissing(cell) && typeof cell !== type);
  if ((type !== "number" && type !== "string") || odd >= 0) {
    const expected =
      type === "number" ? "a number, as above it" : type === "string" ? "text, as above it" : "a number or text";
    throw new TypeError(
      `${place(odd)}, column ${show(name)}: expected ${expected}, received ${show(odd < 0 ? sample : cells[odd])}.`,
    );
  }
  return type === "number"
    ? { name, type, values: Float64Array.from(cells, (cell) => (isMissing(cell) ? Number.NaN : (cell as number))) }
    : { name, type, values: cells.map((cell) => (isMissing(cell) ? undefined : (cell as string))) };
}

/**
 * The columns of a DataFrame. What a column holds is read from its cells, not from danfo's dtypes, which are a guess from the
 * first rows.
 * @throws TypeError when a column mixes numbers and text, or holds something else.
 */
export function columnsOf(table: DataFrame): Column[] {
  const rows = table.values as unknown[][];
  return table.columns.map((name, j) => {
    const cells = rows.map((row) => row[j]);
    return columnOf(name, cells, table.dtypes[j] === "string" ? "string" : "number", (i) => `Table, row ${i}`);
  });
}

const int32 = (value: number): boolean => value === (value | 0);

/** danfo's name for what the column holds. (danfo calls every number with a fraction float32; in memory it is a float64.) */
function dtypeOf(column: Column): string {
  if (column.type === "string") return "string";
  return column.values.every(int32) ? "int32" : "float32";
}

/**
 * A DataFrame with these columns; missing cells become NaN, as in pandas. `index` labels the rows, default 0, 1, ….
 * @throws RangeError when two columns have one name, or when danfo keeps a name for itself.
 */
export function frameOf(columns: readonly Column[], index?: (string | number)[]): DataFrame {
  const names = columns.map((column) => column.name);
  checkNames(names);
  const rows = Array.from({ length: columns[0]?.values.length ?? 0 }, () => new Array<string | number>(columns.length));
  columns.forEach(({ values }, j) => {
    for (let i = 0; i < values.length; i++) rows[i]![j] = values[i] ?? Number.NaN;
  });
  const options = { columns: names, dtypes: columns.map(dtypeOf) };
  return new (danfo().DataFrame)(rows, index === undefined ? options : { ...options, index: [...index] });
}

function checkNames(names: readonly string[]): void {
  const doubled = [...new Set(names.filter((name, j) => names.indexOf(name) !== j))];
  if (doubled.length > 0) {
    throw new RangeError(`Table: expected every column name once, received ${list(doubled)} more than once.`);
  }
  // danfo makes each column a property of the DataFrame, which would hide its own properties such as `values`.
  const { DataFrame, NDframe } = danfo();
  const taken = names.filter((name) =>
    [DataFrame, NDframe].some(({ prototype }) => Object.getOwnPropertyDescriptor(prototype, name)?.get !== undefined),
  );
  if (taken.length > 0) {
    throw new RangeError(
      `Table: expected column names that danfo does not use itself, received ${list(taken)}: rename them.`,
    );
  }
}
