/** How error messages about tables show cells and names. */

/** A cell: text in quotes, cut after 40 characters. */
export function show(value: unknown): string {
  const text =
    typeof value === "string" ? JSON.stringify(value) : typeof value === "bigint" ? `${value}n` : String(value);
  return text.length > 42 ? `${text.slice(0, 40)}…` : text;
}

/** Several names or cells; after the fifth only how many more there are. */
export function list(names: readonly unknown[]): string {
  const rest = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return names.slice(0, 5).map(show).join(", ") + rest;
}

/** The values that occur more than once, each once. */
export function repeated<T>(values: readonly T[]): T[] {
  const seen = new Set<T>();
  const again = new Set<T>();
  for (const value of values) (seen.has(value) ? again : seen).add(value);
  return [...again];
}
