/** Puts a value in the place of missing ones, the same for a whole column. */
import { expectOptions } from "../checks/expect-options.js";
import { type Column, isMissing, type Value } from "./column.js";
import { show } from "./messages.js";
import { requireNumbers, Transformer } from "./transformer.js";

/** What `SimpleImputer` fills in. */
export type SimpleImputerOptions =
  | {
      /** What is put in: the column's mean (default) or median, for numbers; its most frequent value, for both. */
      strategy?: "mean" | "median" | "mostFrequent";
    }
  | {
      strategy: "constant";
      /** A number for columns of numbers, a string for columns of text, a truth value for columns of these. */
      fillValue: Value;
    };

/** What is put into a column. */
export interface Fill {
  readonly name: string;
  readonly value: Value;
}

/**
 * x, or the fill value of its column where x is missing:
 * - `mean`: Σx / n; `median`: the middle value, or the mean of the two in the middle;
 * - `mostFrequent`: of values equally frequent the smallest; `constant`: `fillValue`.
 *
 * `state` lists the fill value of each column.
 * @throws TypeError for a mean or median of text, or a constant of another type than a column; RangeError for a column without
 * any value, unless the strategy is `constant`
 */
export class SimpleImputer extends Transformer<Fill[]> {
  readonly options: SimpleImputerOptions;

  constructor(options: SimpleImputerOptions = {}) {
    super();
    expectOptions<{ strategy?: unknown; fillValue?: unknown }>("SimpleImputer", options, ["strategy", "fillValue"]);
    const { strategy = "mean" } = options;
    if (!["mean", "median", "mostFrequent", "constant"].includes(strategy)) {
      throw new RangeError(
        `SimpleImputer: expected the strategy mean, median, mostFrequent or constant, received ${show(strategy)}.`,
      );
    }
    if (options.strategy === "constant" && isMissing(options.fillValue)) {
      throw new RangeError(
        `SimpleImputer: expected a fillValue with the strategy constant, received ${options.fillValue}.`,
      );
    }
    this.options = options;
  }

  protected learn(columns: readonly Column[]): Fill[] {
    return columns.map((column) => ({ name: column.name, value: this.#fill(column) }));
  }

  protected apply(columns: readonly Column[], state: Fill[]): Column[] {
    return columns.map((column, j): Column => {
      const { value } = state[j]!;
      if (column.type === "string") return { ...column, values: column.values.map((x) => x ?? (value as string)) };
      if (column.type === "boolean") return { ...column, values: column.values.map((x) => x ?? (value as boolean)) };
      const values = column.values.slice();
      for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = value as number;
      return { ...column, values };
    });
  }

  #fill(column: Column): Value {
    const { options } = this;
    if (options.strategy === "constant") {
      if (typeof options.fillValue === column.type) return options.fillValue;
      throw new TypeError(
        `SimpleImputer: expected a fillValue of type ${column.type} for column ${show(column.name)}, received ${show(options.fillValue)}.`,
      );
    }
    const isThere = (x: Value | undefined) => x !== undefined && !Number.isNaN(x);
    const present = column.type === "number" ? column.values.filter(isThere) : [...column.values].filter(isThere);
    if (present.length === 0) {
      throw new RangeError(
        `SimpleImputer: expected at least one value in column ${show(column.name)}, received only missing ones. Drop the column, or use the strategy constant.`,
      );
    }
    if (options.strategy === "mostFrequent") return mostFrequent(present as ArrayLike<Value>);
    if (column.type === "boolean") {
      throw new TypeError(
        `SimpleImputer: expected numbers for the ${options.strategy ?? "mean"} of column ${show(column.name)}, received truth values. Use the strategy mostFrequent.`,
      );
    }
    requireNumbers(column, "SimpleImputer");
    const values = present as Float64Array;
    return options.strategy === "median" ? median(values) : values.reduce((sum, x) => sum + x, 0) / values.length;
  }
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

function mostFrequent(values: ArrayLike<Value>): Value {
  const counts = new Map<Value, number>();
  for (const value of Array.from(values)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [[value]] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)) as [[Value, number]];
  return value;
}
