/**
 * A value in one line, as panels of variables and `%whos` show it, and the name of its type. None of the user's own code runs for
 * it: no getter, no trap of a proxy, no method that shows.
 */
import { inspect, types } from "node:util";
import { danfoTable } from "./collections.js";
import { isTensor, type Tensor } from "./formatters.js";

/** At most so many characters of a value are shown, and so many numbers of a tensor are read for it. */
const longest = 200;
const tensorSize = 1000;

/** The beginning of `value`. */
export function oneLine(value: unknown): string {
  try {
    const text = (isObject(value) && known(value)) || plain(value);
    return shorten(text, longest);
  } catch {
    return "(cannot be shown)";
  }
}

/** `text`, or its beginning of so many characters. */
export function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** The name of its class, or of what it is: `number`, `Array(3)`, `Tensor`. */
export function typeName(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "function")
    return /^class\b/.test(Function.prototype.toString.call(value)) ? "class" : "function";
  if (!isObject(value)) return typeof value;
  if (types.isProxy(value)) return "Proxy";
  const name = className(value) ?? "object";
  if (Array.isArray(value) || types.isTypedArray(value)) return `${name}(${value.length})`;
  return value instanceof Map || value instanceof Set ? `${name}(${value.size})` : name;
}

/** What is recognised by its shape; a proxy is not asked, a getter is not run. */
export function tableOf(value: unknown): { $columns: unknown[]; $data: unknown[] } | undefined {
  if (!isObject(value) || types.isProxy(value)) return undefined;
  const names = ["$columns", "$index", "$data"];
  const own = Object.fromEntries(names.map((name) => [name, Object.getOwnPropertyDescriptor(value, name)?.value]));
  return danfoTable.is(own) ? (own as never) : undefined;
}

/** A tensor whose numbers can be read. */
export function tensorOf(value: unknown): Tensor | undefined {
  return isObject(value) && !types.isProxy(value) && isTensor(value) ? value : undefined;
}

/** Numbers in their shape: `[[1, 2], [3, 4]]`. */
export function nested(data: ArrayLike<unknown>, [size, ...inner]: readonly number[], from = 0): unknown {
  if (size === undefined) return data[from];
  const step = inner.reduce((product, each) => product * each, 1);
  return Array.from({ length: size }, (_, i) => nested(data, inner, from + i * step));
}

/** Whether it is an object that may have parts; a function is. */
export function isObject(value: unknown): value is { [key: PropertyKey]: unknown } {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function known(value: { [key: PropertyKey]: unknown }): string | undefined {
  const table = tableOf(value);
  if (table) return `${table.$data.length} rows × ${table.$columns.length} columns: ${table.$columns.join(", ")}`;
  const tensor = tensorOf(value);
  if (!tensor) return undefined;
  const title = `${tensor.dtype} [${tensor.shape.join(", ")}]`;
  if (tensor.isDisposed) return `${title}, disposed`;
  return tensor.size > tensorSize ? title : `${title} ${plain(nested(tensor.dataSync(), tensor.shape))}`;
}

function plain(value: unknown): string {
  const options = { depth: 1, breakLength: Number.POSITIVE_INFINITY, compact: 10, maxArrayLength: 20 } as const;
  return inspect(value, { ...options, maxStringLength: longest, customInspect: false }).replace(/\s+/g, " ");
}

/** The name of the nearest class above it. */
function className(value: object): string | undefined {
  for (let at: object | null = value; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const made: unknown = Object.getOwnPropertyDescriptor(at, "constructor")?.value;
    if (typeof made === "function" && made.name !== "") return made.name;
  }
  return undefined;
}
