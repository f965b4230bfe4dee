/**
 * Names that a cell imports and a module does not have. Cells import by `import()`, which knows of no names, so that they would be
 * `undefined`; Node, which links modules by name, refuses them. TypeScript does too, unless the module has no types.
 */
import { near } from "../near.js";
import { isCommonJs } from "./as-typed.js";

/** Tells the types of names of cells, of those that are values. */
export type TypesOf = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** At most so many of the names that there are are listed. */
const namesShown = 10;

/**
 * `names` lead from those of the module `specifier` to the cell's own; `module` is what Node has found, `typed` what the cell sees of it.
 * One that is only a type is not there and need not be. A CommonJS module's names may come later.
 * @throws SyntaxError for a name that is not there
 */
export async function expectNames(
  specifier: string,
  names: { readonly [name: string]: string },
  { module, typed, typesOf }: { module: { [name: string]: unknown }; typed: object; typesOf: TypesOf },
): Promise<void> {
  const missing = Object.keys(names).filter((name) => !(name in typed));
  if (missing.length === 0 || isCommonJs(module)) return;
  const values = await typesOf(missing.map((name) => names[name]!));
  const name = missing.find((each) => values.has(names[each]!));
  if (name === undefined) return;
  const there = Object.keys(module);
  const meant = near(name, there);
  const more = there.length > namesShown ? ` and ${there.length - namesShown} more` : "";
  const advice =
    meant !== undefined
      ? `did you mean '${meant}'?`
      : there.length > 0
        ? `it provides ${there.slice(0, namesShown).join(", ")}${more}.`
        : "it provides none.";
  throw new SyntaxError(`The requested module '${specifier}' does not provide an export named '${name}': ${advice}`);
}
