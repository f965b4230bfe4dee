/** The door for programs that are bundled for browsers: as `ready.ts`, with `lib/browser/` in the place of what only Node has. */
import { engine } from "gradbook-engine/tensor";
import * as library from "./index.js";

// Minifiers rename classes, whose names stand in errors, summaries and saved models.
for (const [name, value] of Object.entries(library)) {
  if (typeof value === "function") Object.defineProperty(value, "name", { value: name });
}

await engine.ready;

export * from "./index.js";
