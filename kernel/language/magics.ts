/**
 * Magics: lines that begin with `%` and stand for something that is not TypeScript, as in IPython. Each becomes TypeScript
 * of its own line, so that every position of the cell stays. A `%` anywhere else, in a string or a comment too, is left alone.
 */
import { Visitor } from "oxc-parser";
import { globals } from "./globals.js";
import { type Fault, parse } from "./syntax.js";

/** What there is, with what `%help` says of it. */
const magics = {
  "%help": "this list",
  "%time CODE": "runs the line, shows its value and how long it took",
  "%%time": "first line of a cell: how long the whole cell took",
  "%npm install NAME": "installs a package for the notebook (in a cell before the one that imports it)",
};

/** The start of a timing, as long as the `%time ` it replaces: reading `__now` is enough (`../interpreter/magics.ts`). */
const startTime = "__now;";
/** The end of it: a block, which leaves the value of what stands before it the value of the cell. */
const endTime = ";{ const _ = __lap }";

const magicLine = /^(%%?)([A-Za-z]\w*)?[^\S\n]*(.*)$/gm;

/** The cell with its magics in TypeScript, or what is wrong with them. Both have the positions of `source`. */
export function expandMagics(source: string): { code: string } | { faults: Fault[] } {
  if (!/^%/m.test(source)) return { code: source };
  const isText = textOf(source);
  const faults: Fault[] = [];
  let behind = "";
  const code = source.replace(magicLine, (line, signs: string, name = "", words: string, start: number) => {
    if (isText(start)) return line;
    const fault = (message: string) => {
      faults.push({ start, message });
      return "";
    };
    const text = words.trim();
    switch (signs + name) {
      case "%help":
        return text === ""
          ? `console.log(${JSON.stringify(helpText())});`
          : fault(`Expected %help alone, received ${line}.`);
      case "%npm":
        if (text === "") return fault("Expected what npm is to do, as in %npm install lodash, received nothing.");
        if (/^import\b/m.test(source)) {
          return fault(
            "Expected %npm in a cell before the one that imports, received both in one cell: split the cell.",
          );
        }
        return `await __npm(${JSON.stringify(text)});`;
      case "%time":
        if (text === "") return fault("Expected code behind %time, received nothing; %%time is for a whole cell.");
        return `${startTime.padEnd(line.length - words.length)}${words}${endTime}`;
      case "%%time":
        if (source.slice(0, start).trim() !== "") return fault("Expected %%time in the first line, received it below.");
        if (text !== "") return fault(`Expected the code below %%time, received it in the same line: ${text}`);
        behind = `\n${endTime}`;
        return startTime;
      default:
        return fault(`Expected one of ${Object.keys(magics).join(", ")}, received ${signs}${name}.`);
    }
  });
  return faults.length > 0 ? { faults } : { code: code + behind };
}

/** For code that is being typed: magics are left out, everything else keeps its position. */
export function withoutMagics(source: string): string {
  if (!/^%/m.test(source)) return source;
  return source.replace(/^%%?\w*/gm, (sign, start: number) => (textOf(source)(start) ? sign : " ".repeat(sign.length)));
}

/** Tells of a position in `source` whether it is inside a string or a comment: by a parse without the signs in question. */
function textOf(source: string): (position: number) => boolean {
  const blank = (pattern: RegExp) => parse(source.replace(pattern, (match) => " ".repeat(match.length)));
  // A line may end what began above it; only where the rest of such a line is no code either, it is left out whole.
  const signs = blank(/^%%?\w*/gm);
  const { program, comments } = signs.errors.length === 0 ? signs : blank(/^%.*$/gm);
  const ranges: { start: number; end: number }[] = [...comments];
  const add = (node: { start: number; end: number }) => void ranges.push(node);
  new Visitor({ TemplateElement: add, Literal: add }).visit(program);
  return (position) => ranges.some(({ start, end }) => start <= position && position < end);
}

/** Everything a cell has beyond TypeScript and Node: magics, and the kernel's own functions with the first line of each. */
function helpText(): string {
  const functions = [
    ...globals.matchAll(/^\/\*\*\s+(?:\* )?(.*?)(?: \*\/)?$(?:\n \*.*)*\ndeclare (?:function|const) ([a-z]\w*)/gm),
  ];
  const rows = new Map([
    ...Object.entries(magics),
    ["// @ts-nocheck", "first line of a cell: runs it without the type check"],
    ...functions.map(([, first, name]): [string, string] => [`${name}(…)`, first!]),
  ]);
  const width = Math.max(...[...rows.keys()].map((name) => name.length));
  return [...rows].map(([name, text]) => `${name.padEnd(width)}  ${text}`).join("\n");
}
