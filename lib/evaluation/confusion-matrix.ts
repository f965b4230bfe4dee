/** How often each class was taken for each other one, and the shares that are read from it. */
import type { Value } from "../preprocessing/column.js";
import type { DataFrame } from "../preprocessing/data-frame.js";
import { frameOf } from "../preprocessing/frame.js";
import { type Labels, labelsOf } from "../preprocessing/labels.js";
import { list, show } from "../preprocessing/messages.js";

/** The shares of one class; NaN becomes 0 where a class was never predicted, or never there, as in scikit-learn. */
export interface ClassScores {
  readonly label: Value;
  /** Of the examples taken for this class the share that is: TP / (TP + FP). */
  readonly precision: number;
  /** Of the examples of this class the share that was found: TP / (TP + FN). */
  readonly recall: number;
  /** The harmonic mean of both: 2 TP / (2 TP + FP + FN). */
  readonly f1: number;
  /** How many examples there are of this class. */
  readonly support: number;
}

/**
 * Counts of examples by their actual and their predicted class.
 *
 * @example
 * ```ts
 * import { ConfusionMatrix } from "gradbook";
 *
 * const matrix = new ConfusionMatrix(["cat", "dog", "dog"], ["cat", "cat", "dog"]);
 * console.log(matrix.labels, matrix.counts); // [ 'cat', 'dog' ] [ [ 1, 0 ], [ 1, 1 ] ]
 * ```
 */
export class ConfusionMatrix {
  /** The classes, in the order of the rows and columns. */
  readonly labels: readonly Value[];
  /** `counts[i][j]`: how many examples of class i were taken for class j. */
  readonly counts: readonly (readonly number[])[];

  /**
   * @param actual what the examples are
   * @param predicted what they were taken for, in the same order: of logits [examples, classes] `tf.argMax(logits, -1).dataSync()`
   * @param labels the classes in the order that is wanted; default: all that occur, sorted
   * @throws RangeError when there are no examples, numbers of examples differ, or an example's label is not among `labels`
   */
  constructor(actual: Labels, predicted: Labels, labels?: readonly Value[]) {
    const [is, was] = [labelsOf("ConfusionMatrix", actual), labelsOf("ConfusionMatrix", predicted)];
    if (is.length !== was.length || is.length === 0) {
      throw new RangeError(
        `ConfusionMatrix: expected one prediction for each example, received ${is.length} examples and ${was.length} predictions.`,
      );
    }
    this.labels = labels ?? [...new Set([...is, ...was])].sort((a, b) => (a < b ? -1 : 1));
    const places = new Map(this.labels.map((label, place) => [label, place]));
    const counts = this.labels.map(() => new Array<number>(this.labels.length).fill(0));
    const place = (label: Value, row: number): number => {
      const found = places.get(label);
      if (found !== undefined) return found;
      throw new RangeError(
        `ConfusionMatrix: row ${row}: expected one of the labels ${list(this.labels)}, received ${show(label)}.`,
      );
    };
    is.forEach((label, row) => void counts[place(label, row)]![place(was[row]!, row)]!++);
    this.counts = counts;
  }

  /** The share of all examples that was predicted right. */
  get accuracy(): number {
    const right = this.labels.reduce<number>((sum, _, k) => sum + this.counts[k]![k]!, 0);
    return right / this.scores.reduce((sum, { support }) => sum + support, 0);
  }

  /** Precision, recall and F1 of each class. */
  get scores(): ClassScores[] {
    return this.labels.map((label, k) => {
      const right = this.counts[k]![k]!;
      const support = this.counts[k]!.reduce((sum, count) => sum + count, 0);
      const taken = this.counts.reduce((sum, row) => sum + row[k]!, 0);
      const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
      return {
        label,
        precision: share(right, taken),
        recall: share(right, support),
        f1: share(2 * right, taken + support),
        support,
      };
    });
  }

  /** The mean over the classes, each counting the same (`macro` in scikit-learn). */
  get macro(): Omit<ClassScores, "label" | "support"> {
    const { scores } = this;
    const mean = (of: "precision" | "recall" | "f1") =>
      scores.reduce((sum, score) => sum + score[of], 0) / scores.length;
    return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
  }

  /** The counts as a table: a row for each actual class, a column for each predicted one. */
  toFrame(): DataFrame {
    const columns = this.labels.map((label, j) => {
      return { name: String(label), type: "number", values: Float64Array.from(this.counts, (row) => row[j]!) } as const;
    });
    return frameOf(
      columns,
      this.labels.map((label) => (typeof label === "number" ? label : String(label))),
    );
  }
}
