/** Where the house-price tables that ship with the package lie. */
import { join } from "node:path";
import { packageFolder } from "./package-folder.js";

/** A file of the tables that ship with the package; absolute. */
export function amesFile(name: "train.csv" | "test.csv" | "solution.csv"): string {
  return join(packageFolder, "data", "ames", name);
}
