/** danfo's names for what columns hold. */
import type { Column } from "./column.js";

/** "int32", "float32", "string" or "boolean". (danfo calls every number with a fraction float32; in memory it is a float64.) */
export function dtypeOf(column: Column): string {
  if (column.type !== "number") return column.type;
  const { values } = column;
  for (let i = 0; i < values.length; i++) if (values[i] !== (values[i]! | 0)) return "float32";
  return "int32";
}
