/**
 * Errors as the reader of a notebook sees them: every frame at the cell's own line and column, none of the kernel's.
 */
import { SourceMap } from "node:module";
import { inspect } from "node:util";
import { excerpt } from "../excerpt.js";
import type { ErrorContent } from "../wire/message.js";

interface KnownCell {
  source: string;
  maps: SourceMap[];
  shift: number;
}

const here = new URL("..", import.meta.url).href;
const framePattern = /\b(cell-\d+\.ts):(\d+):(\d+)/;
const cells = new Map<string, KnownCell>();

/**
 * Remembers a cell, so that its frames can be shown. `maps` (JSON) lead from what runs to `source`, in order; `shift` is
 * the number of characters put before its first line.
 */
export function rememberCell(name: string, source: string, maps: readonly string[], shift: number): void {
  cells.set(name, { source, maps: maps.map((map) => new SourceMap(JSON.parse(map))), shift });
}

/** Makes every `stack` of this process lead to the cells' own lines, wherever it is read. */
export function installStackTraces(): void {
  Error.prepareStackTrace = (error, frames) => {
    const all = frames.map(String);
    // Below the inspector's call is only the kernel's way to it.
    const start = all.findIndex((frame) => frame.includes("node:inspector"));
    const lines = (start < 0 ? all : all.slice(0, start)).filter(isUsers);
    return [Error.prototype.toString.call(error), ...lines.map((frame) => `    at ${ownPosition(frame)}`)].join("\n");
  };
}

function isUsers(frame: string): boolean {
  return !frame.includes("node:internal") && !frame.includes(here);
}

function ownPosition(frame: string): string {
  return frame.replace(framePattern, (all, name: string, line: string, column: string) => {
    const cell = cells.get(name);
    if (!cell) return all;
    let at = { line: Number(line), column: Number(column) };
    for (const map of cell.maps) {
      const entry = map.findEntry(at.line - 1, at.column - 1);
      if ("originalLine" in entry) at = { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
    }
    return `${name}:${at.line}:${at.line === 1 ? at.column - cell.shift : at.column}`;
  });
}

/** The content of an `error` message for anything thrown: its stack and causes, and the line of the cell it came from. */
export function describeError(thrown: unknown): ErrorContent {
  if (!(thrown instanceof Error)) {
    const evalue = inspect(thrown);
    return { ename: "Thrown", evalue, traceback: [`Thrown, but not an Error: ${evalue}`] };
  }
  const { name, message } = thrown;
  return { ename: String(name), evalue: String(message), traceback: [inspect(thrown), ...lineOf(thrown)] };
}

function lineOf(error: Error): string[] {
  const [, name, line, column] = framePattern.exec(String(error.stack)) ?? [];
  const cell = name === undefined ? undefined : cells.get(name);
  if (!cell) return [];
  return ["", `${name}:${line}`, excerpt(cell.source, { line: Number(line), column: Number(column) })];
}
