/**
 * The type check before a cell runs, completion and inspection, by TypeScript 7. The only file that touches its API,
 * which is called unstable: hence the exact version in package.json.
 *
 * Slots: TypeScript rebuilds its program when a file appears or a file's imports change, which takes 100 ms and more.
 * So empty cell files are made in advance, in memory only, with all their imports (`slots.ts`); a cell is then a changed
 * text in the next slot, checked in a few milliseconds. A name declared again hides the earlier.
 */
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  API,
  type CompletionInfo,
  type Diagnostic,
  DiagnosticCategory,
  type Project,
  type Snapshot,
} from "typescript/unstable/async";
import { globals } from "./globals.js";
import { hasHub, hubName, hubText, imports, type Known } from "./slots.js";
import { type Cell, type Fault, words } from "./syntax.js";

const slotsAtOnce = 256;

/** A package without types is `any`, not an error. */
const noTypesOfPackage = 7016;
/** So is a variable of an earlier cell whose type TypeScript cannot follow: `let x;`, assigned who knows where. */
const implicitAny = new Set([noTypesOfPackage, 7005, 7034]);
const moduleNotFound = 2307;
const assignmentToImport = 2632;

const keywords =
  "async await break case catch class const continue default delete do else enum export extends finally for function if implements import in instanceof interface let namespace new of return satisfies static switch this throw try type typeof var void while yield".split(
    " ",
  );

/** One proposal for the text between `start` of the request and the cursor. */
export interface Completion {
  name: string;
  /** TypeScript's number of the kind (CompletionItemKind of the language server protocol). */
  kind: number | undefined;
}

/** What is known of a name: its type, and the comment at its declaration. */
export interface Hover {
  name: string;
  type: string;
  documentation: string;
  /** The comment's tags, such as `@param km how far`. */
  tags: string[];
}

