/** Puts a value in the place of missing ones, the same for a whole column. */
import { expectOptions } from "../checks/expect-options.js";
import { type Column, firstValue, isMissing, presentNumbers, type Value } from "./column.js";
import { distinct } from "./distinct.js";
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
 * any value, or whose mean or median is not finite, unless the strategy is `constant`
 *
 * @example
 * ```ts
 * import { SimpleImputer } from "gradbook";
 * import { DataFrame } from "gradbook/danfo";
 *
 * const houses = new DataFrame({ area: [50, Number.NaN, 150] });
 * console.log(new SimpleImputer().fitTransform(houses)["area"].values); // [ 50, 100, 150 ]
 * ```
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
    if (firstValue(column) < 0) {
      throw new RangeError(
        `SimpleImputer: expected at least one value in column ${show(column.name)}, received only missing ones. Drop the column, or use the strategy constant.`,
      );
    }
    if (options.strategy === "mostFrequent") return mostFrequent(column.values);
    if (column.type === "boolean") {
      throw new TypeError(
        `SimpleImputer: expected numbers for the ${options.strategy ?? "mean"} of column ${show(column.name)}, received truth values. Use the strategy mostFrequent.`,
      );
    }
    const values = presentNumbers(requireNumbers(column, "SimpleImputer"));
    const fill = options.strategy === "median" ? median(values) : mean(values);
    if (Number.isFinite(fill)) return fill;
    throw new RangeError(
      `SimpleImputer: expected a finite ${options.strategy ?? "mean"} of column ${show(column.name)}, received ${fill}: some of its values are infinite or too large. Leave them out, or use the strategy constant.`,
    );
  }
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const x of values) sum += x;
  return sum / values.length;
}

/** Changes the order of `values`. */
function median(values: Float64Array): number {
  const middle = values.length >> 1;
  const upper = select(values, middle);
  return values.length % 2 === 1 ? upper : (values.subarray(0, middle).reduce((a, b) => Math.max(a, b)) + upper) / 2;
}

/** The number that would stand at `place` if `values` were sorted; smaller ones then stand before it (Hoare's FIND, 1961). */
function select(values: Float64Array, place: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const x = values[i]!;
      values[i++] = values[j]!;
      values[j--] = x;
    }
    if (place > j) low = i;
    if (place < i) high = j;
  }
  return values[place]!;
}

function mostFrequent(cells: ArrayLike<Value | undefined>): Value {
  const { values, places } = distinct(cells);
  const counts = new Int32Array(values.length);
  for (const place of places) if (place >= 0) counts[place]!++;
  let best = 0;
  for (let k = 1; k < values.length; k++) {
    if (counts[k]! > counts[best]! || (counts[k] === counts[best] && values[k]! < values[best]!)) best = k;
  }
  return values[best]!;
}
