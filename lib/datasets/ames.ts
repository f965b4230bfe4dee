/** Where the house-price tables that ship with the package lie. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

// A package may ask for itself by name: this finds its folder from `lib` and from `dist/lib` alike.
const packageFolder = dirname(createRequire(import.meta.url).resolve("gradbook/package.json"));

/** A file of the tables that ship with the package; absolute. */
export function amesFile(name: "train.csv" | "test.csv" | "solution.csv"): string {
  return join(packageFolder, "data", "ames", name);
}
