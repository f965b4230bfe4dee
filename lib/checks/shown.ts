/** A value as error messages show it: short, in one line, and "none" where nothing was given. */
export function shown(value: unknown): string {
  if (value === undefined) return "none";
  if (typeof value === "function") return `the function ${value.name || "without a name"}`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? String(value);
  const { name } = Object.getPrototypeOf(value)?.constructor ?? {};
  if (Array.isArray(value) || name === undefined || name === "Object")
    return String(JSON.stringify(value)).slice(0, 200);
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}
