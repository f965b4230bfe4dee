/** The kernel's parser, oxc, as far as the kernel's translation asks for it: in a page acorn parses, behind TypeScript. */
import { type Node, type Program, parse } from "acorn";
import { blankTypes, stripTypes, syntaxFaults } from "./strip.js";

type Visits = Record<string, (node: Node) => void>;

/** As oxc's: JavaScript, or TypeScript without what are only types. */
export function parseSync(_file: string, code: string, { lang }: { lang: string }) {
  const comments: Node[] = [];
  let program: Program | undefined;
  let errors: { message: string; labels: { start: number }[] }[] = [];
  const asJs = () => (lang === "js" ? code : (blankTypes(code) ?? stripTypes(code, "cell.ts").js));
  try {
    if (lang !== "js") errors = syntaxFaults(code).map(({ start, message }) => ({ message, labels: [{ start }] }));
    program = parse(errors.length > 0 ? "" : asJs(), {
      ecmaVersion: "latest",
      sourceType: "module",
      onComment: (_isBlock, _text, start, end) => void comments.push({ type: "Comment", start, end }),
    });
  } catch (error) {
    const { message, pos = 0 } = error as { message: string; pos?: number };
    errors = [{ message: message.replace(/ \(\d+:\d+\)$/, ""), labels: [{ start: pos }] }];
  }
  const body = program?.body ?? [];
  const requests = body.flatMap((node) =>
    "source" in node && node.source ? [{ type: node.type, moduleRequest: { value: String(node.source.value) } }] : [],
  );
  const of = (isImport: boolean) => requests.filter(({ type }) => (type === "ImportDeclaration") === isImport);
  return {
    program: program ?? { type: "Program", body: [], start: 0, end: 0 },
    errors,
    comments,
    module: {
      staticImports: of(true),
      staticExports: of(false).map((entry) => ({ entries: [entry] })),
      dynamicImports: /\bimport\s*\(/.test(code) ? [0] : [],
    },
  };
}

/** As oxc's: calls a function for each node of its type, and one named `TYPE:exit` when it is left. */
export class Visitor {
  readonly #visits: Visits;

  constructor(visits: Visits) {
    this.#visits = visits;
  }

  visit(node: Node): void {
    this.#visits[node.type]?.(node);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child?.type === "string") this.visit(child as Node);
      }
    }
    this.#visits[`${node.type}:exit`]?.(node);
  }
}
