/**
 * What a value is made of, as a panel of variables unfolds it: items by their number, of which a page is read at a time, and
 * properties by their name. Getters are named, not run.
 */
import { types } from "node:util";
import type { Tensor } from "./formatters.js";
import { isObject, nested, oneLine, tableOf, tensorOf } from "./one-line.js";

/** Lists of more items are not searched for names. */
const longestNamed = 10_000;

/** One of them. */
export interface Part {
  name: string;
  /** Reads it; for a getter, runs it. */
  get(): unknown;
  /** Puts another value in its place; there is none where that cannot be. */
  set?(value: unknown): void;
  isGetter?: boolean;
  /** Whether it is of the object's class, not its own. */
  isInherited?: boolean;
  /** How it is written behind the expression of the whole, such as `.size` or `[0]`. */
  path?: string;
}

/** All of them. */
export interface Parts {
  /** How many items there are. */
  length: number;
  item(index: number): Part;
  named(): Part[];
}

const noItems = {
  length: 0,
  item(index: number): never {
    throw new RangeError(`Expected an item that there is, received ${index}.`);
  },
};

/** Parts that have names alone. */
export function namedParts(named: () => Part[]): Parts {
  return { ...noItems, named };
}

/** The parts of `value`; undefined where it has none. */
export function partsOf(value: unknown): Parts | undefined {
  if (!isObject(value) || types.isProxy(value)) return undefined;
  const table = tableOf(value);
  if (table) return tableParts(table);
  const tensor = tensorOf(value);
  if (tensor) return namedParts(() => tensorParts(tensor));
  const parts = itemsOf(value);
  return parts.length > 0 || parts.named().length > 0 ? parts : undefined;
}

/** Whether `value` is of a class with `#fields`, which only the debugger reads. */
export function mayHavePrivates(value: unknown): boolean {
  if (!isObject(value) || types.isProxy(value)) return false;
  const made = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(value) ?? {}, "constructor")?.value;
  return typeof made === "function" && /#[\p{ID_Start}$_]/u.test(Function.prototype.toString.call(made));
}

/** The numbers are read when they are asked for: there may be many, and the tensor may be disposed by then. */
function tensorParts(tensor: Tensor): Part[] {
  const { dtype, shape } = tensor;
  const facts: Part[] = [
    { name: "dtype", get: () => dtype },
    { name: "shape", get: () => shape },
  ];
  return tensor.isDisposed ? facts : [...facts, { name: "values", get: () => nested(tensor.dataSync(), shape) }];
}

/** Whether it can be written behind a dot, or as an expression. */
export function isName(text: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text);
}

function itemsOf(value: { [key: PropertyKey]: unknown }): Parts {
  const properties = () => propertiesOf(value);
  if (Array.isArray(value) || types.isTypedArray(value)) {
    const items = value as { [index: number]: unknown; length: number };
    return { length: items.length, item: (index) => itemOf(items, index), named: properties };
  }
  if (types.isMap(value)) {
    const entries = lazily(() => [...value]);
    const item = (index: number) => {
      const [key, content] = entries()[index]!;
      const set = (next: unknown) => void value.set(key, next);
      return isObject(key)
        ? { name: String(index), get: () => ({ key, value: content }) }
        : { name: oneLine(key), get: () => content, set };
    };
    return { length: value.size, item, named: properties };
  }
  if (types.isSet(value)) {
    const items = lazily(() => [...value]);
    return {
      length: value.size,
      item: (index) => ({ name: String(index), get: () => items()[index] }),
      named: properties,
    };
  }
  return namedParts(properties);
}

function itemOf(items: { [index: number]: unknown }, index: number): Part {
  const set = (value: unknown) => {
    items[index] = value;
  };
  const getter = Object.getOwnPropertyDescriptor(items, index)?.get;
  const path = `[${index}]`;
  return { name: String(index), get: () => items[index], set, path, ...(getter && { isGetter: true }) };
}

/** Own properties, without numbers, and the getters of its classes. */
function propertiesOf(value: { [key: PropertyKey]: unknown }): Part[] {
  const parts = new Map<PropertyKey, Part>();
  for (let at: object | null = value; at !== null && !isPlatform(at); at = Object.getPrototypeOf(at) as object | null) {
    for (const key of namesOf(at)) {
      const { get, set, writable } = Object.getOwnPropertyDescriptor(at, key)!;
      if (parts.has(key) || (at !== value && !get)) continue;
      const put = (next: unknown) => void Reflect.set(value, key, next);
      const path = typeof key === "string" && isName(key) ? `.${key}` : undefined;
      parts.set(key, {
        name: String(key),
        get: () => value[key],
        ...((set || writable) && { set: put }),
        ...(get && { isGetter: true }),
        ...(at !== value && { isInherited: true }),
        ...(path !== undefined && { path }),
      });
    }
  }
  return [...parts.values()];
}

function namesOf(value: object): (string | symbol)[] {
  const symbols = Object.getOwnPropertySymbols(value);
  const isList = Array.isArray(value) || types.isTypedArray(value);
  // A list has as many names as items, and hardly ever another.
  if (isList && value.length > longestNamed) return symbols;
  const hidden = isList
    ? /^(\d+|length)$/
    : typeof value === "function"
      ? /^(length|name|prototype|arguments|caller)$/
      : /^$/;
  return [...Object.getOwnPropertyNames(value).filter((name) => !hidden.test(name)), ...symbols];
}

/** Whether it is a prototype of the language's own or of Node's, whose getters nobody looks for. */
function isPlatform(prototype: object): boolean {
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return (
    typeof made === "function" &&
    made.prototype === prototype &&
    /\[native code\]/.test(Function.prototype.toString.call(made))
  );
}

function tableParts({ $columns, $data }: { $columns: unknown[]; $data: unknown[] }): Parts {
  const column = (index: number) => $data.map((row) => (Array.isArray(row) ? (row as unknown[])[index] : row));
  const parts = $columns.map((name, index): Part => ({ name: String(name), get: () => column(index) }));
  return namedParts(() => parts);
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
