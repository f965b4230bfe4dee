/** Class numbers from labels, and labels from class numbers: what `softmaxCrossEntropy` and `accuracy` take as targets. */
import { shown } from "../checks/shown.js";
import { isMissing, type Value } from "./column.js";
import { type Distinct, distinct, placesIn } from "./distinct.js";
import { type Labels, labelCells, labelsOf } from "./labels.js";
import { list, repeated, show } from "./messages.js";

/**
 * Numbers the labels that `fit` saw: 0, 1, … in sorted order, text by code unit ("B" before "a"), numbers by size, false before
 * true. `classes` lists the labels by their numbers; it is all that is learned, so that `new LabelEncoder(classes)` is this
 * encoder again.
 *
 * @example
 * ```ts
 * import { LabelEncoder } from "gradbook";
 *
 * const encoder = new LabelEncoder();
 * console.log(encoder.fitTransform(["cat", "ant", "cat"]), encoder.classes);
 * // Int32Array(3) [ 1, 0, 1 ] [ 'ant', 'cat' ]
 * ```
 */
export class LabelEncoder {
  #classes: readonly Value[] | undefined;

  /** @param classes the labels by their numbers, as an earlier encoder's `classes` lists them; without them `fit` learns them */
  constructor(classes?: readonly Value[]) {
    if (classes === undefined) return;
    const given = [...labelsOf("LabelEncoder", classes)];
    const doubled = repeated(given);
    if (doubled.length > 0) {
      throw new RangeError(`LabelEncoder: expected every class once, received ${list(doubled)} more than once.`);
    }
    this.#classes = checked(given);
  }

  /** The labels by their numbers. @throws Error when nothing was fitted yet */
  get classes(): readonly Value[] {
    if (this.#classes === undefined) {
      throw new Error("LabelEncoder: expected a fitted encoder, received one that has seen no labels. Call fit first.");
    }
    return this.#classes;
  }

  /**
   * Learns the classes; those of an earlier call are forgotten.
   * @throws TypeError for labels of several types; RangeError for a missing label, or none at all
   */
  fit(labels: Labels): this {
    this.#learn(distinct(labelCells("LabelEncoder", labels)));
    return this;
  }

  /** The class number of each label, int32. @throws RangeError for a label that `fit` has not seen */
  transform(labels: Labels): Int32Array {
    const cells = labelCells("LabelEncoder", labels);
    return this.#numbers(cells, distinct(cells));
  }

  /** `fit`, then `transform`, on the same labels. */
  fitTransform(labels: Labels): Int32Array {
    const cells = labelCells("LabelEncoder", labels);
    const found = distinct(cells);
    this.#learn(found);
    return this.#numbers(cells, found);
  }

  /** The label of each class number. @throws RangeError for a number that is no class's; TypeError for what is no list */
  inverseTransform(numbers: ArrayLike<number>): Value[] {
    const { classes } = this;
    if (typeof numbers?.length !== "number") {
      throw new TypeError(
        `LabelEncoder: expected class numbers in an array, received ${shown(numbers)}: of a tensor write await tensor.data().`,
      );
    }
    return Array.from(numbers, (number, row) => {
      const label = classes[number];
      if (label !== undefined) return label;
      throw new RangeError(
        `LabelEncoder: row ${row}: expected a class number from 0 to ${classes.length - 1}, received ${number}.`,
      );
    });
  }

  #learn({ values, places }: Distinct): void {
    const classes = checked(places.includes(-1) ? [...values, Number.NaN] : values);
    this.#classes =
      typeof classes[0] === "number"
        ? Array.from(Float64Array.from(classes as readonly number[]).sort())
        : classes.toSorted((a, b) => (a < b ? -1 : 1));
  }

  #numbers(labels: ArrayLike<Value | undefined>, { values, places }: Distinct): Int32Array {
    const numbers = placesIn(this.classes, values);
    const found = new Int32Array(places.length);
    for (let row = 0; row < found.length; row++) {
      const number = places[row]! < 0 ? -1 : numbers[places[row]!]!;
      if (number < 0) {
        const received = show(labels[row] ?? Number.NaN);
        throw new RangeError(
          `LabelEncoder: row ${row}: expected a label seen in fit (${list(this.classes)}), received ${received}.`,
        );
      }
      found[row] = number;
    }
    return found;
  }
}

function checked(classes: readonly Value[]): readonly Value[] {
  if (classes.length === 0) throw new RangeError("LabelEncoder: expected at least one label, received none.");
  if (classes.some(isMissing)) {
    throw new RangeError("LabelEncoder: expected a label in every row, received a missing one. Leave such rows out.");
  }
  const types = [...new Set(classes.map((label) => typeof label))];
  if (types.length > 1) {
    throw new TypeError(`LabelEncoder: expected labels of one type, received ${types.join(" and ")}.`);
  }
  return classes;
}
