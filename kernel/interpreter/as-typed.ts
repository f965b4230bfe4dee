/**
 * A module as TypeScript's types describe it. Node knows only those names of a CommonJS module that it finds by reading its text:
 * `groupBy` of lodash it does not, and `express` of `import * as express` cannot be called. Here all names of what the module
 * exports are there, and its default is what TypeScript takes for it.
 */
import { createRequire } from "node:module";

type Namespace = { readonly [name: string]: unknown };
type Exports = { [name: string]: unknown };

const { cache } = createRequire(import.meta.url);

/** The module behind `namespace`: itself, unless it is a CommonJS module, or JSON, that has more than Node has found. */
export function asTyped(namespace: Namespace, isJson = false): Namespace {
  const exports = namespace.default;
  if (!isObject(exports) || !(isJson || isCommonJs(namespace))) return namespace;
  // A package compiled from `export default x` has its default one level deeper for Node than for TypeScript.
  const isCompiled = exports.__esModule === true && "default" in exports;
  if (typeof exports === "function") {
    return new Proxy(exports, {
      get: (target, key, receiver) =>
        key !== "default" || isCompiled || !isOpen(target, key) ? Reflect.get(target, key, receiver) : exports,
      has: (target, key) => key === "default" || Reflect.has(target, key),
    }) as unknown as Namespace;
  }
  if (!isCompiled && hasAll(namespace, exports)) return namespace;
  const value = isCompiled ? exports.default : exports;
  const all = { ...Object.getOwnPropertyDescriptors(exports), default: { value, enumerable: true } };
  return Object.create(Object.getPrototypeOf(exports), all) as Namespace;
}

/** Node 22 and newer name such a module's exports; the older load every CommonJS module into their cache. */
export function isCommonJs(namespace: Namespace): boolean {
  if (!("default" in namespace)) return false;
  return "module.exports" in namespace || Object.values(cache).some((module) => module?.exports === namespace.default);
}

function hasAll(namespace: Namespace, exports: Exports): boolean {
  const isPlain = Object.getPrototypeOf(exports) === Object.prototype;
  return isPlain && Object.getOwnPropertyNames(exports).every((name) => name in namespace);
}

/** Whether a proxy of `target` may give another value for `key`. */
function isOpen(target: object, key: string | symbol): boolean {
  const own = Object.getOwnPropertyDescriptor(target, key);
  return own === undefined || own.configurable === true || own.writable === true;
}

function isObject(value: unknown): value is Exports {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
