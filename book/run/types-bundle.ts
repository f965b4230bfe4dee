/** The declarations that the type checker of a page needs: of TypeScript, of Node, of the library and of what it stands on. */
import { dirname } from "node:path";
import { globals } from "gradbook-kernel/language/globals";
import ts from "typescript-6";
import { typeOptions } from "./type-options.js";

/** Everything that a chapter imports. */
const imports = ["gradbook", "gradbook/danfo", "node:fs", "node:os", "node:path"];

/** Texts by paths, those of the repository from `/` on; `root` is the repository. */
export function typesBundle(root: string): Record<string, string> {
  const base = root.replaceAll("\\", "/").replace(/\/$/, "");
  const entry = `${base}/__page.ts`;
  const text = `${imports.map((name) => `import ${JSON.stringify(name)};`).join("\n")}\nexport {};\n`;
  const host = ts.createCompilerHost(typeOptions);
  const read = new Map<string, string>();
  const readFile = (path: string): string | undefined => {
    const content = path === entry ? text : ts.sys.readFile(path);
    if (content !== undefined) read.set(path, content);
    return content;
  };
  const program = ts.createProgram([entry], typeOptions, {
    ...host,
    readFile,
    fileExists: (path) => path === entry || ts.sys.fileExists(path),
    getSourceFile: (path, version) => {
      const content = readFile(path);
      return content === undefined ? undefined : ts.createSourceFile(path, content, version);
    },
  });
  const missing = program.getSemanticDiagnostics(program.getSourceFile(entry));
  if (missing.length > 0) throw new Error(ts.flattenDiagnosticMessageText(missing[0]!.messageText, "\n"));
  const lib = dirname(ts.getDefaultLibFilePath(typeOptions)).replaceAll("\\", "/");
  const files = [...read].flatMap(([path, content]): [string, string][] => {
    if (path.startsWith(`${lib}/`)) return [[`/lib${path.slice(lib.length)}`, content]];
    return path.startsWith(`${base}/`) && path !== entry ? [[path.slice(base.length), content]] : [];
  });
  return { ...Object.fromEntries(files), "/notebook/globals.d.ts": globals };
}
