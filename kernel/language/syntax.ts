/**
 * What a cell declares, found by parsing it (oxc). The checker carries these names to later cells, and a cell that does
 * not parse is reported from here, at its own position.
 */
import {
  type BindingPattern,
  type Declaration,
  type ExportDefaultDeclarationKind,
  type ParseResult,
  type Program,
  parseSync,
  type Statement,
  type TSModuleDeclaration,
  type TSTypeName,
  type VariableDeclaration,
  Visitor,
} from "oxc-parser";
import { isToBeLowered, type Lang } from "./lower.js";
import { isUnchecked } from "./notebook-kind.js";

/** A fault in a cell, or in the `file` that it imports: `start` counts UTF-16 units of the text from 0. */
export interface Fault {
  start: number;
  message: string;
  /** TypeScript's number, if any. */
  code?: number;
  file?: { name: string; text: string };
}

/** A parsed cell. */
export interface Cell {
  /** The code as it is checked and run: the cell's own, in parentheses when the cell is one object literal. */
  code: string;
  /** How many characters precede the cell's own text in `code`: 0 or 1. */
  shift: number;
  lang: Lang;
  /** Whether it has more than types that not every Node runs; see `lower.ts`. */
  isLowered: boolean;
  /** Names the cell declares at its top level; `true` for those a later cell may assign to (`let` and `var`). */
  names: Map<string, boolean>;
  /** Those of `names` the cell exports itself. */
  exported: Set<string>;
  /** Those of `names` that begin as `[]`: what they hold is known at the cell's end. */
  evolving: Set<string>;
  /** What the cell imports from. */
  imports: string[];
  /** Its import statements that could stand anywhere else in it. */
  movable: MovableImport[];
  /** Whether it ends with an expression, without `;` behind it: only that is shown. */
  hasValue: boolean;
  /** Whether it begins with `// @ts-nocheck`. */
  isUnchecked: boolean;
}

/** An import statement that only gives names. */
export interface MovableImport {
  specifier: string;
  /** Where it stands in the code. */
  start: number;
  end: number;
  /** The name for the whole module. */
  namespace?: string;
  /** The other names, as in braces: `a as b`. */
  members: string[];
}

/** Parses TypeScript or JavaScript as a module, in which `await` is allowed at the top level. */
export function parse(code: string, lang: Lang | "js" = "ts"): ParseResult {
  return parseSync(`cell.${lang}`, code, { lang, sourceType: "module" });
}

/**
 * Parses a cell. One that reads as an object literal, `{ a: 1 }`, is taken for the object and not for a block, as at
 * Node's and Deno's prompt; with a `;` behind it, it is a block.
 */
export function parseCell(text: string): Cell | { faults: Fault[] } {
  const isObject = /^\{.*\S.*\}$/s.test(text.trim()) && parse(`(${text})`).errors.length === 0;
  const code = isObject ? `(${text})` : text;
  const plain = parse(code);
  // `<T>x` is TypeScript's oldest cast without JSX, and an element with it.
  const withJsx = plain.errors.length > 0 && code.includes("<") ? parse(code, "tsx") : plain;
  const parsed = withJsx.errors.length === 0 ? withJsx : plain;
  const lang = parsed === plain ? "ts" : "tsx";
  const { program, errors } = parsed;
  if (errors.length > 0) {
    return { faults: errors.map(({ message, labels }) => ({ start: labels[0]?.start ?? 0, message })) };
  }
  return {
    code,
    shift: isObject ? 1 : 0,
    lang,
    isLowered: isToBeLowered(code, program, lang),
    names: declaredNames(program),
    exported: exportedNames(program),
    evolving: evolvingNames(program),
    imports: importsOf(parsed),
    movable: movableImports(program, code),
    hasValue: endsWithValue(program, code),
    isUnchecked: isUnchecked(code),
  };
}

function movableImports({ body }: Program, code: string): MovableImport[] {
  return body.flatMap((node) => {
    if (node.type !== "ImportDeclaration" || node.importKind === "type") return [];
    const { source, specifiers, attributes, start, end } = node;
    if (specifiers.length === 0 || attributes.length > 0) return [];
    const namespace = specifiers.find(({ type }) => type === "ImportNamespaceSpecifier")?.local.name;
    const members = specifiers.flatMap(({ type, ...at }) => {
      if (type === "ImportNamespaceSpecifier") return [];
      const text = code.slice(at.start, at.end);
      return [type === "ImportDefaultSpecifier" ? `default as ${text}` : text];
    });
    return [{ specifier: source.value, start, end, members, ...(namespace !== undefined && { namespace }) }];
  });
}

/** The end of a timing (`magics.ts`), which comes with a `;` of its own before it: not the user's. */
export const timingEnd = "{ const _ = __lap }";

function endsWithValue({ body }: Program, code: string): boolean {
  const text = ({ start, end }: Statement) => code.slice(start, end);
  const isTimed = body.length > 0 && text(body.at(-1)!) === timingEnd;
  const last = body.at(isTimed ? -2 : -1);
  return last?.type === "ExpressionStatement" && (isTimed || !text(last).endsWith(";"));
}

/** What a module imports from, by `import`, `export … from` and `import("…")`. */
export function importsOf({ module, program }: ParseResult): string[] {
  const found = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
    ),
  ];
  if (module.dynamicImports.length > 0) {
    new Visitor({
      ImportExpression({ source }) {
        if (source.type === "Literal" && typeof source.value === "string") found.push(source.value);
      },
    }).visit(program);
  }
  return found;
}

