/** Puts tables below each other. */

import { shown } from "../checks/shown.js";
import { type Column, type ColumnType, emptyColumn, firstValue } from "./column.js";
import type { DataFrame } from "./data-frame.js";
import { columnsOf, frameOf } from "./frame.js";
import { list, show } from "./messages.js";

/**
 * One table with the rows of all `tables`, in the columns and order of the first; columns are matched by name, rows are
 * numbered anew.
 * @throws RangeError when there is no table, or the tables have different columns; TypeError when a column holds numbers in one
 * and text in another
 *
 * @example
 * ```ts
 * import { concat } from "gradbook";
 * import { DataFrame } from "gradbook/danfo";
 *
 * const [some, more] = [new DataFrame({ area: [50] }), new DataFrame({ area: [100, 150] })];
 * console.log(concat([some, more])["area"].values); // [ 50, 100, 150 ]
 * ```
 */
export function concat(tables: readonly DataFrame[]): DataFrame {
  if (!Array.isArray(tables)) {
    throw new TypeError(`concat: expected a list of tables, received ${shown(tables)}: write concat([some, more]).`);
  }
  const [first, ...others] = (tables as readonly DataFrame[]).map(
    (table) => new Map(columnsOf(table, "concat").map((column) => [column.name, column])),
  );
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
  const [type] = types as Set<ColumnType>;
  if (type === undefined || types.size > 1) {
    const kinds = { number: "numbers", string: "text", boolean: "truth values" };
    const names = (["number", "string", "boolean"] as const).filter((one) => types.has(one)).map((one) => kinds[one]);
    throw new TypeError(
      `concat: expected column ${show(name)} to hold the same in every table, received ${names.join(" in one and ")} in another.`,
    );
  }
  // A column of another type among them is empty.
  const parts = columns.map((column) =>
    column.type === type ? column : emptyColumn(name, type, column.values.length),
  );
  if (type !== "number") {
    const [head, ...others] = parts.map(({ values }) => values as unknown[]);
    return { name, type, values: head!.concat(...others) } as Column;
  }
  const values = new Float64Array(parts.reduce((rows, column) => rows + column.values.length, 0));
  let start = 0;
  for (const column of parts) {
    values.set(column.values as Float64Array, start);
    start += column.values.length;
  }
  return { name, type, values };
}
