/** K-fold cross-validation: which rows train and which validate, fold by fold. */
import type { Random } from "gradbook-engine/random";
import { expectOptions, expectRandom } from "../checks/expect-options.js";

/** Row numbers of one fold, int32. */
export interface Fold {
  train: Int32Array;
  validation: Int32Array;
}

/** How rows are dealt to folds. */
export interface KFoldOptions {
  /** Shuffles the rows before they are cut into folds; without it the folds are contiguous. */
  shuffle?: Random;
}

/**
 * Cuts rows 0 … count − 1 into k folds of ⌊count / k⌋ rows: fold i validates on the i-th and trains on all other rows. The
 * remaining count − k⌊count / k⌋ rows train in every fold.
 *
 * @example
 * ```ts
 * import { kFold } from "gradbook";
 *
 * const [first] = kFold(6, 3);
 * console.log(first!.train, first!.validation); // Int32Array(4) [ 2, 3, 4, 5 ] Int32Array(2) [ 0, 1 ]
 * ```
 */
export function kFold(count: number, k: number, options: KFoldOptions = {}): Fold[] {
  const { shuffle } = expectOptions("kFold", options, ["shuffle"]);
  expectRandom("kFold", "shuffle", shuffle);
  if (!Number.isInteger(k) || k < 2 || !(k <= count)) {
    throw new RangeError(`kFold: expected an integer k with 2 ≤ k ≤ ${count} (the number of rows), received ${k}.`);
  }
  const order = shuffle ? shuffle.permutation(count) : Int32Array.from({ length: count }, (_, row) => row);
  const size = Math.floor(count / k);
  return Array.from({ length: k }, (_, fold) => {
    const start = fold * size;
    return {
      train: Int32Array.from([...order.subarray(0, start), ...order.subarray(start + size)]),
      validation: order.slice(start, start + size),
    };
  });
}
