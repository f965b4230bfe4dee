/** Gives each kind of column its own treatment: numbers are scaled, categories encoded, and the results put side by side. */
import { shown } from "../checks/shown.js";
import type { Column, ColumnType } from "./column.js";
import { list } from "./messages.js";
import { expectDifferent, Transformer } from "./transformer.js";

/** Which columns: their names, or a question asked of each column. */
export type ColumnSelector = readonly string[] | ((column: { name: string; type: ColumnType }) => boolean);

/** Selects the columns that hold numbers. */
export const numericColumns = ({ type }: { type: ColumnType }): boolean => type === "number";

/** Selects the columns that hold categories: text, or truth values. */
export const categoricalColumns = ({ type }: { type: ColumnType }): boolean => type !== "number";

/**
 * Fits and applies each transformer to the columns its selector chooses from the table given to `fit`. The new columns stand in
 * the order of the parts; columns that no part chooses are left out. `state` lists the names that each part chose.
 * @throws RangeError when a named column is not there, or a selector chooses none
 *
 * @example
 * ```ts
 * import { categoricalColumns, ColumnTransformer, numericColumns, OneHotEncoder, StandardScaler } from "gradbook";
 * import { DataFrame } from "gradbook/danfo";
 *
 * const houses = new DataFrame({ area: [50, 100, 150], street: ["Pave", "Grvl", "Pave"] });
 * const transformer = new ColumnTransformer([
 *   [new StandardScaler(), numericColumns],
 *   [new OneHotEncoder(), categoricalColumns],
 * ]);
 * console.log(transformer.fitTransform(houses).columns); // [ 'area', 'street_Grvl', 'street_Pave' ]
 * ```
 */
export class ColumnTransformer extends Transformer<string[][]> {
  readonly parts: readonly (readonly [Transformer, ColumnSelector])[];

  constructor(parts: readonly (readonly [transformer: Transformer, columns: ColumnSelector])[]) {
    super();
    const arePairs =
      Array.isArray(parts) && parts.every((part) => Array.isArray(part) && part[0] instanceof Transformer);
    if (!arePairs) {
      throw new TypeError(
        `ColumnTransformer: expected a list of [transformer, columns], received ${shown(parts)}: write new ColumnTransformer([[new StandardScaler(), numericColumns]]).`,
      );
    }
    const wrong = parts.find(([, columns]) => typeof columns !== "function" && !Array.isArray(columns));
    if (wrong) {
      throw new TypeError(
        `ColumnTransformer: expected columns as a list of names or a selector, received ${shown(wrong[1])}: write ["area"], numericColumns or categoricalColumns.`,
      );
    }
    expectDifferent(
      "ColumnTransformer",
      parts.map(([transformer]) => transformer),
    );
    this.parts = parts;
  }

  /** Only the columns that a part chooses have to be there again in `transform`. */
  override fitColumns(columns: readonly Column[]): void {
    const chosen = new Set(this.parts.flatMap(([, selector]) => select(columns, selector)));
    super.fitColumns(columns.filter((column) => chosen.has(column)));
  }

  protected override innerSteps(): readonly Transformer[] {
    return this.parts.map(([transformer]) => transformer);
  }

  protected learn(columns: readonly Column[]): string[][] {
    return this.parts.map(([transformer, selector]) => {
      const chosen = select(columns, selector);
      transformer.fitColumns(chosen);
      return chosen.map(({ name }) => name);
    });
  }

  protected apply(columns: readonly Column[]): Column[] {
    return this.parts.flatMap(([transformer]) => transformer.transformColumns(columns));
  }
}

function select(columns: readonly Column[], selector: ColumnSelector): Column[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const names = typeof selector === "function" ? columns.filter(selector).map(({ name }) => name) : selector;
  const absent = names.filter((name) => !byName.has(name));
  if (absent.length > 0 || names.length === 0) {
    const received =
      absent.length > 0 ? `a table without ${list(absent)}` : `no such column among ${list([...byName.keys()])}`;
    throw new RangeError(`ColumnTransformer: expected the columns of every part, received ${received}.`);
  }
  return names.map((name) => byName.get(name)!);
}
