/**
 * Magics: lines that begin with `%` or `!` and stand for something that is not TypeScript, as in IPython. Each becomes TypeScript
 * of its own line (`magic-table.ts`), so that the lines of the cell stay. The signs anywhere else, in a string or a comment, in the
 * middle of a statement, are left alone; and so are `!(` and `!!`.
 */
import { Visitor } from "oxc-parser";
import { near } from "../near.js";
import { magics, type Used } from "./magic-table.js";
import { type Fault, parse } from "./syntax.js";

/** Their names, for completion. */
export const magicNames: readonly string[] = [...magics.keys()].filter((name) => name !== "!");

/** A line that may be a magic: its name, what comes before its words, the words. */
const magicLine = /^(%%?[A-Za-z]\w*|!(?![(!=]))([^\S\n]*)(.*)$/gm;
/** A cell that is one magic and no TypeScript. */
const rawCell = /^((?:[^\S\n]*\n)*)(%%[A-Za-z]\w*)([^\S\n]*)(.*)(?:\n([\s\S]*))?$/;

/** A cell with its magics in TypeScript. */
export interface Expanded {
  code: string;
  /** Whether the names of all cells are forgotten. */
  resets: boolean;
}

/** The cell with its magics in TypeScript, or what is wrong with them. Both have the lines of `source`. */
export function expandMagics(source: string): Expanded | { faults: Fault[] } {
  if (!/^[%!]/m.test(source)) return { code: source, resets: false };
  const raw = rawCell.exec(source);
  if (raw && magics.get(raw[2]!)?.isRaw) {
    const [, space, name, between, words, body = ""] = raw;
    const used = { words: words!.trim(), before: name!.length + between!.length, body };
    const problem = misuse(name!, used, source);
    return problem
      ? { faults: [{ start: space!.length, message: problem }] }
      : { code: magics.get(name!)!.code(used), resets: false };
  }
  const isMagic = magicPlaces(source);
  const faults: Fault[] = [];
  let end = "";
  let resets = false;
  const code = source.replace(magicLine, (line, name: string, between: string, rest: string, start: number) => {
    if (!isMagic(start)) return line;
    const magic = magics.get(name);
    // What follows is code, and keeps its place; else what is around it does not count.
    const used = { words: name.startsWith("%time") ? rest : rest.trim(), before: line.length - rest.length, body: "" };
    const problem =
      misuse(name, used, source, start) ?? (between === "" && rest !== "" && name !== "!" ? unknown(line) : undefined);
    if (!magic || problem) {
      faults.push({ start, message: problem ?? unknown(name) });
      return "";
    }
    end += magic.end ?? "";
    resets ||= name === "%reset";
    return magic.code(used);
  });
  return faults.length > 0 ? { faults } : { code: code + end, resets };
}

/** For code that is being typed: magics are left out, everything else keeps its position. */
export function withoutMagics(source: string): string {
  if (!/^[%!]/m.test(source)) return source;
  const blank = (text: string) => text.replace(/[^\n]/g, " ");
  if (magics.get(rawCell.exec(source)?.[2] ?? "")?.isRaw) return blank(source);
  const isMagic = magicPlaces(source);
  return source.replace(magicLine, (line, name: string, between: string, rest: string, start: number) => {
    if (!isMagic(start)) return line;
    return name.startsWith("%time") ? blank(name + between) + rest : blank(line);
  });
}

/** What is wrong with the use of a magic, if anything. */
function misuse(name: string, { words, body }: Used, source: string, start = 0): string | undefined {
  const magic = magics.get(name);
  if (!magic) return unknown(name);
  if (name.startsWith("%%") && source.slice(0, start).trim() !== "") {
    return `Expected ${name} in the first line, received it below.`;
  }
  const isEmpty = words.trim() === "";
  if (magic.expects === "words" && isEmpty)
    return `Expected ${magic.usage}, received ${name} alone: add what is missing.`;
  if (magic.expects === "nothing" && !isEmpty) {
    return `Expected ${name} alone${name.startsWith("%%") ? ", with the code below it" : ""}, received ${name} ${words.trim()}.`;
  }
  if (magic.expects === "body" && (!isEmpty || body.trim() === "")) {
    return `Expected ${name} alone in its line and text below it, received ${isEmpty ? "no text" : `${name} ${words.trim()}`}.`;
  }
  if (name === "%npm" && /^import\b/m.test(source)) {
    return "Expected %npm in a cell before the one that imports, received both in one cell: split the cell.";
  }
  return undefined;
}

function unknown(name: string): string {
  const meant = near(name, magicNames);
  return `Expected a magic that there is, received ${name}: ${meant ? `did you mean ${meant}? ` : ""}%help lists all.`;
}

/**
 * Tells of the start of a line with a magic's sign whether it is one: not in a string or a comment, and where a statement may
 * begin. Found by parsing the cell with an empty statement in place of such a line.
 */
function magicPlaces(source: string): (start: number) => boolean {
  const starts = [...source.matchAll(magicLine)].map(({ index }) => index);
  const chosen = new Set(starts);
  const blanked = () =>
    source.replace(magicLine, (line, name: string, between: string, rest: string, start: number) => {
      if (!chosen.has(start)) return line;
      const isCode = name.startsWith("%time") && rest !== "";
      return isCode ? `;${" ".repeat(name.length + between.length - 1)}${rest}` : ";".padEnd(line.length);
    });
  const firstError = () => {
    const { errors } = parse(blanked());
    return errors.length === 0 ? Number.POSITIVE_INFINITY : (errors[0]!.labels[0]?.start ?? 0);
  };
  // A line that goes on with a statement is one of TypeScript's: as such it parses further than as a statement of its own.
  if (firstError() !== Number.POSITIVE_INFINITY) {
    for (const start of starts) {
      const asMagic = firstError();
      chosen.delete(start);
      if (firstError() <= asMagic) chosen.add(start);
    }
  }
  const { program, comments } = parse(blanked());
  const texts: { start: number; end: number }[] = [...comments];
  const add = (node: { start: number; end: number }) => void texts.push(node);
  new Visitor({ TemplateElement: add, Literal: add }).visit(program);
  return (at) => chosen.has(at) && !texts.some(({ start, end }) => start <= at && at < end);
}
