/**
 * The notebook as TypeScript sees it: files that exist in memory only, one for each cell, in the notebook's folder.
 *
 * TypeScript rebuilds its program when a file appears or a file's imports change, which takes 100 ms and more. So these
 * files, the slots, are made in advance, empty, with all their imports; a cell is then a changed text in the next slot,
 * checked in a few milliseconds. A name declared again hides the earlier.
 *
 * Which files a file imports from must not change; which names it imports may. So each slot imports from the slots before
 * it in its group, and from the group's hub, which has the names of all groups before: a name is a few steps away, however
 * many cells there are. And when a cell imports from a package, all slots from there on do, at their end: what a later cell
 * imports from it is written there.
 */
import { mappedPlaces } from "./local-files.js";
import type { Lang } from "./lower.js";
import { type Cell, type MovableImport, words } from "./syntax.js";
import type { TsOptions } from "./tsconfig.js";

/** Where a name was declared last, and whether a later cell may assign to it. */
export interface Known {
  slot: number;
  assignable: boolean;
}

/** TypeScript's own; those that matter here. */
type CompilerOptions = Pick<TsOptions, "jsxFactory" | "jsxFragmentFactory">;

type Names = Iterable<readonly [string, Known]>;

const groupSize = 16;
const slotsAtFirst = 64;

const isFirstOfGroup = (slot: number) => slot % groupSize === 0;

const scopeName = (slot: number) => `^/gradbook/notebook/scope_${slot - (slot % groupSize)}.ts`;

/** The names of the files that the file of `slot` imports from: first the hub, if its group has one. */
function sourcesOf(slot: number): string[] {
  const first = slot - (slot % groupSize);
  const cells = Array.from({ length: slot - first }, (_, i) => `cell_${first + i}`);
  return first === 0 ? cells : [`hub_${first}`, ...cells];
}

/** The names of all files of the group that `slot` belongs to. */
function sourcesOfGroup(slot: number): string[] {
  const last = slot - (slot % groupSize) + groupSize - 1;
  return [...sourcesOf(last), `cell_${last}`];
}

/** One statement for each of `sources`, with those of `names` that come from it, each written by `write`. */
function statements(
  keyword: "import" | "export",
  sources: readonly string[],
  names: Names,
  write: (name: string, known: Known) => string,
  folder = ".",
): string {
  const lists = new Map(sources.map((source): [string, string[]] => [source, []]));
  for (const [name, known] of names) {
    const list = lists.get(`cell_${known.slot}`) ?? lists.get(sources[0]!);
    list!.push(write(name, known));
  }
  return [...lists]
    .map(([source, list]) => `${keyword} { ${list} } from ${JSON.stringify(`${folder}/__gradbook_${source}.js`)};`)
    .join(" ");
}

/** The imports of the cell in `slot`: names that may be assigned to come as `__name`, the others as they are. */
export function imports(slot: number, names: Names): string {
  return statements("import", sourcesOf(slot), names, (name, { assignable }) =>
    assignable ? `${name} as __${name}` : name,
  );
}

/** The text of the hub for the group that begins with `slot`: it hands on all `names`. */
export function hubText(slot: number, names: Names): string {
  return statements("export", sourcesOfGroup(slot - 1), names, (name) => name);
}

/** Whether `specifier` names a package, or a module of Node's. */
function isPackage(specifier: string): boolean {
  return /^(node:)?(@[\w.-]+\/)?\w[^:]*$/.test(specifier) && mappedPlaces(specifier).length === 0;
}

/** `code` without the import statements that can be written elsewhere, positions kept; and these: of each module one by `* as`. */
function takeOut(code: string, movable: readonly MovableImport[]): [code: string, taken: MovableImport[]] {
  const taken = movable.filter(
    ({ specifier, namespace }, i) =>
      namespace === undefined ||
      !movable.slice(0, i).some((other) => other.namespace !== undefined && other.specifier === specifier),
  );
  let kept = code;
  for (const { start, end } of taken) {
    kept = kept.slice(0, start) + kept.slice(start, end).replace(/[^\n]/g, " ") + kept.slice(end);
  }
  return [kept, taken];
}

/** All that is imported from a package: two statements, whatever it is. */
function packageImports(name: string, taken: readonly MovableImport[]): string {
  const own = taken.filter(({ specifier }) => specifier === name);
  const namespace = own.find((each) => each.namespace !== undefined)?.namespace;
  const from = `from ${JSON.stringify(name)};`;
  const members = own.flatMap((each) => each.members);
  return `import { ${members} } ${from} import ${namespace === undefined ? "{}" : `* as ${namespace}`} ${from}`;
}

