/** A local TypeScript file as the loader runs it: types stripped, imports linked as TypeScript means them. */
import { linkAsTyped } from "./file-imports.js";
import { langOf } from "./local-files.js";
import { isToBeLowered, lower } from "./lower.js";
import { type Emitted, stripTypes } from "./strip.js";
import { parse } from "./syntax.js";
import type { TsOptions } from "./tsconfig.js";

/** JavaScript of `source`, which is the text of `file`. @throws SyntaxError for what is not TypeScript. */
export function emitFile(file: string, source: string, options: TsOptions): Emitted {
  const lang = langOf(file);
  const isLowered = isToBeLowered(source, parse(source, lang).program, lang);
  return linkAsTyped(isLowered ? lower(source, file, lang, options) : stripTypes(source, file), file);
}
