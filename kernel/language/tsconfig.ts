/**
 * The reader's own `tsconfig.json`: the nearest in the notebook's folder or above. A notebook takes from it what says how code is
 * to be understood: strictness, `paths`, JSX, decorators, `lib` and `types`. How a project is built is none of a notebook's
 * business, and what only keeps it tidy (`noUnusedLocals`) would be in the way of trying.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { type Expression, parseSync } from "oxc-parser";
import type { Library } from "../library.js";

/** What a notebook takes of it, by TypeScript's names. */
export interface TsOptions {
  /** Strictness flags, as they stand there. */
  strictness: { [flag: string]: boolean };
  jsx: "react" | "react-jsx" | "react-jsxdev";
  jsxFactory?: string;
  jsxFragmentFactory?: string;
  jsxImportSource?: string;
  experimentalDecorators: boolean;
  emitDecoratorMetadata: boolean;
  useDefineForClassFields: boolean;
  /** Parts of TypeScript's library besides those of the language, such as `dom`. */
  lib: string[];
  types: string[];
  /** Folders of such types; empty where TypeScript is to look. */
  typeRoots: string[];
  /** With absolute paths. */
  paths: { [pattern: string]: string[] };
}

const strictnessFlags = [
  "strict",
  "alwaysStrict",
  "exactOptionalPropertyTypes",
  "noImplicitAny",
  "noImplicitThis",
  "noUncheckedIndexedAccess",
  "strictBindCallApply",
  "strictBuiltinIteratorReturn",
  "strictFunctionTypes",
  "strictNullChecks",
  "strictPropertyInitialization",
  "useUnknownInCatchVariables",
];

type Json = { [name: string]: unknown };

/** What a notebook in `folder` takes; with the `problem` of a file that cannot be read, in whose place are the defaults. */
export function tsconfigFor(folder: string, library?: Library): { options: TsOptions; problem?: string } {
  const file = findTsconfig(folder, library);
  try {
    return { options: pick(file === undefined ? {} : mergedOptions(file)) };
  } catch (error) {
    return { options: pick({}), problem: `The tsconfig.json is left out. ${(error as Error).message}` };
  }
}

/** The file that counts; none where the nearest is that of `library`, as in a clone of it. */
function findTsconfig(folder: string, library?: Library): string | undefined {
  for (let place = resolve(folder); ; place = dirname(place)) {
    const file = join(place, "tsconfig.json");
    if (existsSync(file)) return library !== undefined && resolve(library.folder) === place ? undefined : file;
    if (dirname(place) === place) return undefined;
  }
}

function pick(options: Json): TsOptions {
  const texts = (name: string) => (Array.isArray(options[name]) ? options[name].map(String) : []);
  const text = (name: "jsxFactory" | "jsxFragmentFactory" | "jsxImportSource") =>
    typeof options[name] === "string" ? { [name]: options[name] } : {};
  return {
    strictness: Object.fromEntries(
      strictnessFlags.flatMap((flag) => (typeof options[flag] === "boolean" ? [[flag, options[flag]]] : [])),
    ),
    jsx: jsxOf(options.jsx),
    ...text("jsxFactory"),
    ...text("jsxFragmentFactory"),
    ...text("jsxImportSource"),
    experimentalDecorators: options.experimentalDecorators === true,
    emitDecoratorMetadata: options.emitDecoratorMetadata === true,
    useDefineForClassFields: options.useDefineForClassFields !== false,
    // The kernel brings the language's own along.
    lib: texts("lib").filter((name) => !/^(es|decorators)/i.test(name)),
    types: texts("types").filter((name) => name !== "node"),
    typeRoots: texts("typeRoots"),
    paths: (options.paths ?? {}) as TsOptions["paths"],
  };
}

/** A notebook has no bundler behind it, to which `preserve` would leave JSX. */
function jsxOf(jsx: unknown): TsOptions["jsx"] {
  switch (String(jsx).toLowerCase()) {
    case "react-jsx":
    case "preserve":
    case "react-native":
      return "react-jsx";
    case "react-jsxdev":
      return "react-jsxdev";
    default:
      return "react";
  }
}

/** The compiler options of `file`, with those of the files it extends; paths are absolute. */
function mergedOptions(file: string, from: readonly string[] = []): Json {
  if (from.includes(file))
    throw new Error(`Expected files that extend each other in one direction, received ${file} twice.`);
  const folder = dirname(file);
  const config = readJsonc(file);
  const bases = [config.extends ?? []].flat().map(String);
  const own = Object(config.compilerOptions) as Json;
  const absolute: Json = {};
  if (own.paths !== undefined) {
    const base = resolve(folder, typeof own.baseUrl === "string" ? own.baseUrl : ".");
    const entries = Object.entries(own.paths as TsOptions["paths"]);
    absolute.paths = Object.fromEntries(
      entries.map(([pattern, places]) => [pattern, places.map((place) => resolve(base, place))]),
    );
  }
  if (Array.isArray(own.typeRoots)) absolute.typeRoots = own.typeRoots.map((root) => resolve(folder, String(root)));
  const inherited = bases.map((base) => mergedOptions(extended(base, file), [...from, file]));
  return Object.assign({}, ...inherited, own, absolute) as Json;
}

function extended(name: string, file: string): string {
  const isPath = /^\.{0,2}[\\/]|^\.\.?$|^[A-Za-z]:/.test(name);
  if (!isPath) {
    const { resolve: find } = createRequire(file);
    const tries = [name, `${name}.json`, `${name}/tsconfig.json`].filter((word) => /\.json$/.test(word));
    for (const word of tries) {
      try {
        return find(word);
      } catch {
        // Another way to write the same.
      }
    }
    throw new Error(`Expected a configuration to extend, received ${name} in ${file}: install that package.`);
  }
  const path = resolve(dirname(file), name);
  return existsSync(path) && /\.json$/.test(path) ? path : `${path}.json`;
}

/** JSON with comments and commas at the end of lists, as TypeScript reads it. */
function readJsonc(file: string): Json {
  const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  const { program, errors } = parseSync("tsconfig.js", `(${text || "{}"}\n)`, { lang: "js", sourceType: "module" });
  const [statement] = program.body;
  if (errors[0] || statement?.type !== "ExpressionStatement") {
    throw new Error(
      `Expected JSON in ${file}, received something else: ${errors[0]?.message ?? "more than one value"}.`,
    );
  }
  return Object(literal(statement.expression)) as Json;
}

function literal(node: Expression): unknown {
  switch (node.type) {
    case "ParenthesizedExpression":
      return literal(node.expression);
    case "Literal":
      return node.value;
    case "ArrayExpression":
      return node.elements.map((element) => (element && element.type !== "SpreadElement" ? literal(element) : null));
    case "ObjectExpression":
      return Object.fromEntries(
        node.properties.flatMap((property) => {
          if (property.type !== "Property" || property.key.type !== "Literal") return [];
          return [[String(property.key.value), literal(property.value)]];
        }),
      );
    default:
      return undefined;
  }
}
