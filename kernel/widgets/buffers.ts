/** Bytes in a widget's state travel behind its JSON; `buffer_paths` says where each belongs. Source: see `host.ts`. */
import type { Json } from "./host.js";

/** The way to a value: names in objects, numbers in lists. */
export type Path = (string | number)[];

/** A state as it is sent. */
export interface Packed {
  state: Json;
  buffer_paths: Path[];
  buffers: Uint8Array[];
}

/** Takes all bytes out of `state`, which stays as it is: they leave a gap in an object, `null` in a list. */
export function pack(state: Json): Packed {
  const packed: Packed = { state: {}, buffer_paths: [], buffers: [] };
  const without = (value: unknown, path: Path): unknown => {
    if (ArrayBuffer.isView(value)) {
      packed.buffer_paths.push(path);
      packed.buffers.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      return undefined;
    }
    if (Array.isArray(value)) return value.map((each, i) => without(each, [...path, i]) ?? null);
    return isPlain(value) ? withoutIn(value, path) : value;
  };
  const withoutIn = (object: Json, path: Path): Json =>
    Object.fromEntries(
      Object.entries(object).flatMap(([name, value]) => {
        const rest = without(value, [...path, name]);
        return rest === undefined ? [] : [[name, rest]];
      }),
    );
  packed.state = withoutIn(state, []);
  return packed;
}

/** `state` with the bytes in their places; paths that lead nowhere are left out. */
export function unpack(state: Json, paths: readonly Path[], buffers: readonly Uint8Array[]): Json {
  for (const [i, path] of paths.entries()) {
    const owner = path.slice(0, -1).reduce<unknown>(own, state);
    const key = path.at(-1);
    if (typeof owner !== "object" || owner === null || key === undefined || !buffers[i]) continue;
    Object.defineProperty(owner, key, { value: buffers[i], configurable: true, writable: true, enumerable: true });
  }
  return state;
}

/** What `value` itself has as `key`. */
function own(value: unknown, key: string | number): unknown {
  return Object.hasOwn(Object(value), key) ? Object(value)[key] : undefined;
}

function isPlain(value: unknown): value is Json {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
