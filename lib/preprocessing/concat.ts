/** Puts tables below each other. */

import { type Column, firstValue } from "./column.js";
import type { DataFrame } from "./data-frame.js";
import { columnsOf, frameOf } from "./frame.js";
import { list, show } from "./messages.js";

/**
 * One table with the rows of all `tables`, in the columns and order of the first; columns are matched by name, rows are
 * numbered anew.
 * @throws RangeError when there is no table, or the tables have different columns; TypeError when a column holds numbers in one
 * and text in another
 */
export function concat(tables: readonly DataFrame[]): DataFrame {
  const [first, ...others] = tables.map((table) => new Map(columnsOf(table).map((column) => [column.name, column])));
  if (first === undefined) throw new RangeError("concat: expected at least one table, received none.");
  others.forEach((other, k) => {
    const absent = [...first.keys()].filter((name) => !other.has(name));
    const extra = [...other.keys()].filter((name) => !first.has(name));
    if (absent.length > 0 || extra.length > 0) {
      const parts = [absent.length > 0 ? `without ${list(absent)}` : "", extra.length > 0 ? `with ${list(extra)}` : ""];
      throw new RangeError(
        `concat: expected the columns of the first table, received table ${k + 2} ${parts.filter(Boolean).join(" and ")}.`,
      );
    }
  });
  return frameOf([...first].map(([name, column]) => join([column, ...others.map((other) => other.get(name)!)])));
}

function join(columns: readonly Column[]): Column {
  const { name } = columns[0]!;
  const filled = columns.filter((column) => firstValue(column) >= 0);
  const types = new Set((filled.length > 0 ? filled : columns).map(({ type }) => type));
  if (types.size > 1) {
    throw new TypeError(
      `concat: expected column ${show(name)} to hold the same in every table, received numbers in one and text in another.`,
    );
  }
  if (types.has("string")) {
    // A column of numbers among them is empty: its rows are missing text.
    const texts = columns.map(({ type, values }): readonly (string | undefined)[] =>
      type === "string" ? values : new Array<undefined>(values.length).fill(undefined),
    );
    return { name, type: "string", values: texts[0]!.concat(...texts.slice(1)) };
  }
  const values = new Float64Array(columns.reduce((rows, column) => rows + column.values.length, 0)).fill(Number.NaN);
  let start = 0;
  for (const column of columns) {
    if (column.type === "number") values.set(column.values, start);
    start += column.values.length;
  }
  return { name, type: "number", values };
}
