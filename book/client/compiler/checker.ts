/**
 * The type checker of a page: TypeScript's language service over a chapter's cells. Each cell is a module that imports from the
 * cells above what they have declared last, as in the kernel.
 */
import ts from "typescript-6";
import { type HoverType, typeAt } from "../../run/hover-type.js";
import { typeOptions } from "../../run/type-options.js";

/** A fault in a cell: UTF-16 units of its text, from 0. */
export interface CellFault {
  start: number;
  end?: number;
  message: string;
}

const options: ts.CompilerOptions = {
  ...typeOptions,
  moduleDetection: ts.ModuleDetectionKind.Force,
  // Where links of the repository lead.
  paths: {
    gradbook: ["/dist/entry/index.d.ts"],
    "gradbook/danfo": ["/dist/lib/danfo/danfo.d.ts"],
    "gradbook-engine/*": ["/engine/dist/*.d.ts"],
    "gradbook-plot": ["/plot/dist/index.d.ts"],
    "gradbook-kernel/*": ["/kernel/dist/*.d.ts"],
  },
};

const folder = "/notebook";
const cellFile = (index: number) => `${folder}/cell_${index}.ts`;

export class Checker {
  readonly #files: Map<string, { text: string; version: number }>;
  readonly #service: ts.LanguageService;
  #count = 0;

  /** `files` are the declarations that there are, by their paths. */
  constructor(files: Readonly<Record<string, string>>) {
    this.#files = new Map(Object.entries(files).map(([path, text]) => [path, { text, version: 1 }]));
    const folders = new Set<string>();
    for (const path of this.#files.keys()) {
      for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
        folders.add(path.slice(0, end));
    }
    const read = (path: string) => this.#files.get(path)?.text;
    this.#service = ts.createLanguageService({
      getScriptFileNames: () => [
        ...Array.from({ length: this.#count }, (_, i) => cellFile(i)),
        `${folder}/globals.d.ts`,
      ],
      getScriptVersion: (path) => String(this.#files.get(path)?.version ?? 0),
      getScriptSnapshot: (path) => {
        const text = read(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => folder,
      getCompilationSettings: () => options,
      getDefaultLibFileName: () => "/lib/lib.esnext.d.ts",
      fileExists: (path) => this.#files.has(path),
      readFile: read,
      directoryExists: (path) => folders.has(path) || path === folder,
      getDirectories: () => [],
    });
  }

  /** What TypeScript finds wrong in the last of `cells`. */
  check(cells: readonly string[]): CellFault[] {
    const file = this.#take(cells);
    const length = cells.at(-1)!.length;
    const found = [...this.#service.getSyntacticDiagnostics(file), ...this.#service.getSemanticDiagnostics(file)];
    return found
      .filter(({ start, category }) => (start ?? 0) <= length && category === ts.DiagnosticCategory.Error)
      .map(({ start = 0, length = 1, messageText }) => ({
        start,
        end: start + length,
        message: ts.flattenDiagnosticMessageText(messageText, "\n"),
      }));
  }

  /** The type of the name at `position` of the last of `cells`; undefined where there is none. */
  typeAt(cells: readonly string[], position: number): HoverType | undefined {
    const type = typeAt(this.#service, this.#take(cells), position);
    // The name of a module, too, has something like a type: where it lies.
    const isName = type && /^[\p{ID_Start}$_]/u.test(cells.at(-1)!.slice(type.start));
    return isName ? type : undefined;
  }

  /** Makes modules of the cells; gives the file of the last. */
  #take(cells: readonly string[]): string {
    const known = new Map<string, { cell: number; assignable: boolean }>();
    this.#count = cells.length;
    for (const [cell, source] of cells.entries()) {
      const own = declaredIn(source);
      this.#write(cellFile(cell), moduleOf(source, own, known));
      for (const [name, assignable] of own) known.set(name, { cell, assignable });
    }
    return cellFile(cells.length - 1);
  }

  #write(path: string, text: string): void {
    const before = this.#files.get(path);
    if (before?.text !== text) this.#files.set(path, { text, version: (before?.version ?? 0) + 1 });
  }
}

/** The names that a cell declares at its top level; `true` for those that a later cell may assign to. */
function declaredIn(source: string): Map<string, boolean> {
  const names = new Map<string, boolean>();
  const bind = (name: ts.BindingName, assignable: boolean): void => {
    if (ts.isIdentifier(name)) names.set(name.text, assignable);
    else for (const each of name.elements) if (!ts.isOmittedExpression(each)) bind(each.name, assignable);
  };
  for (const node of ts.createSourceFile("cell.ts", withoutMagics(source), ts.ScriptTarget.ESNext).statements) {
    if (ts.isVariableStatement(node)) {
      const { flags, declarations } = node.declarationList;
      for (const { name } of declarations) bind(name, (flags & ts.NodeFlags.Const) === 0);
    } else if (ts.isImportDeclaration(node)) {
      const { name, namedBindings } = node.importClause ?? {};
      if (name) names.set(name.text, false);
      if (namedBindings && ts.isNamespaceImport(namedBindings)) names.set(namedBindings.name.text, false);
      else for (const each of namedBindings?.elements ?? []) names.set(each.name.text, false);
    } else if (
      (ts.isFunctionDeclaration(node) ||
        ts.isClassDeclaration(node) ||
        ts.isInterfaceDeclaration(node) ||
        ts.isTypeAliasDeclaration(node) ||
        ts.isEnumDeclaration(node)) &&
      node.name
    ) {
      names.set(node.name.text, false);
    }
  }
  return names;
}

const withoutMagics = (source: string) => source.replace(/^%./gm, "//");

/** A cell as a module. What it imports stands behind it, so that all places stay. */
function moduleOf(
  source: string,
  own: ReadonlyMap<string, boolean>,
  known: ReadonlyMap<string, { cell: number; assignable: boolean }>,
): string {
  const words = new Set(source.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu));
  const used = [...known].filter(([name]) => words.has(name) && !own.has(name));
  const lines = used.map(([name, { cell, assignable }]) => {
    const from = JSON.stringify(`./cell_${cell}`);
    return assignable
      ? `import { ${name} as __${name} } from ${from}; declare namespace __types { type ${name} = typeof __${name} } declare let ${name}: __types.${name};`
      : `import { ${name} } from ${from};`;
  });
  return `${withoutMagics(source)}\n;${lines.join(" ")} export { ${[...own.keys()].join(", ")} };`;
}
