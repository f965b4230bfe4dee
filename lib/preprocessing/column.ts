/** A column of a table, the unit all preprocessing works on: numbers or text, with missing values. */

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

/** The first row with a value, or −1 where all are missing. */
export function firstValue({ type, values }: Column): number {
  return type === "number" ? values.findIndex((x) => !Number.isNaN(x)) : values.findIndex((x) => x !== undefined);
}
