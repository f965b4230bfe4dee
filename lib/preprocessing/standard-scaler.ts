/** Brings columns of numbers to mean 0 and standard deviation 1, so that one learning rate suits all their weights. */
import { expectOptions } from "../checks/expect-options.js";
import { type Column, presentNumbers } from "./column.js";
import { show } from "./messages.js";
import { requireNumbers, Transformer } from "./transformer.js";

/** Which standard deviation `StandardScaler` divides by. */
export interface StandardScalerOptions {
  /**
   * What is subtracted from the number of values in the variance: 0 (default) is the variance of these values, as in
   * scikit-learn; 1 is the unbiased estimate for the population they are a sample of, as in pandas.
   */
  ddof?: 0 | 1;
}

/** Of one column, in float64, over the values that are not missing. */
export interface Moments {
  readonly name: string;
  readonly mean: number;
  readonly std: number;
}

/**
 * z = (x − mean) / std, with std = √(Σ (x − mean)² / (n − ddof)) over the n values of a column that are not missing.
 *
 * A missing value stays missing. Where all values are equal (std 0), z is 0. `state` lists the moments of each column.
 * @throws TypeError for a column of text; RangeError for a column with no more than `ddof` values, or with an infinite one
 *
 * @example
 * ```ts
 * import { StandardScaler } from "gradbook";
 * import { DataFrame } from "gradbook/danfo";
 *
 * const houses = new DataFrame({ area: [50, 100, 150] });
 * const scaler = new StandardScaler({ ddof: 1 });
 * console.log(scaler.fitTransform(houses)["area"].values); // [ -1, 0, 1 ]
 * ```
 */
export class StandardScaler extends Transformer<Moments[]> {
  readonly ddof: 0 | 1;

  constructor(options: StandardScalerOptions = {}) {
    super();
    const { ddof = 0 } = expectOptions("StandardScaler", options, ["ddof"]);
    if (ddof !== 0 && ddof !== 1) throw new RangeError(`StandardScaler: expected a ddof of 0 or 1, received ${ddof}.`);
    this.ddof = ddof;
  }

  protected learn(columns: readonly Column[]): Moments[] {
    return columns.map((column) => {
      const values = presentNumbers(requireNumbers(column, "StandardScaler"));
      if (values.length <= this.ddof) {
        throw new RangeError(
          `StandardScaler: expected more than ${this.ddof} values in column ${show(column.name)}, received ${values.length}. Drop the column.`,
        );
      }
      const found = moments(values, this.ddof);
      if (!Number.isFinite(found.std)) {
        const wrong =
          values.find((value) => !Number.isFinite(value)) ?? values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
        throw new RangeError(
          `StandardScaler: expected finite values with finite squares in column ${show(column.name)}, received ${wrong}. Drop the column, or the rows.`,
        );
      }
      return { name: column.name, ...found };
    });
  }

  protected apply(columns: readonly Column[], state: Moments[]): Column[] {
    return columns.map((column, j) => {
      const { mean, std } = state[j]!;
      const scale = std === 0 ? 1 : std;
      const values = requireNumbers(column, "StandardScaler").slice();
      for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) / scale;
      return { name: column.name, type: "number", values };
    });
  }
}

function moments(values: Float64Array, ddof: number): { mean: number; std: number } {
  const n = values.length;
  const rough = sum(values, 0, 1) / n;
  // Once more around the rough mean: what rounding took from the large sum comes back, and equal values get exactly std 0.
  const mean = rough + sum(values, rough, 1) / n;
  return { mean, std: Math.sqrt(sum(values, mean, 2) / (n - ddof)) };
}

/** Σ (x − centre)ᵖ, carrying along what each addition rounds off (Kahan 1965), so that the error does not grow with the rows. */
function sum(values: Float64Array, centre: number, p: 1 | 2): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - centre;
    const term = (p === 1 ? deviation : deviation * deviation) - lost;
    const next = total + term;
    lost = next - total - term;
    total = next;
  }
  return total;
}
