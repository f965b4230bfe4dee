/** Turns a category into numbers: one column for each value, 1 where the row has that value, else 0. */
import { expectOptions } from "../checks/expect-options.js";
import type { Column, Value } from "./column.js";
import { distinct } from "./distinct.js";
import { list, show } from "./messages.js";
import { Transformer } from "./transformer.js";

/** How `OneHotEncoder` treats missing and unknown categories. */
export interface OneHotEncoderOptions {
  /** Whether every feature gets a last column that marks its missing values, as pandas' `dummy_na` does; default false. */
  dummyNa?: boolean;
  /**
   * A category that `fit` has not seen: `"ignore"` (default) gives a row of zeros and a warning that counts the cells;
   * `"error"` throws.
   */
  handleUnknown?: "ignore" | "error";
}

/** The categories of one feature, in the order of its columns. */
export interface Categories {
  readonly name: string;
  readonly values: readonly Value[];
}

/**
 * Column `feature_value` is 1 where the feature has that value, else 0. The values are those in the table given to `fit`: text
 * by code unit ("B" before "a"), numbers by size, false before true; with `dummyNa`, `feature_nan` follows for every feature. A missing value
 * without `dummyNa` is a row of zeros, as in pandas' `get_dummies`. `state` lists the categories of each feature.
 * @throws RangeError for a category that `fit` has not seen, when `handleUnknown` is `"error"`
 *
 * @example
 * ```ts
 * import { OneHotEncoder } from "gradbook";
 * import { DataFrame } from "gradbook/danfo";
 *
 * const houses = new DataFrame({ street: ["Pave", "Grvl", "Pave"] });
 * const encoded = new OneHotEncoder().fitTransform(houses);
 * console.log(encoded.columns, encoded["street_Pave"].values); // [ 'street_Grvl', 'street_Pave' ] [ 1, 0, 1 ]
 * ```
 */
export class OneHotEncoder extends Transformer<Categories[]> {
  readonly dummyNa: boolean;
  readonly handleUnknown: "ignore" | "error";

  constructor(options: OneHotEncoderOptions = {}) {
    super();
    const { dummyNa = false, handleUnknown = "ignore" } = expectOptions("OneHotEncoder", options, [
      "dummyNa",
      "handleUnknown",
    ]);
    if (handleUnknown !== "ignore" && handleUnknown !== "error") {
      throw new RangeError(
        `OneHotEncoder: expected handleUnknown "ignore" or "error", received ${show(handleUnknown)}.`,
      );
    }
    this.dummyNa = dummyNa;
    this.handleUnknown = handleUnknown;
  }

  protected learn(columns: readonly Column[]): Categories[] {
    return columns.map(({ name, type, values }) => {
      const present = distinct(values).values;
      return { name, values: type === "number" ? present.sort((a, b) => Number(a) - Number(b)) : present.sort() };
    });
  }

  protected apply(columns: readonly Column[], state: Categories[]): Column[] {
    const unknown = new Map<string, unknown[]>();
    const encoded = columns.flatMap((column, j) => this.#encode(column, state[j]!, unknown));
    if (unknown.size > 0) console.warn(warning(unknown));
    return encoded;
  }

  #encode({ name, values }: Column, categories: Categories, unknown: Map<string, unknown[]>): Column[] {
    const labels: Value[] = this.dummyNa ? [...categories.values, "nan"] : [...categories.values];
    const positions = new Map(categories.values.map((value, k) => [value, k]));
    const found = distinct(values);
    const known = found.values.map((value) => positions.get(value));
    const cells = new Float64Array(labels.length * values.length);
    const encoded = labels.map((_, k) => cells.subarray(k * values.length, (k + 1) * values.length));
    const strangers: unknown[] = [];
    found.places.forEach((place, i) => {
      const position = place < 0 ? categories.values.length : known[place];
      if (position !== undefined) {
        const column = encoded[position];
        if (column !== undefined) column[i] = 1;
      } else if (this.handleUnknown === "error") {
        throw new RangeError(
          `OneHotEncoder: row ${i}, column ${show(name)}: expected a category seen in fit (${list(categories.values)}), received ${show(values[i])}.`,
        );
      } else strangers.push(values[i]);
    });
    if (strangers.length > 0) unknown.set(name, strangers);
    return labels.map((label, k) => ({ name: `${name}_${label}`, type: "number", values: encoded[k]! }));
  }
}

function warning(unknown: ReadonlyMap<string, readonly unknown[]>): string {
  const count = [...unknown.values()].reduce((total, cells) => total + cells.length, 0);
  const parts = [...unknown].map(([name, cells]) => `${name} ${cells.length} (${list([...new Set(cells)])})`);
  return `OneHotEncoder: ${count} cells hold categories not seen in fit and became zeros: ${parts.join("; ")}.`;
}
