/** Brings columns of numbers into one range, by their smallest and largest values. */
import { expectOptions } from "../checks/expect-options.js";
import type { Column } from "./column.js";
import { show } from "./messages.js";
import { requireNumbers, Transformer } from "./transformer.js";

/** Which range `MinMaxScaler` scales to. */
export interface MinMaxScalerOptions {
  /** What the smallest and the largest value become; default [0, 1]. */
  featureRange?: readonly [low: number, high: number];
  /** Whether values outside of what `fit` saw are set to the nearer end of the range; default false. */
  clip?: boolean;
}

/** The smallest and the largest value of one column, missing ones aside. */
export interface Extremes {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/**
 * z = low + (high − low) · (x − min) / (max − min), with min and max over the values of a column that are not missing.
 *
 * A missing value stays missing. Where all values are equal, z is low + (high − low) · (x − min). `state` lists the extremes of
 * each column.
 * @throws TypeError for a column of text; RangeError for a column without values or with an infinite one
 *
 * @example
 * ```ts
 * import { MinMaxScaler } from "gradbook";
 * import { DataFrame } from "gradbook/danfo";
 *
 * const houses = new DataFrame({ area: [50, 100, 150] });
 * console.log(new MinMaxScaler().fitTransform(houses)["area"].values); // [ 0, 0.5, 1 ]
 * ```
 */
export class MinMaxScaler extends Transformer<Extremes[]> {
  readonly featureRange: readonly [low: number, high: number];
  readonly clip: boolean;

  constructor(options: MinMaxScalerOptions = {}) {
    super();
    const { featureRange = [0, 1], clip = false } = expectOptions("MinMaxScaler", options, ["featureRange", "clip"]);
    const [low, high] = featureRange;
    if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
      throw new RangeError(
        `MinMaxScaler: expected a featureRange of [low, high] with low < high, received ${show(String(featureRange))}.`,
      );
    }
    this.featureRange = featureRange;
    this.clip = clip;
  }

  protected learn(columns: readonly Column[]): Extremes[] {
    return columns.map((column) => {
      let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const x of requireNumbers(column, "MinMaxScaler")) {
        if (x < min) min = x;
        if (x > max) max = x;
      }
      if (!Number.isFinite(min) || !Number.isFinite(max)) {
        const received = min > max ? "none" : String(Number.isFinite(min) ? max : min);
        throw new RangeError(
          `MinMaxScaler: expected finite values in column ${show(column.name)}, received ${received}. Drop the column, or the rows.`,
        );
      }
      return { name: column.name, min, max };
    });
  }

  protected apply(columns: readonly Column[], state: Extremes[]): Column[] {
    const [low, high] = this.featureRange;
    return columns.map((column, j) => {
      const { min, max } = state[j]!;
      const scale = (high - low) / (max === min ? 1 : max - min);
      const values = requireNumbers(column, "MinMaxScaler").slice();
      for (let i = 0; i < values.length; i++) {
        const z = low + (values[i]! - min) * scale;
        values[i] = this.clip ? Math.min(Math.max(z, low), high) : z;
      }
      return { name: column.name, type: "number", values };
    });
  }
}
