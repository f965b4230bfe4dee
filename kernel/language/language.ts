/**
 * All the protocol needs to know of TypeScript: a cell becomes JavaScript that may run, or an error as a compiler
 * reports it; names complete and explain themselves.
 */
import { excerpt, positionAt } from "../excerpt.js";
import type { ErrorContent } from "../wire/message.js";
import { Checker, type Completion, type Hover } from "./checker.js";
import { emit } from "./emit.js";
import { expandMagics, withoutMagics } from "./magics.js";
import type { Emitted } from "./strip.js";
import { completeness as completenessOf, type Fault, parseCell } from "./syntax.js";

/** At most so many faults of one cell are reported. */
const faultsShown = 10;

/** A cell that may run. `shift` characters precede the first line of what `maps` lead to. */
export interface Translated extends Emitted {
  shift: number;
}

/** The language of one notebook. */
export class Language {
  readonly #checker: Checker;

  /** `folder` is the notebook's: where imports are looked for. */
  constructor(folder: string) {
    this.#checker = new Checker(folder);
  }

  /** Starts the type checker, so that the first cell need not wait for it. */
  warmUp(): Promise<void> {
    return this.#checker.warmUp();
  }

  /** Checks and translates `source`, a cell called `name`. Unless it has faults, later cells know what it declares. */
  async translate(source: string, name: string): Promise<Translated | ErrorContent> {
    const expanded = expandMagics(source);
    if ("faults" in expanded) return report("MagicError", expanded.faults, source, name);
    const cell = parseCell(expanded.code);
    if ("faults" in cell) return report("SyntaxError", cell.faults, source, name);
    const faults = await this.#checker.check(cell);
    if (faults.length > 0) return report("TypeScriptError", faults, source, name);
    const emitted = emit(cell.code, name);
    this.#checker.commit(cell);
    return { ...emitted, shift: cell.shift };
  }

  /** Names that may stand at `offset` (UTF-16 units) of `source`, where the word before it is `prefix`; best first. */
  async complete(source: string, offset: number, prefix: string): Promise<Completion[]> {
    const all = await this.#checker.complete(withoutMagics(source), offset);
    return all.filter(({ name }) => name.startsWith(prefix) && name !== prefix && !name.startsWith("__"));
  }

  /** What is known of the name at `offset` (UTF-16 units) of `source`. */
  inspect(source: string, offset: number): Promise<Hover | undefined> {
    return this.#checker.inspect(withoutMagics(source), offset);
  }
}

/** Whether `source` could run as it is, wants more lines, or can never run. */
export function completeness(source: string): ReturnType<typeof completenessOf> {
  const expanded = expandMagics(source);
  return "faults" in expanded ? "invalid" : completenessOf(expanded.code);
}

function report(ename: string, faults: Fault[], source: string, name: string): ErrorContent {
  const blocks = faults.slice(0, faultsShown).map(({ start, message, code }) => {
    const at = positionAt(source, start);
    const title = `${name}:${at.line}:${at.column} - error${code ? ` TS${code}` : ""}: ${message}`;
    return `${title}\n\n${excerpt(source, at)}\n`;
  });
  const hidden = faults.length - blocks.length;
  if (hidden > 0) blocks.push(`… and ${hidden} more.`);
  return { ename, evalue: faults[0]!.message, traceback: blocks };
}
