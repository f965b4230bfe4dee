/** `%whos`: the names that cells have declared, each with its type, as TypeScript says it, and the beginning of its value. */
import { oneLine, shorten, typeName } from "../one-line.js";
import { tableBundle } from "../table.js";
import type { RunMagic } from "./context.js";

const shown = 60;

export const run: RunMagic = async (_, { variables, typesOf }) => {
  const found = [...variables()];
  if (found.length === 0) return console.log("No cell has declared a name yet.");
  const types = await typesOf(found.map(([name]) => name));
  const rows = found.map(([name, value]) => {
    return [name, shorten(types.get(name) ?? typeName(value), shown), shorten(oneLine(value), shown)];
  });
  const columns = ["name", "type", "value"];
  const { "text/plain": text } = tableBundle({ columns, rows: rows.length, at: (row, column) => rows[row]![column] });
  console.log(text);
};
