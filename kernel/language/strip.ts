/**
 * TypeScript to JavaScript by removing the types: used for cells and for the TypeScript files they import.
 */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** JavaScript, and the source maps (JSON) that lead from it to the TypeScript: apply them in order. */
export interface Emitted {
  js: string;
  maps: string[];
}

/**
 * Blanks the types out, so that every position stays; only code with enums, namespaces or parameter properties is
 * rewritten, with a map. `name` is for messages and maps. @throws SyntaxError for what is not TypeScript.
 */
export function stripTypes(code: string, name: string): Emitted {
  // Loaded when it is needed: it takes longer than all the rest of the kernel.
  const { transformSync } = require("@swc/wasm-typescript") as typeof import("@swc/wasm-typescript");
  const options = { filename: name, module: true, transform: { verbatimModuleSyntax: true } } as const;
  try {
    return { js: transformSync(code, { ...options, mode: "strip-only" }).code, maps: [] };
  } catch (error) {
    if ((error as { code?: string }).code !== "UnsupportedSyntax") throw syntaxError(error, name);
  }
  try {
    const { code: js, map } = transformSync(code, { ...options, mode: "transform", sourceMap: true });
    return { js, maps: [map!] };
  } catch (error) {
    throw syntaxError(error, name);
  }
}

/** swc throws plain objects with a message and the line it stopped at. */
function syntaxError(error: unknown, name: string): SyntaxError {
  const { message, startLine } = error as { message?: string; startLine?: number };
  return new SyntaxError(`${name}${startLine ? `:${startLine}` : ""}: ${message ?? String(error)}`, { cause: error });
}