/** One per notebook. */
export class Slots {
  /** All texts by absolute path. */
  readonly files = new Map<string, string>();
  readonly #folder: string;
  /** The names of all earlier cells. */
  readonly #names = new Map<string, Known>();
  /** The packages that every slot from the present one on imports from. */
  #packages: string[] = [];
  /** Those that no slot has to: TypeScript does not find them, or their types. */
  readonly #unknown = new Set<string>();
  /** The slots that were written anew since they were asked for last. */
  #rewritten: string[] = [];
  #compilerOptions: CompilerOptions;
  #lang: Lang = "ts";
  #slot = 1;
  #end = 0;
  #version = 0;
  #renamed: { deleted: string[]; created: string[] } = { deleted: [], created: [] };

  /** `globals` are declarations that every cell sees. */
  constructor(folder: string, compilerOptions: CompilerOptions, globals: string) {
    this.#folder = folder.replaceAll("\\", "/");
    this.#compilerOptions = compilerOptions;
    this.files.set(this.#path("globals.d.ts"), globals);
    this.files.set(this.untyped, "declare const anything: any;\nexport = anything;\n");
    this.#grow();
  }

  /** The project of all these files; another one when there are more, or they are read otherwise. */
  get configFile(): string {
    return this.#path(`tsconfig_${this.#version}.json`);
  }

  /** Lets all cells be read with other options from now on. */
  configure(compilerOptions: CompilerOptions): void {
    this.#compilerOptions = compilerOptions;
    this.#writeConfig();
  }

  /** The names that JSX uses without saying so. */
  get #factories(): string {
    const { jsxFactory = "React", jsxFragmentFactory = "React" } = this.#compilerOptions;
    return `${jsxFactory} ${jsxFragmentFactory}`;
  }

  /** The files that have got other names since this was called last. */
  takeRenamed(): { deleted: string[]; created: string[] } {
    const renamed = this.#renamed;
    this.#renamed = { deleted: [], created: [] };
    return renamed;
  }

  /** A module that may be anything: what stands for a package without types. */
  get untyped(): string {
    return this.#path("untyped.d.ts");
  }

  /** The file of the present slot. */
  get file(): string {
    return this.#cellPath(this.#slot);
  }

