/** What TypeScript finds wrong with a cell: which of it counts, and in which words. */
import type { Diagnostic } from "typescript/unstable/async";
import type { Cell } from "./syntax.js";

/** A package without types is `any`, not an error. */
const noTypesOfPackage = 7016;
/**
 * So is a variable of an earlier cell whose type TypeScript cannot follow, `let x;`, assigned who knows where; and a JSX element
 * where nothing says which there are.
 */
const implicitAny = new Set([noTypesOfPackage, 7005, 7034, 7026]);
/** `import x = require("y")`, which TypeScript leaves to CommonJS: it works in a cell. */
const importByRequire = 1202;
/** A name that is not there, and one that is like another. */
const unknownName = new Set([2304, 2552]);
const moduleNotFound = 2307;
const assignmentToImport = 2632;

/** TypeScript's own number, `DiagnosticCategory.Error`. */
const errorCategory = 1;

/** Whether TypeScript does not find a module, or its types. */
export function isUnresolved({ code }: Diagnostic): boolean {
  return code === moduleNotFound || code === noTypesOfPackage;
}

/** Those of a cell, without what is about the packages that other cells import. */
export function ownOf({ code }: Cell, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter((diagnostic) => !isUnresolved(diagnostic) || diagnostic.pos <= code.length);
}

/** Whether it keeps a cell from running. */
export function isError({ category, code }: Diagnostic): boolean {
  return category === errorCategory && !implicitAny.has(code) && code !== importByRequire;
}

/** Its message, with what TypeScript says of the reasons. */
export function messageOf(diagnostic: Diagnostic, depth = 0): string {
  const text =
    diagnostic.code === assignmentToImport
      ? diagnostic.text.replace("an import", "a constant, a function, a class or an import of an earlier cell")
      : plain(diagnostic.text);
  const advice = unknownName.has(diagnostic.code) ? " If another cell declares it, run that one first." : "";
  const chain = (diagnostic.messageChain ?? []).map((link) => `\n${messageOf(link, depth + 1)}`);
  return "  ".repeat(depth) + text + advice + chain.join("");
}

/** Without the paths of slots, which are no file of the reader's. */
export function plain(text: string): string {
  return text.replace(/import\("[^"]*__gradbook_cell_\d+"\)\./g, "");
}
