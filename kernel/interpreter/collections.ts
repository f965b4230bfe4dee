/** Values that are a table or a list to whoever looks at them, and addresses. */
import { inspect } from "node:util";
import type { MimeBundle } from "../wire/message.js";
import type { Kind } from "./kind.js";
import { escapeHtml, tableBundle } from "./table.js";

/** So many items are looked at. */
const longest = 1000;

/** A danfo DataFrame or Series. Its public names for these (`columns`, `index`, …) may be hidden by columns so called. */
interface DanfoTable {
  $columns: unknown[];
  $index: unknown[];
  $data: unknown[];
}

export const danfoTable: Kind<DanfoTable> = {
  is: (value) => [value.$columns, value.$index, value.$data].every(Array.isArray),
  show: ({ $columns: columns, $index: index, $data: data }) =>
    tableBundle({
      columns,
      index,
      rows: data.length,
      at: (row, column) => (Array.isArray(data[row]) ? data[row][column] : data[row]),
    }),
};

/** A table of Apache Arrow. */
interface ArrowTable {
  schema: { fields: { name: string }[] };
  numRows: number;
  getChildAt(column: number): { get(row: number): unknown } | null;
}

export const arrowTable: Kind<ArrowTable> = {
  is: ({ schema, numRows, getChildAt }) =>
    typeof numRows === "number" && typeof getChildAt === "function" && Array.isArray(Object(schema).fields),
  show(table) {
    const columns = table.schema.fields.map(({ name }) => name);
    const children = columns.map((_, column) => table.getChildAt(column));
    return tableBundle({ columns, rows: table.numRows, at: (row, column) => children[column]?.get(row) });
  },
};

type Records = { [column: string]: unknown }[];

/** An array of plain objects with plain values. As text it stays the array it is. */
export const records: Kind<Records> = {
  is: (value) => Array.isArray(value) && value.length > 0 && sample(value).every(isRecord),
  show(rows) {
    const columns = [...new Set(sample(rows).flatMap(Object.keys))];
    const at = (row: number, column: number) => rows[row]![columns[column]!] ?? "";
    const { "text/html": html } = tableBundle({ columns, index: [...rows.keys()], rows: rows.length, at });
    return { "text/html": html!, "text/plain": inspect(rows) };
  },
};

/** Both ends of a long list: nobody looks at the rest. */
function sample<Item>(items: readonly Item[]): readonly Item[] {
  return items.length <= longest ? items : [...items.slice(0, longest / 2), ...items.slice(-longest / 2)];
}

/** A map with plain keys and values. */
export const plainMap: Kind<Map<unknown, unknown>> = {
  is: (value) => value instanceof Map && value.size > 0 && value.size <= longest && [...value].flat().every(isPlain),
  show(map) {
    const entries = [...map];
    const at = (row: number, column: number) => entries[row]![column];
    const { "text/html": html } = tableBundle({ columns: ["key", "value"], rows: map.size, at });
    return { "text/html": html!, "text/plain": inspect(map) };
  },
};

/** Numbers in one array with the shape they have, as ndarray, numjs and others keep them. */
interface Shaped {
  data: ArrayLike<unknown>;
  shape: number[];
}

export const shapedArray: Kind<Shaped> = {
  is: ({ data, shape }) =>
    ArrayBuffer.isView(data) &&
    Array.isArray(shape) &&
    shape.every((size) => Number.isInteger(size) && size >= 0) &&
    shape.reduce((product: number, size: number) => product * size, 1) === (data as Uint8Array).length,
  show({ data, shape }): MimeBundle {
    const title = `${data.constructor.name} [${shape}]`;
    const values = data.length <= 100 * longest ? nested(data, shape) : data;
    const plain = { "text/plain": `${title}\n${inspect(values, { maxArrayLength: 20, depth: 6 })}` };
    if (shape.length !== 2) return plain;
    const [rows, width] = shape as [number, number];
    const columns = Array.from({ length: width }, (_, i) => i);
    const at = (row: number, column: number) => data[row * width + column];
    const { "text/html": html } = tableBundle({ columns, index: Array.from({ length: rows }, (_, i) => i), rows, at });
    return { "text/html": html!, ...plain };
  },
};

function nested(data: ArrayLike<unknown>, [size, ...inner]: readonly number[], from = 0): unknown {
  if (size === undefined) return data[from];
  const step = inner.reduce((product, each) => product * each, 1);
  return Array.from({ length: size }, (_, i) => nested(data, inner, from + i * step));
}

export const address: Kind<URL> = {
  is: (value) => value instanceof URL,
  show({ href }) {
    const text = escapeHtml(href);
    const isSafe = /^(https?|mailto|ftp):/.test(href);
    return { ...(isSafe && { "text/html": `<a href="${text}">${text}</a>` }), "text/plain": href };
  },
};

function isRecord(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const above: unknown = Object.getPrototypeOf(value);
  const values = Object.values(value);
  return (above === Object.prototype || above === null) && values.length > 0 && values.every(isPlain);
}

function isPlain(value: unknown): boolean {
  return value === null || value instanceof Date || !["object", "function"].includes(typeof value);
}
