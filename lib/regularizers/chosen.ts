/** Which parameters a regularizer acts on. */
import { expectParameters } from "../checks/expect-model.js";
import type { Parameter, Parameters } from "../layers/layer.js";
import { matches, type Pattern } from "../layers/parameters.js";

/** Which parameters a regularizer acts on. */
export interface ChoiceOptions {
  /** Names of the parameters it acts on; default `/(^|\.)weight$/`: weights, not biases. Frozen ones are left alone. */
  pattern?: Pattern;
}

export const weights = /(^|\.)weight$/;

/** The parameters that match and are not frozen, by name. Throws where no name matches, frozen or not. */
export function chosen(regularizer: string, parameters: Parameters, pattern: Pattern): [string, Parameter][] {
  expectParameters(regularizer, parameters);
  const matching = [...parameters].filter(([name]) => matches(pattern, name));
  if (matching.length === 0) {
    const names = [...parameters.keys()].join(", ") || "none";
    throw new RangeError(
      `${regularizer}: expected a pattern that matches a parameter (${names}), received ${pattern}.`,
    );
  }
  return matching.filter(([, { frozen }]) => !frozen);
}
