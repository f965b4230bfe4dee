/**
 * Errors as the reader of a notebook sees them: every frame at the line and column of the cell or the local file, none of the
 * kernel's, those of libraries folded.
 */
import { SourceMap } from "node:module";
import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { excerpt } from "../excerpt.js";
import type { Library } from "../library.js";
import type { ErrorContent } from "../wire/message.js";
import type { LoadedFile } from "./loader.js";

/** What the reader has written: a cell, or a local file. */
export interface KnownSource {
  /** How it is called where its frames are shown. */
  shownAs: string;
  source: string;
  /** JSON. */
  maps: readonly string[];
  shift: number;
}

const kernel = new URL("..", import.meta.url).href;
const framePattern = /(\bcell-\d+\.ts|file:[^\s()]+\?version=[\w&=]+):(\d+):(\d+)/;
/** By name in frames. */
const sources = new Map<string, KnownSource>();

/**
 * Remembers a cell, so that its frames can be shown. `maps` (JSON) lead from what runs to `source`, in order; `shift` is
 * the number of characters put before its first line.
 */
export function rememberCell(name: string, source: string, maps: readonly string[], shift: number): void {
  sources.set(name, { shownAs: name, source, maps, shift });
}

/** Learns of the local files that were loaded meanwhile. */
let learn = () => {};

/** All cells and local files that run, by their names in frames. */
export function knownSources(): [name: string, source: KnownSource][] {
  learn();
  return [...sources];
}

/**
 * Makes every `stack` of this process lead to the reader's own lines, wherever it is read. `newFiles` tells which local
 * files were loaded since it was called last; they are shown relative to `folder`. Frames of `library` are folded.
 */
export function installStackTraces(folder: string, newFiles: () => LoadedFile[], library?: Library): void {
  // In a clone its compiled files, and those of the packages beside it, are in no node_modules.
  const compiled = library && { name: library.name, folder: pathToFileURL(library.folder).href };
  learn = () => {
    for (const { url, source, maps } of newFiles()) {
      sources.set(url, { shownAs: relative(folder, fileURLToPath(url)), source, maps, shift: 0 });
    }
  };
  Error.prepareStackTrace = (error, frames) => {
    learn();
    const all = frames.map(String);
    // Below the inspector's call is only the kernel's way to it.
    const start = all.findIndex((frame) => frame.includes("node:inspector"));
    const lines = (start < 0 ? all : all.slice(0, start)).filter(isUsers);
    return [Error.prototype.toString.call(error), ...folded(lines, compiled).map((line) => `    at ${line}`)].join(
      "\n",
    );
  };
}

function isUsers(frame: string): boolean {
  return !frame.includes("node:internal") && !frame.includes(kernel);
}

/** The lines of a stack; frames of libraries that follow each other become one line. */
function folded(frames: readonly string[], compiled?: { name: string; folder: string }): string[] {
  const lines: string[] = [];
  let inLibraries: string[] = [];
  const fold = () => {
    const { length } = inLibraries;
    if (length > 0)
      lines.push(`… ${length} ${length === 1 ? "frame" : "frames"} in ${[...new Set(inLibraries)].join(", ")}`);
    inLibraries = [];
  };
  for (const frame of frames) {
    const isCompiled = compiled && frame.includes(`${compiled.folder}/`) && frame.includes("/dist/");
    const library = isCompiled ? compiled.name : libraryOf(frame);
    if (library !== undefined) inLibraries.push(library);
    else {
      fold();
      lines.push(ownPosition(frame));
    }
  }
  fold();
  return lines;
}

/** The package that a frame is in; undefined for the reader's own. */
function libraryOf(frame: string): string | undefined {
  const path = frame.split(/[\\/]node_modules[\\/]/).at(-1)!;
  return path === frame ? undefined : /^(@[^\\/]+[\\/])?[^\\/]+/.exec(path)![0];
}

function ownPosition(frame: string): string {
  return frame.replace(framePattern, (all, name: string, line: string, column: string) => {
    const known = sources.get(name);
    if (!known) return all;
    let at = { line: Number(line), column: Number(column) };
    for (const map of known.maps) {
      const entry = new SourceMap(JSON.parse(map)).findEntry(at.line - 1, at.column - 1);
      if ("originalLine" in entry) at = { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
    }
    return `${known.shownAs}:${at.line}:${at.line === 1 ? at.column - known.shift : at.column}`;
  });
}

/** The content of an `error` message for anything thrown: its stack and causes, and the line of the reader's it came from. */
export function describeError(thrown: unknown): ErrorContent {
  try {
    return describe(thrown);
  } catch {
    const evalue = "The cell threw something that cannot be shown, as its own code fails.";
    return { ename: "Thrown", evalue, traceback: [evalue] };
  }
}

function describe(thrown: unknown): ErrorContent {
  if (!(thrown instanceof Error)) {
    const evalue = inspect(thrown);
    return { ename: "Thrown", evalue, traceback: [`Thrown, but not an Error: ${evalue}`] };
  }
  const { name, message } = thrown;
  return { ename: String(name), evalue: String(message), traceback: [inspect(thrown), ...lineOf(thrown)] };
}

function lineOf(error: Error): string[] {
  for (const [, shownAs, line, column] of String(error.stack).matchAll(
    /^ {4}at (?:async )?(?:.* \()?(.+?):(\d+):(\d+)\)?$/gm,
  )) {
    const known = [...sources.values()].findLast((source) => source.shownAs === shownAs);
    if (known) return ["", `${shownAs}:${line}`, excerpt(known.source, { line: Number(line), column: Number(column) })];
  }
  return [];
}
