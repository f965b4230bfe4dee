/**
 * All the protocol needs to know of TypeScript: a cell becomes JavaScript that may run, or an error as a compiler
 * reports it; names complete and explain themselves.
 */
import { excerpt, positionAt } from "../excerpt.js";
import type { Library } from "../library.js";
import type { ErrorContent } from "../wire/message.js";
import { Checker, type Completion, type Hover } from "./checker.js";
import { emit } from "./emit.js";
import { emitFile } from "./emit-file.js";
import { mapPaths } from "./local-files.js";
import { expandMagics, magicNames, withoutMagics } from "./magics.js";
import { type Check, checkOf, usesTslab } from "./notebook-kind.js";
import { installNpm, isInstalled, npmFolder, npmPackage, refusal, typesFile } from "./npm-packages.js";
import type { Emitted } from "./strip.js";
import { type Cell, completeness, declarationIn, type Fault, parseCell } from "./syntax.js";
import { type TsOptions, tsconfigFor } from "./tsconfig.js";

/** At most so many faults of one cell are reported. */
const faultsShown = 10;

/** A cell that may run, or the error for which it may not; and what is to be said of the checker itself, if anything. */
export type Translation = { notices: string[] } & ({ translated: Translated } | { error: ErrorContent });

/** A cell that may run. `shift` characters precede the first line of what `maps` lead to. */
export interface Translated extends Emitted {
  shift: number;
}

/** What is known of the notebook. */
export interface LanguageOptions {
  /** Where imports are looked for, before `library`. */
  folder: string;
  library?: Library | undefined;
  /** Its file, where it has one. */
  notebook?: string | undefined;
}

/** The language of one notebook. */
export class Language {
  readonly #checker: Checker;
  readonly #tsconfig: TsOptions;
  #check: Check;
  /** The code of the cell that has declared a name last. */
  readonly #declaredIn = new Map<string, string>();
  /** What the reader is to be told with the next cell. */
  readonly #notices: string[] = [];
  #hasWarned = false;
  /** Whether TypeScript has read the typings. */
  #isOpen = false;

