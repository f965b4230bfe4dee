/**
 * Parameters of a notebook, as papermill has them: the cell tagged `parameters` declares names and defaults; values from
 * the command line go into a cell of their own behind it, tagged `injected-parameters`.
 * Source: papermill.readthedocs.io/en/latest/usage-parameterize.html.
 */
import { parseSync } from "oxc-parser";
import { type CodeCell, hasTag, type Notebook } from "./notebook-file.js";

/** A value as the command line can give it. */
type Value = string | number | boolean | null;

interface Declared {
  name: string;
  /** The written type, with its colon, or nothing. */
  annotation: string;
  /** "string", "number" or "boolean" where type or default says so. */
  kind: string | undefined;
}

/**
 * Papermill's reading of a value: true/false (True/False), null (None), decimal numbers, otherwise the text itself.
 */
export function parseValue(text: string): Value {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if (text === "null" || text === "None") return null;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

/**
 * A copy of `notebook` in which `parameters` (name → text) are set. A parameter declared as a string keeps its text, so
 * `-p run 007` stays "007". Cells injected by an earlier run are replaced.
 * @throws Error naming the known parameters, for an unknown one; naming both types, for a value of another type.
 */
export function injectParameters(notebook: Notebook, parameters: ReadonlyMap<string, string>): Notebook {
  const cells = notebook.cells.filter((cell) => !hasTag(cell, "injected-parameters"));
  if (parameters.size === 0) return { ...notebook, cells };
  const index = cells.findIndex((cell) => cell.cell_type === "code" && hasTag(cell, "parameters"));
  if (index < 0) {
    throw new Error(
      `Expected a code cell tagged "parameters" for ${[...parameters.keys()].join(", ")}, received none: tag one.`,
    );
  }
  const declared = declarations(cells[index]!.source);
  const lines = Array.from(parameters, ([name, text]) => {
    const parameter = declared.find((candidate) => candidate.name === name);
    if (!parameter) {
      const known = declared.map((candidate) => candidate.name).join(", ");
      throw new Error(
        `Expected one of the parameters ${known || "(none declared)"}, received ${name}: set it with -p NAME VALUE.`,
      );
    }
    return `let ${name}${parameter.annotation} = ${JSON.stringify(valueFor(parameter, text))};`;
  });
  const cell: CodeCell = {
    cell_type: "code",
    id: "injected-parameters",
    metadata: { tags: ["injected-parameters"] },
    source: ["// Parameters", ...lines].join("\n"),
    execution_count: null,
    outputs: [],
  };
  return { ...notebook, cells: cells.toSpliced(index + 1, 0, cell) };
}

function valueFor({ name, kind }: Declared, text: string): Value {
  if (kind === "string") return text;
  const value = parseValue(text);
  if (kind !== undefined && typeof value !== kind) {
    throw new Error(`Expected a ${kind} for the parameter ${name}, received ${JSON.stringify(text)}.`);
  }
  return value;
}

/** The variables that `source` declares at its top level. */
function declarations(source: string): Declared[] {
  const { program, errors } = parseSync("parameters.ts", source);
  if (errors[0])
    throw new Error(`Expected TypeScript in the cell tagged "parameters", received: ${errors[0].message}.`);
  return program.body.flatMap((statement) => {
    if (statement.type !== "VariableDeclaration") return [];
    return statement.declarations.flatMap(({ id, init }) => {
      if (id.type !== "Identifier") return [];
      const type = id.typeAnnotation;
      const written = type && /^TS(String|Number|Boolean)Keyword$/.exec(type.typeAnnotation.type)?.[1]?.toLowerCase();
      const literal = !type && init?.type === "Literal" && init.value !== null ? typeof init.value : undefined;
      return { name: id.name, annotation: type ? source.slice(type.start, type.end) : "", kind: written || literal };
    });
  });
}
