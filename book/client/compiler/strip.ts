/** TypeScript to JavaScript in a page: TypeScript itself finds the types, which are blanked out. In the place of the kernel's `strip.ts`. */
import blank from "ts-blank-space";
import ts from "typescript-6";

const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };

/** The code without its types, every position kept; undefined where there is more than types, such as an enum. */
export function blankTypes(code: string): string | undefined {
  let isMore = false;
  const js = blank(code, () => {
    isMore = true;
  });
  return isMore ? undefined : js;
}

/** As the kernel's: JavaScript, and source maps. */
export function stripTypes(code: string, name: string): { js: string; maps: string[] } {
  const blanked = blankTypes(code);
  if (blanked !== undefined) return { js: blanked, maps: [] };
  const compilerOptions = { ...options, sourceMap: true };
  const { outputText, sourceMapText } = ts.transpileModule(code, { compilerOptions, fileName: name });
  return { js: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"), maps: [sourceMapText!] };
}

/** What is no TypeScript at all. */
export function syntaxFaults(code: string): { start: number; message: string }[] {
  const { diagnostics = [] } = ts.transpileModule(code, { compilerOptions: options, reportDiagnostics: true });
  return diagnostics.map(({ start = 0, messageText }) => ({
    start,
    message: ts.flattenDiagnosticMessageText(messageText, " "),
  }));
}
