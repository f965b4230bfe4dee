/** How TypeScript reads a chapter's cells, for its types on hovering, in the checker of a page and for what that checker needs: as the kernel does. */
import ts from "typescript-6";

export const typeOptions: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.d.ts"],
  types: ["node"],
  skipLibCheck: true,
  noEmit: true,
};