/** Whether `text` could run as it is (`complete`), wants more lines (`incomplete`), or can never run (`invalid`). */
export function completeness(text: string): "complete" | "incomplete" | "invalid" {
  const parsed = (["ts", "tsx"] as const).map((lang) => parse(text, lang).errors);
  if (parsed.some((errors) => errors.length === 0)) return "complete";
  const end = text.trimEnd().length;
  const wantsMore = parsed[0]!.some(
    ({ message, labels }) => /unterminated/i.test(message) || labels.some(({ start }) => start >= end),
  );
  return wantsMore ? "incomplete" : "invalid";
}

/** Every word of `code` that could be a name, those in strings and comments too. */
export function words(code: string): Set<string> {
  return new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu));
}

/** The names a pattern binds: `a` and `b` of `{ a, x: [b] }`. */
export function boundNames(pattern: BindingPattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "AssignmentPattern":
      return boundNames(pattern.left);
    case "ArrayPattern":
      return pattern.elements.flatMap((element) =>
        element ? boundNames(element.type === "RestElement" ? element.argument : element) : [],
      );
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        boundNames(property.type === "RestElement" ? property.argument : property.value),
      );
  }
}

/** All `var` declarations that belong to the cell itself: those in its blocks and loops too, not those in functions. */
export function varDeclarations(program: Program): VariableDeclaration[] {
  const found: VariableDeclaration[] = [];
  let depth = 0;
  const enter = () => {
    depth += 1;
  };
  const leave = () => {
    depth -= 1;
  };
  new Visitor({
    FunctionDeclaration: enter,
    "FunctionDeclaration:exit": leave,
    FunctionExpression: enter,
    "FunctionExpression:exit": leave,
    ArrowFunctionExpression: enter,
    "ArrowFunctionExpression:exit": leave,
    StaticBlock: enter,
    "StaticBlock:exit": leave,
    TSModuleBlock: enter,
    "TSModuleBlock:exit": leave,
    VariableDeclaration(node) {
      if (depth === 0 && node.kind === "var") found.push(node);
    },
  }).visit(program);
  return found;
}

/** The names declared by one variable declaration. */
export function variableNames({ declarations }: VariableDeclaration): string[] {
  return declarations.flatMap(({ id }) => boundNames(id));
}

/** The statement of a cell's `code` that declares `name`, imports excepted, with the comment before it. */
export function declarationIn(code: string, name: string): string | undefined {
  const { program, comments } = parse(code, code.includes("<") && parse(code).errors.length > 0 ? "tsx" : "ts");
  const statement = program.body.find((each) => {
    const node = declarationOf(each);
    return node && node.type !== "ImportDeclaration" && namesOf(node).includes(name);
  });
  if (!statement) return undefined;
  const comment = comments.find(({ end }) => end <= statement.start && code.slice(end, statement.start).trim() === "");
  return code.slice(comment?.start ?? statement.start, statement.end);
}

function declaredNames(program: Program): Cell["names"] {
  const names = new Map<string, boolean>();
  for (const name of varDeclarations(program).flatMap(variableNames)) names.set(name, true);
  for (const statement of program.body) {
    const node = declarationOf(statement);
    if (!node || (node.type === "VariableDeclaration" && node.kind === "var")) continue;
    const isLet = node.type === "VariableDeclaration" && node.kind === "let";
    // A name that is a type as well (`let A; type A`) has to be imported by later cells, to keep both its meanings.
    for (const name of namesOf(node)) names.set(name, isLet && !names.has(name));
  }
  return names;
}

function exportedNames({ body }: Program): Set<string> {
  const exports = body.filter((statement) => statement.type === "ExportNamedDeclaration");
  return new Set(
    exports.flatMap(({ declaration, specifiers }) => [
      ...(declaration ? namesOf(declaration) : []),
      ...specifiers.map(({ exported }) => (exported.type === "Literal" ? exported.value : exported.name)),
    ]),
  );
}

function evolvingNames({ body }: Program): Set<string> {
  const all = body.flatMap((node) => (node.type === "VariableDeclaration" ? node.declarations : []));
  const evolving = all.filter(({ init }) => init?.type === "ArrayExpression" && init.elements.length === 0);
  return new Set(evolving.flatMap(({ id }) => (id.type === "Identifier" && !id.typeAnnotation ? [id.name] : [])));
}

function declarationOf(statement: Statement): Statement | Declaration | ExportDefaultDeclarationKind | null {
  const isExport = statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration";
  return isExport ? statement.declaration : statement;
}

function namesOf(node: Statement | Declaration | ExportDefaultDeclarationKind): string[] {
  switch (node.type) {
    case "ImportDeclaration":
      return node.specifiers.map(({ local }) => local.name);
    case "VariableDeclaration":
      return variableNames(node);
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "ClassDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSEnumDeclaration":
    case "TSModuleDeclaration":
    case "TSImportEqualsDeclaration":
      return node.id ? [firstName(node.id)].filter((name) => name !== "global") : [];
    default:
      return [];
  }
}

/** `A` of `namespace A.B`; `global` of `declare global`, which declares for all cells anyway. */
function firstName(id: TSModuleDeclaration["id"] | TSTypeName): string {
  if (id.type === "TSQualifiedName") return firstName(id.left);
  return id.type === "Identifier" ? id.name : "global";
}
