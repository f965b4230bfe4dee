/**
 * What makes the library's tables as good as danfo's once danfo is loaded: a table or column gets the methods and properties that
 * it lacks, each of which works on a danfo copy of it, and danfo's functions take them as well.
 */

/** The library's table, or a column of it. */
export interface Convertible {
  /** A danfo DataFrame or Series with copies of the cells. */
  toDanfo(): object;
  /** Calls a method of danfo's; what it changes in place is changed here. */
  viaDanfo(method: string, args: unknown[]): unknown;
}

/** Gives all that inherit from `ours` what danfo's `theirs` has and they lack. */
export function lend(ours: Convertible, theirs: object): void {
  for (let owner = theirs; owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (name in ours) continue;
      const lent: PropertyDescriptor & ThisType<Convertible> =
        typeof value === "function"
          ? {
              value: function (...args: unknown[]) {
                return this.viaDanfo(name, args.map(toDanfos));
              },
            }
          : {
              get() {
                return Reflect.get(this.toDanfo(), name);
              },
            };
      Object.defineProperty(ours, name, { ...lent, configurable: true });
    }
  }
}

/** danfo's function, which knows danfo's tables only, for the library's as well. */
export function taking<Args extends unknown[], Result>(call: (...args: Args) => Result): (...args: Args) => Result {
  return (...args) => call(...(args.map(toDanfos) as Args));
}

/** `value` with the library's tables and columns in it, also in lists and options, as danfo's. */
function toDanfos(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("toDanfo" in value) return (value as Convertible).toDanfo();
  if (Array.isArray(value)) return value.map(toDanfos);
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, toDanfos(part)]));
}
