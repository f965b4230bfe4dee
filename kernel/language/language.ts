/**
 * All the protocol needs to know of TypeScript: a cell becomes JavaScript that may run, or an error as a compiler
 * reports it; names complete and explain themselves.
 */
import { excerpt, positionAt } from "../excerpt.js";
import type { Library } from "../library.js";
import type { ErrorContent } from "../wire/message.js";
import { Checker, type Completion, type Hover } from "./checker.js";
import { emit } from "./emit.js";
import { expandMagics, withoutMagics } from "./magics.js";
import type { Emitted } from "./strip.js";
import { completeness, type Fault, parseCell } from "./syntax.js";

/** At most so many faults of one cell are reported. */
const faultsShown = 10;

/**
 * How long TypeScript, when it starts, asks for files that lead it to its typings. Reading these takes it longer, and leaves this
 * thread time to load what emits code.
 */
const firstQuestionsMs = 15;

/** A cell that may run, or the error for which it may not; and what is to be said of the checker itself, if anything. */
export type Translation = { notices: string[] } & ({ translated: Translated } | { error: ErrorContent });

/** A cell that may run. `shift` characters precede the first line of what `maps` lead to. */
export interface Translated extends Emitted {
  shift: number;
}

/** The language of one notebook. */
export class Language {
  readonly #checker: Checker;

  /** `folder` is the notebook's: where imports are looked for, before `library`. Everything is made ready for the first cell, at once. */
  constructor(folder: string, library?: Library) {
    this.#checker = new Checker(folder, library);
    void this.#checker.open().then(() => this.#checker.warmUp());
    setTimeout(() => emit("", "cell-0.ts"), firstQuestionsMs);
  }

  /** Checks and translates `source`, a cell called `name`. Unless it has faults, later cells know what it declares. */
  async translate(source: string, name: string): Promise<Translation> {
    const expanded = expandMagics(source);
    if ("faults" in expanded) return { error: report("MagicError", expanded.faults, source, name), notices: [] };
    const cell = parseCell(expanded.code);
    if ("faults" in cell) return { error: report("SyntaxError", cell.faults, source, name), notices: [] };
    let emitted: Emitted | { faults: Fault[] } | undefined;
    const emitOnce = () => {
      emitted ??= tryEmit(cell.code, name);
      return emitted;
    };
    const { faults, notices } = await this.#checker.check(cell, emitOnce);
    if (faults.length > 0) return { error: report("TypeScriptError", faults, source, name), notices };
    const done = emitOnce();
    if ("faults" in done) return { error: report("SyntaxError", done.faults, source, name), notices };
    return { translated: { ...done, shift: cell.shift }, notices };
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

  /** Whether `source` could run as it is, wants more lines, or can never run. */
  completeness(source: string): ReturnType<typeof completeness> {
    const expanded = expandMagics(source);
    return "faults" in expanded ? "invalid" : completeness(expanded.code);
  }

  /** Ends the type checker. */
  close(): void {
    this.#checker.close();
  }
}

function tryEmit(code: string, name: string): Emitted | { faults: Fault[] } {
  try {
    return emit(code, name);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { faults: [{ start: 0, message: error.message }] };
  }
}

function report(ename: string, faults: Fault[], source: string, name: string): ErrorContent {
  const blocks = faults.slice(0, faultsShown).map(({ start, message, code, file = { name, text: source } }) => {
    const at = positionAt(file.text, start);
    const title = `${file.name}:${at.line}:${at.column} - error${code ? ` TS${code}` : ""}: ${message}`;
    return `${title}\n\n${excerpt(file.text, at)}\n`;
  });
  const hidden = faults.length - blocks.length;
  if (hidden > 0) blocks.push(`… and ${hidden} more.`);
  return { ename, evalue: faults[0]!.message, traceback: blocks };
}
