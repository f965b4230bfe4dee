/**
 * A cell as a page runs it: the kernel's own translation, made into one function over the names that all cells of the page share.
 * V8's REPL mode, for which the kernel translates, is not there in a page. The same file runs where the book is built and, for
 * cells that a reader edits, in the browser (with another parser, see `../client/compiler`).
 */
import { decode } from "@jridgewell/sourcemap-codec";
import { emit } from "gradbook-kernel/language/emit";
import { expandMagics } from "gradbook-kernel/language/magics";
import { boundNames, type Fault, parse, parseCell, words } from "gradbook-kernel/language/syntax";
import MagicString from "magic-string";

/** A translated cell. Plain data. */
export interface CellCode {
  /** The body of an async function that runs where the shared names are in scope; it returns the cell's value. */
  js: string;
  /** The names that it declares. */
  names: string[];
  /** The words in it that could be names of other cells. */
  words: string[];
  /** For each line of `js` the line of the cell, both from 1, where they differ. */
  lines?: number[];
}

/** Translates a cell; `name` is what stack traces call it. */
export function translateCell(source: string, name: string): CellCode | { faults: Fault[] } {
  const expanded = expandMagics(source);
  if ("faults" in expanded) return expanded;
  const cell = parseCell(expanded.code);
  if ("faults" in cell) return cell;
  if (cell.isLowered) {
    return { faults: [{ start: 0, message: "JSX, decorators and `using` run in the kernel, not in a page." }] };
  }
  try {
    const { js, maps } = emit(cell.code, name, { hasValue: cell.hasValue });
    const body = asBody(js);
    return { ...body, words: [...words(body.js)], ...(maps.length === 1 && { lines: linesOf(maps[0]!) }) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { faults: [{ start: 0, message: error.message }] };
  }
}

/**
 * What the kernel has translated for REPL mode, as a function's body: a declaration at the top level becomes an assignment to the
 * shared name, the value of the last expression is returned.
 */
function asBody(js: string): Pick<CellCode, "js" | "names"> {
  const { program } = parse(js, "js");
  const text = new MagicString(js);
  const names = new Set<string>();
  const last = program.body.at(-1);
  for (const statement of program.body) {
    const { start, end } = statement;
    if (statement.type === "VariableDeclaration") {
      const { declarations } = statement;
      for (const { id, init } of declarations) {
        for (const name of boundNames(id)) names.add(name);
        // A pattern alone would be a block.
        text.appendRight(id.start, ";(").appendLeft(init?.end ?? id.end, init ? ")" : " = undefined)");
      }
      text.remove(start, declarations[0]!.start);
      for (const [i, { start }] of declarations.slice(1).entries()) text.remove(declarations[i]!.end, start);
    } else if (statement.type === "ClassDeclaration") {
      names.add(statement.id!.name);
      text.appendRight(start, `;${statement.id!.name} = `).appendLeft(end, ";");
    } else if (statement === last && statement.type === "ExpressionStatement") {
      text.appendRight(statement.expression.start, ";return (").appendLeft(statement.expression.end, ")");
    }
  }
  return { js: text.toString().replace(/\n\/\/# sourceURL=.*$/, ""), names: [...names] };
}

/** For each line of what a source map is of, the line that it came from. */
function linesOf(map: string): number[] {
  const { mappings } = JSON.parse(map) as { mappings: string };
  let line = 0;
  return decode(mappings).map((segments) => {
    const segment = segments.find(({ length }) => length > 1);
    line = segment ? segment[2]! : line + 1;
    return line + 1;
  });
}
