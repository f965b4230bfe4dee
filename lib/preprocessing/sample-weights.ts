/** Sample weights: how much each example counts, by its class, so that rare classes are not lost among frequent ones. */
import { isMissing, type Value } from "./column.js";
import { type Labels, labelsOf } from "./labels.js";
import { show } from "./messages.js";

/**
 * A weight for each label, as `new Dataset(x, y, { weights })` takes them. "balanced" (the default): n / (classes · nᶜ), with nᶜ of n
 * labels of class c, so that every class has the same weight in all, and the mean weight is 1 (scikit-learn's). Else the weight of
 * each class, as a map or by name: `sampleWeights(labels, { yes: 5, no: 1 })` (Keras's `class_weight`).
 * @throws RangeError for a label that is missing or without a weight, or no labels; TypeError for what is no list of labels
 *
 * @example
 * ```ts
 * import { sampleWeights } from "gradbook";
 *
 * console.log(sampleWeights(["cat", "dog", "cat", "cat"], { cat: 0.5, dog: 2 }));
 * // Float32Array(4) [ 0.5, 2, 0.5, 0.5 ]
 * ```
 */
export function sampleWeights(
  labels: Labels,
  weights: "balanced" | Readonly<Record<string, number>> | ReadonlyMap<Value, number> = "balanced",
): Float32Array {
  const list = labelsOf("sampleWeights", labels);
  if (list.length === 0) throw new RangeError("sampleWeights: expected at least one label, received none.");
  const missing = list.findIndex(isMissing);
  if (missing >= 0) {
    throw new RangeError(
      `sampleWeights: row ${missing}: expected a label, received a missing one. Leave such rows out.`,
    );
  }
  const counts = new Map<Value, number>();
  for (const label of list) counts.set(label, (counts.get(label) ?? 0) + 1);
  const given = new Map<Value, number>(weights instanceof Map ? weights : Object.entries(weights));
  const weightOf = (label: Value, count: number): number => {
    if (weights === "balanced") return list.length / (counts.size * count);
    const weight = given.get(weights instanceof Map ? label : String(label));
    if (typeof weight === "number" && weight >= 0 && Number.isFinite(weight)) return weight;
    throw new RangeError(
      `sampleWeights: expected a weight of at least 0 for the label ${show(label)}, received ${weight ?? "none"}.`,
    );
  };
  const byLabel = new Map(Array.from(counts, ([label, count]) => [label, weightOf(label, count)]));
  return Float32Array.from(list, (label) => byLabel.get(label)!);
}
