/**
 * TypeScript that removing the types does not make JavaScript for every Node: JSX, decorators of both kinds, `using` and `accessor`.
 * esbuild translates it; it is loaded, and its program started, by the first code that has any of these.
 */
import { createRequire } from "node:module";
import type { Message } from "esbuild";
import type { Program } from "oxc-parser";
import type { Emitted } from "./strip.js";
import type { TsOptions } from "./tsconfig.js";

const require = createRequire(import.meta.url);

/** TypeScript, without JSX or with it. */
export type Lang = "ts" | "tsx";

/** The oldest Node there is to run it. */
const target = "node20.19";

/** Whether `code`, parsed as `lang`, has anything that is to be lowered. */
export function isToBeLowered(code: string, program: Program, lang: Lang): boolean {
  if (lang === "tsx") return true;
  // Most code has none of these, and need not be looked through.
  if (!/@|\busing\b|\baccessor\b/.test(code)) return false;
  return hasLowered(program);
}

/** Whether `value`, a node or what stands in one, has a node that is to be lowered. */
function hasLowered(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { type, kind } = value as { type?: string; kind?: string };
  if (type === "Decorator" || type === "AccessorProperty" || kind === "using" || kind === "await using") return true;
  return Object.values(value).some(hasLowered);
}

/** JavaScript for `code`, called `name` in messages and maps. @throws SyntaxError for what is not TypeScript. */
export function lower(code: string, name: string, lang: Lang, options: TsOptions): Emitted {
  const { transformSync } = require("esbuild") as typeof import("esbuild");
  const { jsx, jsxFactory, jsxFragmentFactory, jsxImportSource, experimentalDecorators, useDefineForClassFields } =
    options;
  const compilerOptions = {
    // A later cell may use what this one does not.
    verbatimModuleSyntax: true,
    jsx,
    experimentalDecorators,
    useDefineForClassFields,
    ...(jsxFactory !== undefined && { jsxFactory }),
    ...(jsxFragmentFactory !== undefined && { jsxFragmentFactory }),
    ...(jsxImportSource !== undefined && { jsxImportSource }),
  };
  try {
    const { code: js, map } = transformSync(code, {
      loader: lang,
      format: "esm",
      target,
      sourcemap: "external",
      sourcesContent: false,
      sourcefile: name,
      tsconfigRaw: { compilerOptions },
      logLevel: "silent",
    });
    return { js, maps: [map] };
  } catch (error) {
    const [first] = (error as { errors?: Message[] }).errors ?? [];
    const line = first?.location ? `:${first.location.line}` : "";
    throw new SyntaxError(`${name}${line}: ${first?.text ?? (error as Error).message}`, { cause: error });
  }
}