  /** Everything is made ready for the first cell, at once. */
  constructor({ folder, library, notebook }: LanguageOptions) {
    this.#check = checkOf(notebook);
    const { options: tsconfig, problem } = tsconfigFor(folder, library);
    this.#tsconfig = tsconfig;
    if (problem !== undefined) this.#notices.push(problem);
    mapPaths(tsconfig.paths);
    this.#checker = new Checker({ folder, library, tsconfig, isLoose: this.#check === "tslab" });
    void this.#checker.open().then(() => {
      this.#isOpen = true;
      return this.#checker.warmUp();
    });
  }

  /**
   * Installs the packages that `source` imports by `npm:` and that are not there yet, each with a line to `say`.
   * @throws Error where one cannot be installed, or when `signal` aborts.
   */
  async install(source: string, say: (line: string) => void, signal: AbortSignal): Promise<void> {
    if (!/["']npm:/.test(source)) return;
    const expanded = expandMagics(source);
    const cell = "code" in expanded ? parseCell(expanded.code) : { faults: [] };
    if ("faults" in cell) return;
    for (const specifier of cell.imports) {
      const wanted = npmPackage(specifier);
      if (!wanted) continue;
      if (!isInstalled(wanted)) {
        say(`Installing ${specifier} …`);
        const start = performance.now();
        await installNpm(wanted, signal);
        say(`Installed ${specifier} in ${((performance.now() - start) / 1000).toFixed(1)} s.`);
      }
      this.#checker.addPackage(specifier, typesFile(wanted, npmFolder(wanted)));
    }
  }

  /** Checks and translates `source`, a cell called `name`. Unless it has faults, later cells know what it declares. */
  async translate(source: string, name: string): Promise<Translation> {
    const expanded = expandMagics(source);
    if ("faults" in expanded) return { error: report("MagicError", expanded.faults, source, name), notices: [] };
    const cell = parseCell(expanded.code);
    if ("faults" in cell) return { error: report("SyntaxError", cell.faults, source, name), notices: [] };
    this.#adapt(cell);
    const refused = cell.imports.flatMap((specifier) => {
      const message = refusal(specifier);
      return message === undefined ? [] : [{ start: Math.max(0, cell.code.indexOf(specifier) - cell.shift), message }];
    });
    if (refused.length > 0) return { error: report("ImportError", refused, source, name), notices: [] };
    let emitted: Emitted | { faults: Fault[] } | undefined;
    const emitOnce = () => {
      emitted ??= tryEmit(cell, name, this.#tsconfig);
      return emitted;
    };
    // What a first cell needs is loaded while TypeScript opens.
    if (!this.#isOpen) emitOnce();
    const checked = await this.#checker.check(cell, emitOnce);
    const { faults } = checked;
    const notices = [...this.#notices.splice(0), ...checked.notices];
    if (faults.length > 0) return { error: report("TypeScriptError", faults, source, name), notices };
    const done = emitOnce();
    if ("faults" in done) return { error: report("SyntaxError", done.faults, source, name), notices };
    if (expanded.resets) {
      this.#checker.forget();
      this.#declaredIn.clear();
    }
    for (const declared of cell.names.keys()) this.#declaredIn.set(declared, cell.code);
    return { translated: { ...done, shift: cell.shift }, notices };
  }

  /** Names that may stand at `offset` (UTF-16 units) of `source`, where what is there of it is `prefix`; best first. */
  async complete(source: string, offset: number, prefix: string): Promise<Completion[]> {
    const fits = ({ name }: Completion) => name.startsWith(prefix) && name !== prefix;
    if (prefix.startsWith("%")) return magicNames.map((name) => ({ name, kind: "keyword" })).filter(fits);
    const all = await this.#checker.complete(withoutMagics(source), offset);
    const found = all.filter((each) => fits(each) && !each.name.startsWith("__"));
    // What a package keeps for itself stands last.
    const isInternal = ({ name }: Completion) => /^[$_]/.test(name);
    return [...found.filter((each) => !isInternal(each)), ...found.filter(isInternal)];
  }

  /** What is known of the name at `offset` (UTF-16 units) of `source`. */
  inspect(source: string, offset: number): Promise<Hover | undefined> {
    return this.#checker.inspect(withoutMagics(source), offset);
  }

  /** The statement by which a cell has declared `name` last; undefined where none has, or has only imported it. */
  sourceOf(name: string): string | undefined {
    const code = this.#declaredIn.get(name);
    return code === undefined ? undefined : declarationIn(code, name);
  }

  /** Whether `source` could run as it is, wants more lines, or can never run. */
  completeness(source: string): ReturnType<typeof completeness> {
    const expanded = expandMagics(source);
    return "faults" in expanded ? "invalid" : completeness(expanded.code);
  }

  /** What a notebook is written for may show by the cell that imports tslab, or by one that is nothing but `// @ts-nocheck`. */
  #adapt(cell: Cell): void {
    if (cell.isUnchecked && isOnlyComment(cell.code)) this.#check = "none";
    if (this.#check === "strict" && usesTslab(cell.code)) {
      this.#check = "tslab";
      this.#checker.loosen();
    }
    cell.isUnchecked ||= this.#check === "none";
    if (cell.isLowered && this.#tsconfig.emitDecoratorMetadata && !this.#hasWarned && cell.code.includes("@")) {
      this.#hasWarned = true;
      this.#notices.push("emitDecoratorMetadata of the tsconfig.json is left out: decorators see no types here.");
    }
  }

  /** JavaScript of a local file, as the loader runs it. @throws SyntaxError for what is not TypeScript. */
  emitFile(file: string, text: string): Emitted {
    return emitFile(file, text, this.#tsconfig);
  }

  /** Lets later cells know `name`, which no cell has declared; it is of the type `any`. */
  async declare(name: string): Promise<void> {
    if (this.#declaredIn.has(name)) return;
    const code = `declare let ${name}: any;`;
    const cell = parseCell(code);
    if ("faults" in cell) throw new SyntaxError(cell.faults[0]!.message);
    await this.#checker.check(cell, () => {});
    this.#declaredIn.set(name, code);
  }

  /** The types of names that cells have declared, as TypeScript says them. */
  typesOf(names: readonly string[]): Promise<Map<string, string>> {
    return this.#checker.typesOf(names);
  }

  /** Ends the type checker. */
  close(): void {
    this.#checker.close();
  }
}

function isOnlyComment(code: string): boolean {
  return code.split("\n").every((line) => /^\s*(\/\/.*)?$/.test(line));
}

function tryEmit(
  { code, hasValue, lang, isLowered }: Cell,
  name: string,
  options: TsOptions,
): Emitted | { faults: Fault[] } {
  try {
    return emit(code, name, { hasValue, lowered: isLowered ? { lang, options } : undefined });
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
