/** `%reset`: lets go of the values of all names; the check forgets the names themselves (`../../language/language.ts`). */
import type { RunMagic } from "./context.js";

export const run: RunMagic = (_, { forget }) => {
  const count = forget();
  console.log(`${count} ${count === 1 ? "name" : "names"} forgotten.`);
};
