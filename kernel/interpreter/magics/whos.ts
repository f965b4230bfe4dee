/** `%whos`: the names that cells have declared, each with its type and the beginning of its value. */
import { inspect } from "node:util";
import { tableBundle } from "../table.js";
import type { RunMagic } from "./context.js";

const shown = 60;

export const run: RunMagic = (_, { variables }) => {
  const rows = [...variables()].map(([name, value]) => [name, typeName(value), beginning(value)]);
  if (rows.length === 0) return console.log("No cell has declared a name yet.");
  const columns = ["name", "type", "value"];
  const { "text/plain": text } = tableBundle({ columns, rows: rows.length, at: (row, column) => rows[row]![column] });
  console.log(text);
};

function typeName(value: unknown): string {
  if (typeof value !== "object" || value === null) return value === null ? "null" : typeof value;
  return value.constructor?.name ?? "object";
}

function beginning(value: unknown): string {
  const text = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY }).replace(/\s+/g, " ");
  return text.length > shown ? `${text.slice(0, shown - 1)}…` : text;
}
