/**
 * Imports: where the text of a module leads, by every way that Node has: `import`, `export … from`, `import("…")`,
 * `require("…")`, `import.meta.resolve("…")`, `new URL("…", import.meta.url)`. Names that only a run can tell are noted.
 */
import { type Expression, type ParserOptions, parseSync, Visitor } from "oxc-parser";

/** One way out of a module; `require` finds files otherwise than `import` does, and a URL may also mean data. */
export interface Import {
  specifier: string;
  by: "import" | "require" | "url";
}

/** Where a module leads. */
export interface Imports {
  found: Import[];
  /** What cannot be followed, with its line: "line 3: import(name)". */
  unknown: string[];
  /** Whether its text says that it is an ES module. */
  isModule: boolean;
}

/** The imports in `text`, the content of `file` (TypeScript or JavaScript); those of types alone are left out. */
export function importsIn(file: string, text: string): Imports {
  const lang = /ts$/.test(file) ? "ts" : "js";
  const sourceType: ParserOptions["sourceType"] = /\.cjs$/.test(file)
    ? "commonjs"
    : /\.(m[jt]s|ts)$/.test(file)
      ? "module"
      : "unambiguous";
  const { program, module, errors } = parseSync(file, text, { lang, sourceType });
  const found: Import[] = [];
  const unknown: string[] = errors.slice(0, 1).map(({ message }) => `it cannot be parsed: ${message}`);
  /** Calls of other functions by a name: one of the names may turn out to be a `require`. */
  const calls: [name: string, call: Call][] = [];
  const requires = new Set(["require"]);
  const take = (by: Import["by"], whole: { start: number; end: number }, name: Expression | undefined) => {
    const known = name && literal(name);
    if (known) return found.push({ by: known.isUrl ? "url" : by, specifier: known.text });
    const line = text.slice(0, whole.start).split("\n").length;
    return unknown.push(`line ${line}: ${text.slice(whole.start, whole.end).slice(0, 60)}`);
  };
  const from = (node: { source: { value: string } | null }, kind?: string | null) => {
    if (node.source && kind !== "type") found.push({ by: "import", specifier: node.source.value });
  };
  new Visitor({
    ImportDeclaration: (node) => from(node, node.importKind),
    ExportNamedDeclaration: (node) => from(node, node.exportKind),
    ExportAllDeclaration: (node) => from(node, node.exportKind),
    TSImportEqualsDeclaration({ moduleReference: { type, ...reference }, importKind }) {
      if (type !== "TSExternalModuleReference" || importKind === "type") return;
      found.push({ by: "require", specifier: (reference as { expression: { value: string } }).expression.value });
    },
    ImportExpression: (node) => void take("import", node, node.source),
    NewExpression(node) {
      const url = literal(node);
      if (url) found.push({ by: "url", specifier: url.text });
    },
    VariableDeclarator({ id, init }) {
      const made = init?.type === "CallExpression" ? nameOf(init.callee) : "";
      if (id.type === "Identifier" && /^(\w+\.)?createRequire$/.test(made)) requires.add(id.name);
    },
    CallExpression(node) {
      const name = nameOf(node.callee);
      const [first] = node.arguments;
      const call = { whole: node, first: first?.type === "SpreadElement" ? undefined : first };
      if (name === "import.meta.resolve") take("import", node, call.first);
      else if (name !== "") calls.push([name.replace(/\.resolve$/, ""), call]);
    },
  }).visit(program);
  for (const [name, { whole, first }] of calls) if (requires.has(name)) take("require", whole, first);
  return { found, unknown, isModule: module.hasModuleSyntax };
}

interface Call {
  whole: { start: number; end: number };
  first: Expression | undefined;
}

/** `a`, `a.b` or `import.meta.b` as it is written; "" for anything else. */
function nameOf(callee: Expression): string {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type === "MetaProperty") return `${callee.meta.name}.${callee.property.name}`;
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier" || callee.computed) return "";
  const object = nameOf(callee.object);
  return object === "" ? "" : `${object}.${callee.property.name}`;
}

/** The name that an expression stands for whatever happens: a text, or a URL made from a text and this module's own. */
function literal(name: Expression): { text: string; isUrl: boolean } | undefined {
  if (name.type === "Literal" && typeof name.value === "string") return { text: name.value, isUrl: false };
  if (name.type === "TemplateLiteral" && name.expressions.length === 0) {
    return { text: name.quasis[0]!.value.cooked ?? "", isUrl: false };
  }
  if (name.type === "MemberExpression" && !name.computed && name.property.name === "href") return literal(name.object);
  if (name.type === "CallExpression" && /^(require|import\.meta)\.resolve$/.test(nameOf(name.callee))) {
    const [first] = name.arguments;
    return first && first.type !== "SpreadElement" ? literal(first) : undefined;
  }
  if (name.type !== "NewExpression" || nameOf(name.callee) !== "URL") return undefined;
  const [text, base] = name.arguments;
  if (!text || !base || text.type === "SpreadElement" || base.type === "SpreadElement") return undefined;
  const given = literal(text);
  return given && nameOf(base) === "import.meta.url" ? { text: given.text, isUrl: true } : undefined;
}
