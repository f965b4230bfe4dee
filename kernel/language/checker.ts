/**
 * The type check before a cell runs, completion and inspection: a cell is put into its slot (`slots.ts`), and TypeScript is
 * asked about it (`program.ts`).
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Diagnostic, JSDocTagInfo } from "typescript/unstable/async";
import type { CompletionInfoResponse, SymbolResponse, TypeResponse } from "typescript/unstable/proto";
import { compilerOptions, type ProgramOptions } from "./compiler-options.js";
import { isError, isUnresolved, messageOf, ownOf, plain } from "./diagnostics.js";
import { globals } from "./globals.js";
import { localFiles } from "./local-files.js";
import { Program } from "./program.js";
import { Slots } from "./slots.js";
import type { Cell, Fault, MovableImport } from "./syntax.js";
import type { NoAnswer } from "./type-server.js";

/** What is called, or constructed, cannot be. */
const notCallable = new Set([2349, 2351]);

/** TypeScript's own numbers: of `SymbolFlags`, `NodeBuilderFlags.InTypeAlias`. */
const symbolFlags = { interface: 64, value: 111551, typeAlias: 524288, alias: 2097152 };
const inTypeAlias = 8388608;

/** Names of the kinds of proposals by their numbers, `CompletionItemKind` of the language server protocol. */
const kinds: { [kind: number]: string } = {
  2: "method",
  3: "function",
  4: "constructor",
  5: "field",
  6: "variable",
  7: "class",
  8: "interface",
  9: "module",
  10: "property",
  13: "enum",
  14: "keyword",
  17: "file",
  19: "folder",
  20: "enum member",
  21: "constant",
  25: "type parameter",
};

/** What came of a check. */
export interface Checked {
  faults: Fault[];
  /** What was wrong with the checker itself, if anything. */
  notices: string[];
}

/** One proposal for the text between `start` of the request and the cursor. */
export interface Completion {
  name: string;
  /** Such as `function` or `property`. */
  kind: string;
}

/** What is known of a name. */
export interface Hover {
  /** Its name and type, such as `x: number`, `interface Box` or `type Id = string`. */
  signature: string;
  /** The comment at its declaration. */
  documentation: string;
  /** The comment's tags, such as `@param km how far`. */
  tags: string[];
}

/** The checker of one notebook. Its methods may be called at any time; they take turns. */
export class Checker {
  #options: ProgramOptions;
  readonly #folder: string;
  readonly #slots: Slots;
  readonly #program: Program;
  /** Files of slots that were changed, besides the present one. */
  readonly #changed: string[] = [];
  /** The stamps of the local files as they were read last. */
  readonly #stamps = new Map<string, string>();

