/**
 * A DataFrame that keeps its cells by columns, as all preprocessing works on them, and makes danfo's rows only when danfo asks
 * for them: most tables between two steps are never looked at by row. From then on it is a DataFrame like any other.
 */

import { danfo } from "../danfo-loader.js";
import type { Column } from "./column.js";
import type { DataFrame } from "./data-frame.js";

/** The columns of the tables whose rows nobody has asked for. */
const untouched = new WeakMap<DataFrame, readonly Column[]>();

/** The columns of `table`, if it was made of columns and its rows have not been asked for (and perhaps changed) since. */
export function untouchedColumns(table: DataFrame): Column[] | undefined {
  const names = table.columns; // danfo may have renamed them
  return untouched.get(table)?.map((column, j) => (column.name === names[j] ? column : { ...column, name: names[j]! }));
}

/** A DataFrame of `columns`, whose rows are labelled `index`; missing cells are NaN. */
export function columnFrame(columns: readonly Column[], index: (string | number)[]): DataFrame {
  const options = { columns: columns.map(({ name }) => name), dtypes: columns.map(dtypeOf) };
  // In this mode danfo keeps the cells once, by rows, not a second time by columns.
  const frame = new (danfo().DataFrame)([], { ...options, config: { lowMemoryMode: true } });
  const length = columns[0]?.values.length ?? 0;
  untouched.set(frame, columns);

  const makeRows = () => Array.from({ length }, (_, i) => rowOf(columns, i));
  const standIns: PropertyDescriptorMap = {};
  /** From now on the frame has rows, and nothing stands in for them. */
  const setRows = (rows: unknown): unknown => {
    untouched.delete(frame);
    for (const name of Object.keys(standIns)) Reflect.deleteProperty(frame, name);
    Object.assign(frame, { $data: rows });
    return rows;
  };
  /** danfo's method, without going through the rows where it is given names of columns and nothing else. */
  const standInFor = (method: "drop" | "loc", choose: (columns: Column[], names: readonly string[]) => Column[]) => {
    if (options.columns.includes(method)) return; // danfo lets a column of this name take the method's place
    const value = (asked: { columns?: readonly string[] } = {}): unknown => {
      const { columns: names, ...others } = asked;
      const known = Array.isArray(names) && names.length > 0 && names.every((name) => frame.columns.includes(name));
      if (known && new Set(names).size === names.length && Object.keys(others).length === 0) {
        return columnFrame(choose(untouchedColumns(frame)!, names), [...frame.index]);
      }
      setRows(makeRows());
      return Reflect.apply(frame[method], frame, [asked]);
    };
    standIns[method] = { value, configurable: true };
  };
  standIns.$data = { get: () => setRows(makeRows()), set: setRows, enumerable: true, configurable: true };
  standIns.shape = { get: () => [length, columns.length], configurable: true };
  standInFor("drop", (all, names) => all.filter(({ name }) => !names.includes(name)));
  standInFor("loc", (all, names) => names.map((name) => all.find((column) => column.name === name)!));
  return Object.assign(Object.defineProperties(frame, standIns), { $index: index });
}

/** danfo's name for what the column holds. (danfo calls every number with a fraction float32; in memory it is a float64.) */
function dtypeOf(column: Column): string {
  if (column.type === "string") return "string";
  const { values } = column;
  for (let i = 0; i < values.length; i++) if (values[i] !== (values[i]! | 0)) return "float32";
  return "int32";
}

function rowOf(columns: readonly Column[], i: number): (string | number)[] {
  const row = new Array<string | number>(columns.length);
  for (let j = 0; j < row.length; j++) {
    const column = columns[j]!;
    row[j] = column.type === "number" ? column.values[i]! : (column.values[i] ?? Number.NaN);
  }
  return row;
}
