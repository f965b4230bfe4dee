/** Which rows train and which are kept to test with, once: for several folds see `kFold`. */
import type { Random } from "gradbook-engine/random";
import { expectOptions, expectRandom } from "../checks/expect-options.js";
import { shown } from "../checks/shown.js";
import { isMissing, type Value } from "./column.js";
import { type Labels, labelsOf } from "./labels.js";
import { show } from "./messages.js";

/** Row numbers, int32. */
export interface Split {
  train: Int32Array;
  test: Int32Array;
}

/** How rows are split. */
export interface TrainTestSplitOptions {
  /** The test rows: their share, between 0 and 1, of which the rows are rounded up, or how many, from 1 on. Default 0.25. */
  testSize?: number;
  /** Draws the rows: the same seed gives the same split. Without it the last rows test. */
  shuffle?: Random;
  /** A label for each row: both parts get every label in the same share, as nearly as whole rows allow. Needs `shuffle`. */
  stratify?: Labels;
}

/**
 * Splits rows 0 … count − 1 into two parts.
 * @throws RangeError when a part is empty, or with `stratify` when a label is missing or has a single row, or a part has fewer rows than labels
 *
 * @example
 * ```ts
 * import { Random, trainTestSplit } from "gradbook";
 *
 * const { train, test } = trainTestSplit(8, { shuffle: new Random(0) });
 * console.log(train.length, test.length); // 6 2
 * ```
 */
export function trainTestSplit(count: number, options: TrainTestSplitOptions = {}): Split {
  const { testSize = 0.25, shuffle, stratify } = options;
  expectOptions("trainTestSplit", options, ["testSize", "shuffle", "stratify"]);
  expectRandom("trainTestSplit", "shuffle", shuffle);
  if (typeof count !== "number") {
    throw new TypeError(
      `trainTestSplit: expected the number of rows, received ${shown(count)}: of a table write table.shape[0].`,
    );
  }
  const test = testSize < 1 ? Math.ceil(testSize * count) : testSize;
  if (!Number.isInteger(count) || !Number.isInteger(test) || !(testSize > 0) || test >= count) {
    throw new RangeError(
      `trainTestSplit: expected a testSize between 0 and 1, or fewer rows than there are, at least 1, received ${testSize} of ${count} rows.`,
    );
  }
  if (stratify === undefined) {
    const order = shuffle ? shuffle.permutation(count) : Int32Array.from({ length: count }, (_, row) => row);
    return { train: order.slice(0, count - test), test: order.slice(count - test) };
  }
  if (shuffle === undefined) {
    throw new RangeError(
      "trainTestSplit: expected shuffle with stratify, received none: give { shuffle: new Random(0) }.",
    );
  }
  return stratified(labelsFor(stratify, count), test, shuffle);
}

function stratified(labels: readonly Value[], test: number, shuffle: Random): Split {
  const rows = new Map<Value, number[]>();
  // In a drawn order, so that the first rows of a label are any of its rows.
  const order = shuffle.permutation(labels.length);
  for (const row of order) {
    const same = rows.get(labels[row]!);
    if (same) same.push(row);
    else rows.set(labels[row]!, [row]);
  }
  const names = [...rows.keys()].sort((a, b) => (a < b ? -1 : 1));
  const alone = names.find((name) => rows.get(name)!.length < 2);
  if (alone !== undefined) {
    throw new RangeError(
      `trainTestSplit: expected at least two rows of every label, received one of ${show(alone)}. Leave it out, or do not stratify.`,
    );
  }
  if (Math.min(test, labels.length - test) < names.length) {
    throw new RangeError(
      `trainTestSplit: expected at least ${names.length} rows in both parts, one for each label, received ${labels.length - test} and ${test}.`,
    );
  }
  // The whole part of each label's share, and one row more for those with the largest rests; of equal rests the order is drawn.
  const shares = names.map((name) => (rows.get(name)!.length * test) / labels.length);
  const counts = shares.map(Math.floor);
  const rest = (k: number) => shares[k]! - counts[k]!;
  const byRest = Array.from(shuffle.permutation(names.length)).sort((a, b) => rest(b) - rest(a));
  for (const k of byRest.slice(0, test - counts.reduce((sum, count) => sum + count, 0))) counts[k]!++;
  const part = (choose: (same: number[], count: number) => number[]) => {
    const chosen = names.flatMap((name, k) => choose(rows.get(name)!, counts[k]!));
    return Int32Array.from(shuffle.permutation(chosen.length), (k) => chosen[k]!);
  };
  return {
    train: part((same, count) => same.slice(count)),
    test: part((same, count) => same.slice(0, count)),
  };
}

function labelsFor(stratify: Labels, count: number): readonly Value[] {
  const labels = labelsOf("trainTestSplit", stratify);
  const missing = labels.findIndex(isMissing);
  if (missing >= 0) {
    throw new RangeError(
      `trainTestSplit: row ${missing}: expected a label to stratify by, received a missing one. Leave such rows out.`,
    );
  }
  if (labels.length === count) return labels;
  throw new RangeError(`trainTestSplit: expected ${count} labels, one for each row, received ${labels.length}.`);
}