  /** TypeScript's process starts at once. */
  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#folder = options.folder;
    this.#slots = new Slots(this.#folder, compilerOptions(options), globals);
    this.#program = new Program(this.#folder, this.#slots);
  }

  /** Names the file with the types of what is imported as `specifier`; without one it is of the type `any`. */
  addPackage(specifier: string, file: string | undefined): void {
    const { paths } = this.#options.tsconfig;
    const places = file === undefined ? [this.#slots.untyped] : [file.replaceAll("\\", "/")];
    if (paths[specifier]?.[0] === places[0]) return;
    const tsconfig = { ...this.#options.tsconfig, paths: { ...paths, [specifier]: places } };
    this.#options = { ...this.#options, tsconfig };
    this.#slots.configure(compilerOptions(this.#options));
  }

  /** From now on cells are checked as tslab would. */
  loosen(): void {
    if (this.#options.isLoose) return;
    this.#options = { ...this.#options, isLoose: true };
    this.#slots.configure(compilerOptions(this.#options));
  }

  /** Lets TypeScript read the libraries. What fails here is met again by the first cell. */
  open(): Promise<void> {
    return this.#program.next(
      () => this.#update(),
      () => {},
    );
  }

  /** Checks an empty cell, after which all others are quicker. */
  warmUp(): Promise<void> {
    return this.#program.next(
      async () => void (await this.#diagnostics(this.#slots.file)),
      () => {},
    );
  }

  /**
   * The type errors of `cell` and of the local files it imports. None means that it may run, and that later cells know what
   * it declares. Where TypeScript gives no answer there are none, and a notice says so. `meanwhile` is done while TypeScript is
   * at it: before, it asks this thread for the cell. It is not always done, and may be twice.
   */
  check(cell: Cell, meanwhile: () => void): Promise<Checked> {
    return this.#program.next(
      async () => {
        const faults = await this.#faults(cell, meanwhile);
        if (faults.length === 0) this.#commit(cell);
        return { faults, notices: this.#program.takeNotices() };
      },
      ({ message }) => {
        this.#commit(cell);
        return { faults: [], notices: [...this.#program.takeNotices(), `The cell runs unchecked. ${message}`] };
      },
    );
  }

  /** Proposals at `offset` (UTF-16 units) of `code`, best first. */
  complete(code: string, offset: number): Promise<Completion[]> {
    return this.#program.next(async () => {
      const ask = (file: string) =>
        this.#program.ask<CompletionInfoResponse | null>("getCompletionsAtPosition", { file, position: offset });
      this.#slots.putLoose(code);
      await this.#update();
      const info = await ask(this.#slots.file).catch(async (error: Error) => {
        // It could propose names to import, which the API does not do.
        if (!error.message.includes("auto imports")) throw error;
        this.#slots.putScope(code);
        await this.#program.update([this.#slots.scopeFile]);
        return ask(this.#slots.scopeFile);
      });
      const entries = [...(info?.entries ?? [])];
      const order = ({ sortText = "", name }: (typeof entries)[number]) => `${sortText} ${name}`;
      entries.sort((a, b) => (order(a) < order(b) ? -1 : 1));
      // TypeScript puts a `?` behind optional members.
      return entries.map(({ name, kind }) => ({ name: name.replace(/\?$/, ""), kind: kinds[kind ?? 0] ?? "" }));
    }, refuse);
  }

  /** What is known of the name at `offset` (UTF-16 units) of `code`; undefined when there is none. */
  inspect(code: string, offset: number): Promise<Hover | undefined> {
    return this.#program.next(async () => {
      this.#slots.putLoose(code);
      await this.#update();
      const at = { file: this.#slots.file, position: offset };
      const found = await this.#program.ask<SymbolResponse | null>("getSymbolAtPosition", at);
      if (!found) return undefined;
      const symbol = { symbol: found.id };
      const own =
        found.flags & symbolFlags.alias
          ? await this.#program.ask<SymbolResponse | null>("getAliasedSymbol", symbol)
          : found;
      const declared = { symbol: (own ?? found).id };
      const [signature, documentation, tags] = await Promise.all([
        this.#signature(own ?? found, found.name),
        this.#program.ask<string | null>("getDocumentationComment", declared),
        this.#program.ask<JSDocTagInfo[] | null>("getJsDocTags", declared),
      ]);
      return {
        signature,
        documentation: documentation ?? "",
        tags: (tags ?? []).map(({ name, text }) => `@${name} ${text ?? ""}`.trimEnd()),
      };
    }, refuse);
  }

  /** The types of these names of cells; those that TypeScript does not know are left out. */
  typesOf(names: readonly string[]): Promise<Map<string, string>> {
    return this.#program.next(
      async () => {
        const types = new Map<string, string>();
        if (names.length === 0) return types;
        this.#slots.putLoose(names.join(";"));
        await this.#update();
        let position = 0;
        const asked = names.map(async (name) => {
          const at = { file: this.#slots.file, position };
          position += name.length + 1;
          const found = await this.#program.ask<SymbolResponse | null>("getSymbolAtPosition", at);
          const own =
            found && found.flags & symbolFlags.alias
              ? await this.#program.ask<SymbolResponse | null>("getAliasedSymbol", { symbol: found.id })
              : found;
          const type = own && (await this.#program.ask<TypeResponse | null>("getTypeOfSymbol", { symbol: own.id }));
          if (type)
            types.set(name, plain(await this.#program.ask<string>("typeToString", { type: type.id, flags: 0 })));
        });
        await Promise.all(asked);
        return types;
      },
      () => new Map(),
    );
  }

  /** Forgets the names of all cells. */
  forget(): void {
    this.#slots.forget();
  }

  /** Ends TypeScript's process. */
  close(): void {
    this.#program.close();
  }

  /** Brings TypeScript up to date with the slots, and with `edited` on disk. */
  async #update(edited: readonly string[] = []): Promise<void> {
    const rewritten = this.#slots.takeRewritten();
    await this.#program.update([...this.#changed.splice(0), ...edited, this.#slots.file], rewritten);
  }

  #commit(cell: Cell): void {
    this.#changed.push(...this.#slots.commit(cell));
    // More slots, which takes a moment: while the cell runs.
    if (!this.#program.isOpen) void this.open();
  }

  async #signature({ id, flags }: SymbolResponse, name: string): Promise<string> {
    const text = async (method: string, how = 0) => {
      const type = await this.#program.ask<TypeResponse | null>(method, { symbol: id });
      return type ? plain(await this.#program.ask<string>("typeToString", { type: type.id, flags: how })) : "";
    };
    if (flags & symbolFlags.typeAlias) return `type ${name} = ${await text("getDeclaredTypeOfSymbol", inTypeAlias)}`;
    if (flags & symbolFlags.interface && !(flags & symbolFlags.value)) return `interface ${name}`;
    return `${name}: ${await text("getTypeOfSymbol")}`;
  }

  async #faults(cell: Cell, meanwhile: () => void): Promise<Fault[]> {
    const local = localFiles(cell.imports, this.#folder);
    const edited = [...local].filter(([file, stamp]) => this.#stamps.get(file) !== stamp).map(([file]) => file);
    this.#slots.put(cell);
    await this.#update(edited);
    for (const [file, stamp] of local) this.#stamps.set(file, stamp);
    // Behind the question, which is written at the end of this turn.
    setImmediate(meanwhile);
    if (cell.isUnchecked) return [];
    let diagnostics = await this.#diagnostics(this.#slots.file);
    // Faults of imports that were written elsewhere are to stand where the cell has them.
    if (diagnostics.some(({ pos }) => pos > cell.code.length)) {
      this.#slots.putPlain(cell);
      await this.#update();
      const all = await this.#diagnostics(this.#slots.file);
      const unresolved = all.filter(isUnresolved);
      const isIn = ({ start, end }: MovableImport) => unresolved.some(({ pos }) => pos >= start && pos < end);
      if (unresolved.length > 0) this.#slots.withdraw(cell.movable.filter(isIn).map(({ specifier }) => specifier));
      diagnostics = ownOf(cell, all);
    }
    // A package may have been installed, or a file written, since it was last looked for.
    if (diagnostics.some(isUnresolved)) {
      await this.#program.refresh();
      diagnostics = ownOf(cell, await this.#diagnostics(this.#slots.file));
    }
    const faults = diagnostics.filter(isError).map((diagnostic) => ({
      start: Math.max(0, Math.min(diagnostic.pos, cell.code.length - cell.shift) - cell.shift),
      message: messageOf(diagnostic) + this.#importInstead(diagnostic, cell),
      code: diagnostic.code,
    }));
    const files = [...local.keys()].filter((file) => !file.endsWith(".json"));
    return [...(await Promise.all(files.map((file) => this.#faultsOfFile(file)))).flat(), ...faults];
  }

  /** What to write where a module is called that was imported by `* as`: no such module can be, though CommonJS has some. */
  #importInstead({ code, pos, end }: Diagnostic, cell: Cell): string {
    const name = cell.code.slice(pos, end);
    if (!notCallable.has(code) || !/^[\w$]+$/.test(name)) return "";
    const text = cell.names.has(name) ? cell.code : this.#slots.textOf(name);
    const pattern = new RegExp(`\\bimport\\s*\\*\\s*as\\s+${name.replaceAll("$", "\\$")}\\s+from\\s*["'](.*?)["']`);
    const module = pattern.exec(text)?.[1];
    if (module === undefined) return "";
    return `\n  A module imported by * as cannot be called. What it exports by default may be: import ${name} from "${module}"`;
  }

  async #faultsOfFile(path: string): Promise<Fault[]> {
    const file = { name: relative(this.#folder, path), text: readFileSync(path, "utf8") };
    const diagnostics = await this.#diagnostics(path.replaceAll("\\", "/"));
    return diagnostics
      .filter(isError)
      .map((diagnostic) => ({ start: diagnostic.pos, message: messageOf(diagnostic), code: diagnostic.code, file }));
  }

  async #diagnostics(file: string): Promise<Diagnostic[]> {
    const asked = ["getSyntacticDiagnostics", "getSemanticDiagnostics"];
    const found = await Promise.all(asked.map((method) => this.#program.ask<Diagnostic[] | null>(method, { file })));
    return found.flatMap((diagnostics) => diagnostics ?? []);
  }
}

function refuse(why: NoAnswer): never {
  throw why;
}
