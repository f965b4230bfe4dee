/** Parameters chosen by name: what a pattern matches, and freezing what it matches. */
import { expectModel } from "../checks/expect-model.js";
import { expectGiven } from "../checks/expect-numbers.js";
import { expectPattern } from "../checks/expect-pattern.js";
import type { Layer } from "./layer.js";

/**
 * Which names are meant. A string means the parameter of that name and all below it: `"0"` and `"0."` match `0.weight` and
 * `0.bias`, not `10.weight`. A regular expression matches where it is found: `/weight$/` means every weight.
 */
export type Pattern = string | RegExp;

/** Whether `pattern` matches the name of a parameter. */
export function matches(pattern: Pattern, name: string): boolean {
  if (pattern instanceof RegExp) return name.search(pattern) >= 0;
  return name === pattern || name.startsWith(pattern.endsWith(".") ? pattern : `${pattern}.`);
}

function setFrozen(action: string, model: Layer, pattern: Pattern, frozen: boolean): void {
  expectModel(action, model);
  expectGiven(action, `${action}(model, "0")`, { pattern });
  expectPattern(action, pattern);
  const chosen = [...model.parameters].filter(([name]) => matches(pattern, name));
  if (chosen.length === 0) {
    const names = [...model.parameters.keys()].join(", ") || "none";
    throw new RangeError(`${action}: expected a pattern that matches a parameter (${names}), received ${pattern}.`);
  }
  for (const [, parameter] of chosen) parameter.frozen = frozen;
}

/**
 * Keeps the parameters of `model` that match as they are while the others are trained: `freeze(model, "0")` for the first
 * layer, `freeze(model, /bias$/)` for all biases. A BatchNorm whose gamma and beta are both frozen computes as in prediction and
 * keeps its running statistics (Keras's rule). Throws where nothing matches.
 *
 * @example
 * ```ts
 * import { Dense, freeze, ReLU, Sequential } from "gradbook";
 *
 * const model = new Sequential(new Dense(4, 3), new ReLU(), new Dense(3, 1));
 * freeze(model, /^0\./); // the first layer
 * console.log([...model.parameters].map(([name, { frozen }]) => `${name} ${frozen}`));
 * // [ '0.weight true', '0.bias true', '2.weight false', '2.bias false' ]
 * ```
 */
export const freeze = (model: Layer, pattern: Pattern): void => setFrozen("freeze", model, pattern, true);

/** Lets the parameters of `model` that match be trained again. Throws where nothing matches. */
export const unfreeze = (model: Layer, pattern: Pattern): void => setFrozen("unfreeze", model, pattern, false);
