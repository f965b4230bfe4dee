/**
 * Turns a checked cell into JavaScript that V8's REPL mode runs: types stripped (swc; esbuild where there is more than types),
 * imports and exports rewritten.
 *
 * V8 refuses a name that one cell declares by `let` and another by `const`, `var` or `function`. So every declaration
 * becomes a `let`, which may be repeated from cell to cell; TypeScript has already refused to assign to a constant.
 * Static imports become awaited dynamic ones. Behind every `await`, and where it catches, the cell asks whether it was interrupted.
 * Source maps lead every position back to the cell's own.
 */
import MagicString from "magic-string";
import {
  type Expression,
  type ImportDeclaration,
  type ImportDeclarationSpecifier,
  type Statement,
  Visitor,
} from "oxc-parser";
import type { Lang } from "./lower.js";
import { lower } from "./lower.js";
import { type Emitted, stripTypes } from "./strip.js";
import { parse, varDeclarations, variableNames, words } from "./syntax.js";
import type { TsOptions } from "./tsconfig.js";

/** The global function by which a cell imports; `../interpreter/loader.ts` defines it, with `meta` for `import.meta`. */
const importer = "__import";

/** The global function that hands on a value, unless the cell was interrupted; `../interpreter/interrupt.ts` defines it. */
const unlessInterrupted = "__unlessInterrupted";

/** What stands for `Deno` in cells, and only there; `../interpreter/deno.ts` defines it. */
const deno = "__deno";

/** `f<T>(x)` is JavaScript as well, and means something else there. */
const mayHaveTypeArguments = /<.*[^=]>/s;

/** What `emit` has to know of a cell besides its code; see `Cell`. */
interface EmitOptions {
  /** Default: true. */
  hasValue?: boolean;
  /** How to translate what is more than types. Default: there is no such thing. */
  lowered?: { lang: Lang; options: TsOptions } | undefined;
}

/**
 * JavaScript for `code`, called `name` in stack traces; its value is that of the last statement, or none without `hasValue`.
 * @throws SyntaxError for what cannot be translated.
 */
export function emit(code: string, name: string, { hasValue = true, lowered }: EmitOptions = {}): Emitted {
  const own = lowered || mayHaveTypeArguments.test(code) ? undefined : parse(code, "js");
  // What strips types takes 16 MB, and a moment to load: not for a cell that has none.
  const isJavaScript = own?.errors.length === 0;
  const stripped = lowered
    ? lower(code, name, lowered.lang, lowered.options)
    : isJavaScript
      ? { js: code, maps: [] }
      : stripTypes(code, name);
  const { program, errors } = isJavaScript ? own : parse(stripped.js, "js");
  if (errors[0]) throw new SyntaxError(errors[0].message);
  const text = new MagicString(stripped.js);

  // Where the cell says how it is started, which only the very first characters of a script may.
  if (stripped.js.startsWith("#!")) text.update(0, 2, "//");
  const standIn = (node: Expression | null) => {
    if (node?.type === "Identifier" && node.name === "Deno") text.update(node.start, node.end, deno);
  };
  const loopHeads = new Set<unknown>();
  new Visitor({
    ImportExpression: ({ start }) => void text.update(start, start + "import".length, importer),
    MetaProperty: ({ start, end, meta }) =>
      void (meta.name === "import" && text.update(start, end, `${importer}.meta`)),
    MemberExpression: ({ object }) => standIn(object),
    VariableDeclarator: ({ init }) => standIn(init),
    ForStatement: ({ init }) => void loopHeads.add(init),
    ForInStatement: ({ left }) => void loopHeads.add(left),
    ForOfStatement({ left, body, await: isAwaited }) {
      loopHeads.add(left);
      if (isAwaited) text.appendRight(body.start, `{ ${unlessInterrupted}(); `).appendLeft(body.end, " }");
    },
    CatchClause: ({ body }) => void text.appendRight(body.start + 1, ` ${unlessInterrupted}();`),
    AwaitExpression: ({ start, end }) => void text.appendRight(start, `${unlessInterrupted}(`).appendLeft(end, ")"),
  }).visit(program);

  const vars = varDeclarations(program);
  for (const node of vars) {
    const { start, end } = node;
    const [first, last] = [node.declarations[0]!, node.declarations.at(-1)!];
    if (loopHeads.has(node)) text.remove(start, first.start);
    else if (node.declarations.every(({ init }) => init === null)) text.remove(start, last.end);
    else text.update(start, first.start, "void (").appendLeft(last.end, ")");
    if (end === last.end && !loopHeads.has(node)) text.appendLeft(end, ";");
  }
  for (const statement of program.body) editStatement(text, statement, stripped.js);

  const names = [...new Set(vars.flatMap(variableNames))];
  text.prepend(`"use strict";void 0;${names.length > 0 ? `let ${names};` : ""}`);
  text.append(`${hasValue ? "" : "\n;void 0;"}\n//# sourceURL=${name}`);
  const map = text.generateMap({ hires: "boundary", source: name }).toString();
  return { js: text.toString(), maps: [map, ...stripped.maps] };
}

