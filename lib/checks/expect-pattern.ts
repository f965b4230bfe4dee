/** Checks of patterns, which choose parameters by their names. */
import { expectOptions } from "./expect-options.js";
import { shown } from "./shown.js";

/** Throws where `pattern` is none. */
export function expectPattern(where: string, pattern: unknown): void {
  if (typeof pattern === "string" || pattern instanceof RegExp) return;
  throw new TypeError(
    `${where}: expected a pattern, the name of a parameter or a regular expression, received ${shown(pattern)}: write "0" or /bias$/.`,
  );
}

/** The pattern in the options of a regularizer, `standard` where there is none. */
export function patternIn<Pattern>(where: string, options: { pattern?: Pattern }, standard: Pattern): Pattern {
  const { pattern = standard } = expectOptions(where, options, ["pattern"]);
  expectPattern(where, pattern);
  return pattern;
}