  /** The text in which `name` was declared: that of the present slot, where no earlier has it. */
  textOf(name: string): string {
    const slot = this.#names.get(name)?.slot ?? this.#slot;
    return this.files.get(this.#cellPath(slot, "ts")) ?? this.files.get(this.#cellPath(slot, "tsx"))!;
  }

  /**
   * A file with the same names in scope, for the names TypeScript proposes. Where it might propose names to import as well
   * its API refuses; a document that is nowhere on disk, which `^/` stands for, cannot import.
   */
  get scopeFile(): string {
    return scopeName(this.#slot);
  }

  /**
   * Puts `cell` into the present slot: its code and behind it, so that positions stay, what it takes from earlier cells and
   * gives to later ones.
   */
  put(cell: Cell): void {
    const known = new Set(this.#packages);
    const moved = cell.movable.filter(({ specifier }) => isPackage(specifier) && !this.#unknown.has(specifier));
    this.#setPackages([...new Set([...known, ...moved.map(({ specifier }) => specifier)])]);
    this.#write(cell, moved);
  }

  /** Puts `cell` into the present slot as it is, its imports where they are. */
  putPlain(cell: Cell): void {
    this.#write(cell, []);
  }

  /** No slot is to look any more for these packages, which TypeScript does not find; where none is named, for no package at all. */
  withdraw(names: readonly string[]): void {
    for (const name of names) this.#unknown.add(name);
    this.#setPackages(names.length > 0 ? this.#packages.filter((name) => !names.includes(name)) : []);
  }

  /** The slots that were written anew since this was called last. */
  takeRewritten(): string[] {
    return this.#rewritten.splice(0);
  }

  #setPackages(packages: string[]): void {
    if (packages.length === this.#packages.length) return;
    this.#packages = packages;
    for (let slot = this.#slot + 1; slot < this.#end; slot++) {
      this.files.set(this.#cellPath(slot), this.#links(slot, [], []));
      this.#rewritten.push(this.#cellPath(slot));
    }
  }

  #write({ code, lang, names, exported, evolving }: Cell, moved: readonly MovableImport[]): void {
    if (lang !== this.#lang) this.#speak(lang);
    const used = [...words(lang === "tsx" ? `${code} ${this.#factories}` : code)].filter(
      (name) => this.#names.has(name) && !names.has(name),
    );
    const own = [...names.keys()].filter((name) => !exported.has(name));
    // An array that begins as `[]` has the type of what was put into it where it is read: here, by another constant.
    const read = [...evolving].map((name) => `const __${name} = ${name};`);
    const given = own.map((name) => (evolving.has(name) ? `__${name} as ${name}` : name));
    const [kept, taken] = takeOut(code, moved);
    this.files.set(this.file, `${kept}\n;${read.join("")}${this.#links(this.#slot, used, given, taken)}`);
  }

  /** Puts code into the present slot that is being typed and may not parse: all earlier names are there. */
  putLoose(code: string): void {
    this.files.set(this.file, `${code}\n;${this.#links(this.#slot, [...this.#names.keys()], [])}`);
  }

  /** Puts the same into the file for proposals. */
  putScope(code: string): void {
    this.files.set(this.scopeFile, this.#scope(this.#slot, code, this.#names));
  }

  /** Makes the names of `cell`, which was put last, known to later cells; gives the file that changed, if any. */
  commit(cell: Cell): string[] {
    for (const [name, assignable] of cell.names) this.#names.set(name, { slot: this.#slot, assignable });
    this.#slot += 1;
    if (this.#end - this.#slot < groupSize) this.#grow();
    if (!isFirstOfGroup(this.#slot)) return [];
    const hub = this.#path(`hub_${this.#slot}.ts`);
    this.files.set(hub, hubText(this.#slot, this.#names));
    return [hub];
  }

  /** Makes the slots from the present one on files of the other language: JSX and the cast `<T>x` exclude each other. */
  #speak(lang: Lang): void {
    for (let slot = this.#slot; slot < this.#end; slot++) {
      const before = this.#cellPath(slot, this.#lang);
      const now = this.#cellPath(slot, lang);
      this.files.delete(before);
      this.files.set(now, this.#links(slot, [], []));
      this.#renamed.deleted.push(before);
      this.#renamed.created.push(now);
    }
    this.#lang = lang;
    this.#writeConfig();
  }

  /** Forgets the names of all cells so far. */
  forget(): void {
    this.#names.clear();
  }

  #grow(): void {
    const begin = this.#end;
    // By half each time: the whole program is read anew, and every slot makes every cell a little slower.
    this.#end = Math.max(slotsAtFirst, Math.ceil((1.5 * begin) / groupSize) * groupSize);
    for (let slot = begin; slot < this.#end; slot++) {
      this.files.set(this.#cellPath(slot), this.#links(slot, [], []));
      if (!isFirstOfGroup(slot)) continue;
      if (slot > 0) this.files.set(this.#path(`hub_${slot}.ts`), hubText(slot, []));
      this.files.set(scopeName(slot), this.#scope(slot, "", []));
    }
    this.#writeConfig();
  }

  #writeConfig(): void {
    this.#version += 1;
    // All others are imported by these.
    const roots = [this.#path("globals.d.ts"), ...[...this.files.keys()].filter((file) => file.startsWith("^"))];
    this.files.set(this.configFile, JSON.stringify({ compilerOptions: this.#compilerOptions, files: roots }));
  }

  #path(name: string): string {
    return `${this.#folder}/__gradbook_${name}`;
  }

  #cellPath(slot: number, lang = this.#lang): string {
    return this.#path(`cell_${slot}.${lang}`);
  }

  #scope(slot: number, code: string, names: Names): string {
    return `${code}\n;${statements("import", sourcesOfGroup(slot), names, (name) => name, this.#folder)}`;
  }

  #links(slot: number, used: readonly string[], own: readonly string[], taken: readonly MovableImport[] = []): string {
    const known = used.map((name) => [name, this.#names.get(name)!] as const);
    const assignable = known.filter(([, { assignable }]) => assignable).map(([name]) => name);
    return [
      imports(slot, known),
      ...this.#packages.map((name) => packageImports(name, taken)),
      // In a namespace, where TypeScript does not follow the expression back through the cell's own calls of the name.
      `declare namespace __types { ${assignable.map((name) => `type ${name} = typeof __${name};`).join(" ")} }`,
      ...assignable.map((name) => `declare let ${name}: __types.${name};`),
      `export { ${own} };`,
    ].join("\n");
  }
}
