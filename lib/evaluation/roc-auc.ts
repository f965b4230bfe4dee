/** How well scores put the examples of a class above the others. */
import { labelsOf } from "../preprocessing/labels.js";
import { show } from "../preprocessing/messages.js";

/**
 * The area under the receiver operating characteristic: the probability that an example of the class has a higher score than
 * one that is not, equal scores counting one half; 0.5 is no better than chance, 1 is perfect. From ranks (Mann and Whitney
 * 1947): (Σ ranks of the class − n₁(n₁ + 1) / 2) / (n₁ n₀).
 * @param actual whether each example is of the class: 1 or 0, true or false
 * @param scores logits, probabilities or anything else that is higher for the class, in the same order
 * @throws RangeError when there is no example of the class, or of no other, when numbers of examples differ, or a score is NaN
 *
 * @example
 * ```ts
 * import { rocAuc } from "gradbook";
 *
 * console.log(rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])); // 0.75
 * ```
 */
export function rocAuc(actual: ArrayLike<number | boolean>, scores: ArrayLike<number>): number {
  const [labels, given] = [labelsOf("rocAuc", actual), labelsOf("rocAuc", scores)];
  if (labels.length !== given.length) {
    throw new RangeError(
      `rocAuc: expected one score for each example, received ${labels.length} examples and ${given.length} scores.`,
    );
  }
  const isOfClass = labels.map((label, row) => {
    if (label === 1 || label === true) return true;
    if (label === 0 || label === false) return false;
    throw new RangeError(`rocAuc: row ${row}: expected 0 or 1, true or false, received ${show(label)}.`);
  });
  const values = given.map(Number);
  const nan = values.findIndex(Number.isNaN);
  if (nan >= 0) throw new RangeError(`rocAuc: row ${nan}: expected a score, received NaN.`);
  const ones = isOfClass.filter(Boolean).length;
  const zeros = isOfClass.length - ones;
  if (ones === 0 || zeros === 0) {
    throw new RangeError(`rocAuc: expected examples of both kinds, received ${ones} of the class and ${zeros} others.`);
  }
  const order = Array.from(isOfClass.keys()).sort((a, b) =>
    values[a]! < values[b]! ? -1 : values[a]! > values[b]! ? 1 : 0,
  );
  let ranks = 0;
  for (let first = 0, next = 0; first < order.length; first = next) {
    let members = 0;
    for (; next < order.length && values[order[next]!] === values[order[first]!]; next++)
      if (isOfClass[order[next]!]) members++;
    // Equal scores share the mean of their ranks, which begin at 1.
    ranks += members * ((first + 1 + next) / 2);
  }
  return (ranks - (ones * (ones + 1)) / 2) / (ones * zeros);
}
