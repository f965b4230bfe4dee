/** Where the package lies, with the data that ships with it. */
import { createRequire } from "node:module";
import { dirname } from "node:path";

// A package may ask for itself by name: this finds its folder from `lib` and from `dist/lib` alike.
export const packageFolder = dirname(createRequire(import.meta.url).resolve("gradbook/package.json"));