function editStatement(text: MagicString, statement: Statement, js: string): void {
  const { start, end } = statement;
  switch (statement.type) {
    case "ImportDeclaration":
      text.update(start, end, importStatement(statement, js));
      break;
    case "ExportAllDeclaration":
      text.update(start, end, `void await ${importer}(${statement.source.raw});`);
      break;
    case "ExportNamedDeclaration":
      if (statement.source) text.update(start, end, `void await ${importer}(${statement.source.raw});`);
      else if (!statement.declaration) text.update(start, end, ";");
      else {
        text.remove(start, statement.declaration.start);
        editStatement(text, statement.declaration, js);
      }
      break;
    case "ExportDefaultDeclaration": {
      const { declaration } = statement;
      if ("id" in declaration && declaration.id) {
        text.remove(start, declaration.start);
        editStatement(text, declaration as Statement, js);
      } else text.update(start, declaration.start, ";(").appendLeft(declaration.end, ")");
      break;
    }
    case "VariableDeclaration":
      if (statement.kind === "const") text.update(start, start + "const".length, "let");
      break;
    case "FunctionDeclaration": {
      const { name } = statement.id!;
      text.prependRight(start, `let ${name} = `).appendLeft(end, ";");
      // Used above its declaration, it has to be there first.
      if (words(js.slice(0, start)).has(name)) text.move(start, end, 0);
      break;
    }
  }
}

/**
 * `import d, { a as b } from "x"` as `let { default: d, a: b } = await __import("x", {}, { default: "d", a: "b" })`: the importer
 * looks whether the names are there.
 */
function importStatement({ specifiers, source, attributes }: ImportDeclaration, js: string): string {
  const options = attributes.map(({ start, end }) => js.slice(start, end));
  const all = specifiers.find(({ type }) => type === "ImportNamespaceSpecifier");
  const members = specifiers.filter((specifier) => specifier !== all);
  const pattern = memberPattern(members);
  const more = [
    ...(options.length > 0 ? [`{ with: { ${options} } }`] : members.length > 0 ? ["{}"] : []),
    ...(members.length > 0 ? [memberPattern(members, JSON.stringify)] : []),
  ];
  const call = `await ${importer}(${[source.raw, ...more].join(", ")})`;
  if (all) return `let ${all.local.name} = ${call}${members.length > 0 ? `, ${pattern} = ${all.local.name}` : ""};`;
  return specifiers.length > 0 ? `let ${pattern} = ${call};` : `void ${call};`;
}

/** `d, { a as b }` as a pattern for the whole module: `{ default: d, a: b }`, each own name as `write` has it. */
export function memberPattern(
  specifiers: readonly ImportDeclarationSpecifier[],
  write = (name: string) => name,
): string {
  const members = specifiers.map((specifier) => {
    const name = write(specifier.local.name);
    if (specifier.type !== "ImportSpecifier") return `default: ${name}`;
    const { imported } = specifier;
    return `${imported.type === "Literal" ? imported.raw : imported.name}: ${name}`;
  });
  return `{ ${members.join(", ")} }`;
}
