/** `%who`: the names that cells have declared. */
import type { RunMagic } from "./context.js";

export const run: RunMagic = (_, { variables }) => {
  const names = [...variables().keys()];
  console.log(names.length > 0 ? names.join("  ") : "No cell has declared a name yet.");
};