/** The checker of one notebook. Its methods may be called at any time; they take turns. */
export class Checker {
  readonly #folder: string;
  readonly #api: API;
  readonly #files = new Map<string, string>();
  readonly #modified = new Map<string, number>();
  /** The names of all earlier cells. */
  readonly #names = new Map<string, Known>();
  #slot = 1;
  #slots = 0;
  #configFile = "";
  #snapshot: Snapshot | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** `folder` is where imports are looked for. TypeScript starts with the first call. */
  constructor(folder: string) {
    this.#folder = folder.replaceAll("\\", "/");
    this.#files.set(this.#path("globals.d.ts"), globals);
    this.#api = new API({
      cwd: folder,
      fs: {
        readFile: (file) => this.#files.get(file),
        fileExists: (file) => this.#files.has(file) || undefined,
      },
    });
  }

  /** Starts TypeScript and reads the libraries, so that the first cell need not wait for it. */
  warmUp(): Promise<void> {
    return this.#next(async () => void (await this.#open()));
  }

  /** The type errors of `cell`, by position in its own text; none means that it may run. */
  check(cell: Cell): Promise<Fault[]> {
    return this.#next(async () => {
      const text = this.#cellText(cell);
      let diagnostics = await this.#diagnose(text, this.#editedFiles());
      // A package may have been installed, or a file written, since it was last looked for.
      if (diagnostics.some(({ code }) => code === moduleNotFound || code === noTypesOfPackage)) {
        diagnostics = await this.#diagnose(text, "all");
      }
      if (words(cell.code).has("import")) await this.#listLocalFiles();
      return diagnostics
        .filter(({ code, category }) => category === DiagnosticCategory.Error && !implicitAny.has(code))
        .map((diagnostic) => ({
          start: Math.max(0, Math.min(diagnostic.pos, cell.code.length - cell.shift) - cell.shift),
          message: this.#message(diagnostic),
          code: diagnostic.code,
        }));
    });
  }

  /** Makes the names of `cell`, checked last, known to later cells: call it once the cell runs. */
  commit(cell: Cell): void {
    for (const [name, assignable] of cell.names) this.#names.set(name, { slot: this.#slot, assignable });
    this.#slot += 1;
    if (hasHub(this.#slot)) this.#files.set(this.#hub(), hubText(this.#slot, this.#names));
  }

  /** Proposals at `offset` (UTF-16 units) of `code`, best first. */
  complete(code: string, offset: number): Promise<Completion[]> {
    return this.#next(async () => {
      const { checker } = await this.#update(this.#looseText(code));
      let info: CompletionInfo | undefined;
      try {
        info = await checker.getCompletionsAtPosition(this.#path(this.#slot), offset);
      } catch (error) {
        if (!(error as Error).message.includes("auto imports")) throw error;
        return this.#namesInScope(code);
      }
      const entries = [...(info?.entries ?? [])];
      entries.sort((a, b) => ((a.sortText ?? "") < (b.sortText ?? "") ? -1 : 1));
      return entries.map(({ name, kind }) => ({ name, kind }));
    });
  }

  /** TypeScript's API completes members, but not names (it would have to look for imports): these are offered instead. */
  #namesInScope(code: string): Completion[] {
    const names = [...this.#names.keys(), ...words(code), ...Object.getOwnPropertyNames(globalThis), ...keywords];
    return [...new Set(names)].map((name) => ({ name, kind: undefined }));
  }

  /** What is known of the name at `offset` (UTF-16 units) of `code`; undefined when there is none. */
  inspect(code: string, offset: number): Promise<Hover | undefined> {
    return this.#next(async () => {
      const { checker } = await this.#update(this.#looseText(code));
      const symbol = await checker.getSymbolAtPosition(this.#path(this.#slot), offset);
      if (!symbol) return undefined;
      const own = await checker.getAliasedSymbol(symbol).catch(() => symbol);
      const type = await checker.getTypeOfSymbol(symbol);
      const tags = await own.getJsDocTags(checker);
      return {
        name: symbol.name,
        type: type ? this.#plain(await checker.typeToString(type)) : "",
        documentation: await checker.getDocumentationCommentOfSymbol(own),
        tags: tags.map(({ name, text }) => `@${name} ${text ?? ""}`.trimEnd()),
      };
    });
  }

  /** Ends TypeScript's process. */
  close(): Promise<void> {
    return this.#api.close();
  }

  #next<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => {});
    return result;
  }

  #path(file: number | string): string {
    return `${this.#folder}/__gradbook_${typeof file === "number" ? `cell_${file}.ts` : file}`;
  }

  /** The hub of the group that begins with the present slot. */
  #hub(): string {
    return this.#path(`${hubName(this.#slot)}.ts`);
  }

  /** The cell and behind it, so that positions stay, what it takes from earlier cells and gives to later ones. */
  #cellText({ code, names, exported, evolving }: Cell): string {
    const used = [...words(code)].filter((name) => this.#names.has(name) && !names.has(name));
    const own = [...names.keys()].filter((name) => !exported.has(name));
    // An array that begins as `[]` has the type of what was put into it where it is read: here, by another constant.
    const read = [...evolving].map((name) => `const __${name} = ${name};`);
    const given = own.map((name) => (evolving.has(name) ? `__${name} as ${name}` : name));
    return `${code}\n;${read.join("")}${this.#links(used, given)}`;
  }

  /** For code that is being typed and may not parse: all earlier names are there. */
  #looseText(code: string): string {
    return `${code}\n;${this.#links([...this.#names.keys()], [])}`;
  }

  #links(used: string[], own: string[]): string {
    const known = used.map((name) => [name, this.#names.get(name)!] as const);
    const assignable = known.filter(([, { assignable }]) => assignable).map(([name]) => name);
    return [
      imports(this.#slot, known),
      // In a namespace, where TypeScript does not follow the expression back through the cell's own calls of the name.
      `declare namespace __types { ${assignable.map((name) => `type ${name} = typeof __${name};`).join(" ")} }`,
      ...assignable.map((name) => `declare let ${name}: __types.${name};`),
      `export { ${own} };`,
    ].join("\n");
  }

  async #diagnose(text: string, changed: readonly string[] | "all"): Promise<Diagnostic[]> {
    const { program } = await this.#update(text, changed);
    const file = this.#path(this.#slot);
    return [...(await program.getSyntacticDiagnostics(file)), ...(await program.getSemanticDiagnostics(file))];
  }

  /** The program with `text` in the present slot. */
  async #update(text: string, changed: readonly string[] | "all" = []): Promise<Project> {
    await this.#open();
    const file = this.#path(this.#slot);
    this.#files.set(file, text);
    const own = hasHub(this.#slot) ? [file, this.#hub()] : [file];
    const fileChanges = changed === "all" ? ({ invalidateAll: true } as const) : { changed: [...own, ...changed] };
    return this.#take(await this.#api.updateSnapshot({ fileChanges }));
  }

  /** Makes slots, and the program of them, when there are none left. */
  async #open(): Promise<void> {
    if (this.#slot < this.#slots) return;
    const slot = this.#slot;
    for (const end = this.#slots + slotsAtOnce; this.#slots < end; this.#slots++) {
      this.#slot = this.#slots;
      this.#files.set(this.#path(this.#slot), this.#links([], []));
      if (hasHub(this.#slot)) this.#files.set(this.#hub(), hubText(this.#slot, this.#slot > slot ? [] : this.#names));
    }
    this.#slot = slot;
    const [old, config] = [this.#configFile, this.#path(`tsconfig_${this.#slots}.json`)];
    this.#configFile = config;
    this.#files.set(config, JSON.stringify(this.#config()));
    await this.#take(await this.#api.updateSnapshot({ openProjects: [config], closeProjects: old ? [old] : [] }));
  }

  async #take(snapshot: Snapshot): Promise<Project> {
    await this.#snapshot?.dispose();
    this.#snapshot = snapshot;
    return this.#project();
  }

  #project(): Project {
    const project = this.#snapshot?.getProject(this.#configFile);
    if (!project) throw new Error("Expected TypeScript to open the notebook's project, received none.");
    return project;
  }

  #config(): object {
    const own = createRequire(import.meta.url);
    return {
      compilerOptions: {
        strict: true,
        target: "esnext",
        lib: ["esnext"],
        module: "esnext",
        moduleResolution: "bundler",
        allowImportingTsExtensions: true,
        resolveJsonModule: true,
        skipLibCheck: true,
        noEmit: true,
        // Brought along, so that `console` and `process` have types in every folder.
        types: ["node"],
        typeRoots: [dirname(dirname(own.resolve("@types/node/package.json")))],
        paths: { ...tslabModule(), ...(!resolves("gradbook", this.#folder) && ownPackage()) },
      },
      files: [this.#path("globals.d.ts"), ...Array.from({ length: this.#slots }, (_, slot) => this.#path(slot))],
    };
  }

  /** Notes the notebook's own files in the program, and when they were written. */
  async #listLocalFiles(): Promise<void> {
    const files = await this.#project().program.getSourceFileNames();
    for (const file of files) {
      if (!file.includes("/node_modules/") && !this.#files.has(file)) this.#modified.set(file, modifiedAt(file));
    }
  }

  /** Those of the noted files that were written since. */
  #editedFiles(): string[] {
    const edited = [...this.#modified].filter(([file, modified]) => modifiedAt(file) !== modified);
    for (const [file] of edited) this.#modified.set(file, modifiedAt(file));
    return edited.map(([file]) => file);
  }

  #message(diagnostic: Diagnostic, depth = 0): string {
    const text =
      diagnostic.code === assignmentToImport
        ? diagnostic.text.replace("an import", "a constant, a function, a class or an import of an earlier cell")
        : this.#plain(diagnostic.text);
    const chain = (diagnostic.messageChain ?? []).map((link) => `\n${this.#message(link, depth + 1)}`);
    return "  ".repeat(depth) + text + chain.join("");
  }

  /** Without the paths of slots, which are no file of the reader's. */
  #plain(text: string): string {
    return text.replace(/import\("[^"]*__gradbook_cell_\d+"\)\./g, "");
  }
}

function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function resolves(name: string, folder: string): boolean {
  try {
    createRequire(join(folder, "notebook.js")).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** What stands for tslab in this kernel; `../interpreter/loader-hooks.ts` does the same. */
function tslabModule(): { [name: string]: string[] } {
  return { tslab: [fileURLToPath(new URL("../tslab.d.ts", import.meta.url)).replaceAll("\\", "/")] };
}

/** Where the notebook's folder has no `gradbook` of its own, the kernel's is taken; `../interpreter/loader-hooks.ts` does the same. */
function ownPackage(): { [name: string]: string[] } {
  const library = fileURLToPath(new URL("../../lib/", import.meta.url)).replaceAll("\\", "/");
  return { gradbook: [`${library}index.d.ts`], "gradbook/*": [`${library}*.d.ts`] };
}
