/** The names that the cells of a page share, and how a cell runs among them. */
import type { CellCode } from "../../run/cell-code.js";

type Body = () => Promise<unknown>;

/** The names by which cells know what they have declared. */
export type Names = Record<string, unknown>;

/** So many lines the language itself puts before the body of a function that is made from text. */
export const linesBefore = 2;

export class Scope {
  readonly names: Names = Object.create(null) as Names;

  /** Runs a translated cell; gives its value. `name` is what stack traces call it. */
  run({ js, names }: Pick<CellCode, "js" | "names">, name: string): Promise<unknown> {
    for (const each of names) if (!(each in this.names)) this.names[each] = undefined;
    // Made like this it sees no name of the worker's own. `with` is for sloppy code; the function in it is strict.
    const body = `with (__names) { return async function () {${js}\n}; }\n//# sourceURL=${name}`;
    const make = new Function("__names", body) as (names: Names) => Body;
    return make(this.names).call(globalThis);
  }
}
