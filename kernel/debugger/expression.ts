/** What the reader writes for the debugger, in TypeScript, as JavaScript that V8 evaluates in a frame. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import { inspectionKey } from "../interpreter/inspection.js";
import { stripTypes } from "../language/strip.js";

/** How such code reaches the main thread's `Inspection`. */
export const inspection = `globalThis[Symbol.for(${JSON.stringify(inspectionKey)})]`;

/** How a hit count may be written: `5` is `>= 5`, `% 3` every third. */
const hitPattern = /^\s*(<=?|>=?|===?|%)?\s*(\d+)\s*$/;

/** An expression without its types. @throws SyntaxError for what is none. */
export function expressionOf(code: string): string {
  const trimmed = code.trim().replace(/;$/, "");
  if (trimmed === "") throw new SyntaxError("Expected an expression, received none.");
  return stripTypes(`(${trimmed}\n)`, "expression").js;
}

/** An expression, or else statements, without types. @throws SyntaxError for what is not TypeScript. */
export function codeOf(code: string): string {
  try {
    return expressionOf(code);
  } catch {
    return stripTypes(code, "expression").js;
  }
}

/** What V8 evaluates where breakpoint `id` is reached, to know whether to stop. @throws Error for what cannot be understood. */
export function conditionOf(
  { condition, hitCondition, logMessage }: DebugProtocol.SourceBreakpoint,
  id: number,
): string {
  const parts: string[] = [];
  if (condition?.trim())
    parts.push(`${inspection}.holds(${JSON.stringify(condition)}, () => ${expressionOf(condition)})`);
  if (hitCondition?.trim()) {
    const [, sign = ">=", count] = hitPattern.exec(hitCondition) ?? [];
    if (count === undefined) {
      throw new SyntaxError(`Expected a hit count such as 5, > 5 or % 5, received ${hitCondition}.`);
    }
    const test = sign === "%" ? `% ${count} === 0` : `${sign === "==" ? "===" : sign} ${count}`;
    parts.push(`${inspection}.hit(${id}) ${test}`);
  }
  if (logMessage) {
    const words = logMessage.split(/\{([^{}]*)\}/).map((word, i) => {
      return i % 2 === 0 ? JSON.stringify(word) : `() => ${expressionOf(word)}`;
    });
    parts.push(`${inspection}.log([${words.join(", ")}])`);
  }
  return parts.join(" && ");
}
