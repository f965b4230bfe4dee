/**
 * The types a reader sees on hovering over a name: asked of TypeScript's language service, a chapter's cells joined to one
 * module. (It is the service of TypeScript 6; the compiler used elsewhere has no such interface for JavaScript.)
 */
import { join } from "node:path";
import ts from "typescript-6";
import { type HoverType, typeAt } from "./run/hover-type.js";
import { typeOptions } from "./run/type-options.js";

const separator = "\n;\n";

/**
 * For each notebook the hover types of each of its code cells.
 *
 * @param notebooks sources of the code cells, by the notebook's name
 * @param folder where the notebooks' imports are looked for
 */
export function hoverTypes(
  notebooks: ReadonlyMap<string, readonly string[]>,
  folder: string,
): Map<string, HoverType[][]> {
  const texts = new Map([...notebooks].map(([name, cells]) => [join(folder, `${name}.ts`), module(cells)]));
  const service = ts.createLanguageService(host(texts, folder));
  const types = [...notebooks].map(([name, cells]) => {
    const file = join(folder, `${name}.ts`);
    let end = 0;
    const all = typesIn(service, file);
    return [
      name,
      cells.map((cell) => {
        const start = end;
        end += cell.length + separator.length;
        return all
          .filter((type) => type.start >= start && type.end <= start + cell.length)
          .map((type) => ({ ...type, start: type.start - start, end: type.end - start }));
      }),
    ] as const;
  });
  service.dispose();
  return new Map(types);
}

/** One module of all cells; a line that is a magic becomes a comment of the same length. */
const module = (cells: readonly string[]): string =>
  [...cells.map((cell) => cell.replace(/^%./gm, "//")), "export {};"].join(separator);

function host(texts: ReadonlyMap<string, string>, folder: string): ts.LanguageServiceHost {
  return {
    getScriptFileNames: () => [...texts.keys()],
    getScriptVersion: () => "1",
    getScriptSnapshot: (file) => {
      const text = texts.get(file) ?? ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => typeOptions,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => texts.has(file) || ts.sys.fileExists(file),
    readFile: (file) => texts.get(file) ?? ts.sys.readFile(file),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath,
  };
}

/** The type of every name in `file`, in the order of the text. */
function typesIn(service: ts.LanguageService, file: string): HoverType[] {
  const source = service.getProgram()?.getSourceFile(file);
  if (!source) throw new Error(`Expected TypeScript to read ${file}, received nothing.`);
  const found: HoverType[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const type = typeAt(service, file, node.getStart(source));
      if (type) found.push(type);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
