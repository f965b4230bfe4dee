/** What the library asks of Node's `util`, in a browser: how values are written out. */
const text = (value: unknown): string => (typeof value === "string" ? `'${value}'` : String(value));

export const inspect = Object.assign(text, { custom: Symbol.for("nodejs.util.inspect.custom") });
