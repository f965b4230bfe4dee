/**
 * Notebook files (nbformat 4.5): read and checked, written atomically in the very form Jupyter gives them: keys in
 * order, one space of indentation, a newline at the end, so that rewriting an unchanged notebook changes nothing.
 * Source: "The Notebook file format", nbformat.readthedocs.io/en/latest/format_description.html.
 */
import { readFileSync } from "node:fs";
import { writeFileWhole } from "../../lib/write-file.js";
import type { ErrorContent, JsonObject, MimeBundle, StreamContent } from "../wire/message.js";

/** What a code cell has shown. */
export type Output =
  | ({ output_type: "stream" } & StreamContent)
  | { output_type: "display_data"; data: MimeBundle; metadata: JsonObject }
  | { output_type: "execute_result"; data: MimeBundle; metadata: JsonObject; execution_count: number }
  | ({ output_type: "error" } & ErrorContent);

interface CellBase {
  /** Unique in the notebook. */
  id: string;
  metadata: JsonObject & { tags?: string[] };
  source: string;
}

export interface CodeCell extends CellBase {
  cell_type: "code";
  /** Null as long as it has not run. */
  execution_count: number | null;
  outputs: Output[];
}

export interface TextCell extends CellBase {
  cell_type: "markdown" | "raw";
}

export type Cell = CodeCell | TextCell;

export interface Notebook {
  cells: Cell[];
  metadata: JsonObject;
  nbformat: 4;
  nbformat_minor: number;
}

/** Whether `cell` carries `tag`. */
export const hasTag = (cell: Cell, tag: string): boolean => cell.metadata.tags?.includes(tag) ?? false;

/**
 * Reads and checks a notebook. Cells of older files (4.0 to 4.4) get ids by their position.
 * @throws Error naming the file and the place, for a file that is missing, not JSON, of another major format or misshapen.
 */
export function readNotebook(file: string): Notebook {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`Expected a notebook, received ${file}: ${(error as Error).message}.`, { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const fault = (error as Error).message.replace(/\s+/g, " ");
    throw new Error(`Expected a notebook, received ${file}, which is not JSON: ${fault}.`, { cause: error });
  }
  return checkNotebook(value, file);
}

/** How deep a notebook may be nested: what is read is written again, after everything has run. */
const deepest = 500;

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.values(value).some((each) => levels === 0 || isDeeper(each, levels - 1));

function checkNotebook(value: unknown, file: string): Notebook {
  const notebook = new Part(value, `${file}`);
  if (isDeeper(value, deepest)) notebook.refuse(`at most ${deepest} objects and lists within each other`, "more");
  const nbformat = notebook.get("nbformat");
  const nbformat_minor = notebook.get("nbformat_minor");
  if (nbformat !== 4) notebook.refuse('"nbformat": 4', nbformat, "Open and save it in a newer Jupyter.");
  if (!Number.isInteger(nbformat_minor)) notebook.refuse('a whole number as "nbformat_minor"', nbformat_minor);
  const ids = new Set<string>();
  const cells = notebook
    .list("cells")
    .map((cell, index) => checkCell(new Part(cell, `${file}, cell ${index + 1}`), index, ids));
  return {
    cells,
    metadata: notebook.object("metadata"),
    nbformat: 4,
    nbformat_minor: Math.max(Number(nbformat_minor), 5),
  };
}

function checkCell(part: Part, index: number, ids: Set<string>): Cell {
  let id = part.get("id");
  if (id === undefined) {
    for (id = `cell-${index + 1}`; ids.has(String(id)); ) id = `${id}-more`;
  }
  if (typeof id !== "string" || !/^[\w-]{1,64}$/.test(id)) part.refuse('letters, digits, "-" and "_" as "id"', id);
  if (ids.has(id)) part.refuse("an id of its own", id);
  ids.add(id);
  const metadata: Cell["metadata"] = part.object("metadata");
  if (metadata.tags !== undefined && !isStrings(metadata.tags))
    part.refuse('a list of strings as "tags"', metadata.tags);
  const cell_type = part.get("cell_type");
  if (cell_type !== "code" && cell_type !== "markdown" && cell_type !== "raw") {
    part.refuse('"code", "markdown" or "raw" as "cell_type"', cell_type);
  }
  const rest = { ...part.value, id, metadata, source: part.text("source") };
  if (cell_type !== "code") return { ...rest, cell_type };
  const execution_count = part.get("execution_count") ?? null;
  if (execution_count !== null && typeof execution_count !== "number") {
    part.refuse('a number or null as "execution_count"', execution_count);
  }
  const outputs = part
    .list("outputs")
    .map((output, i) => checkOutput(new Part(output, `${part.place}, output ${i + 1}`)));
  return { ...rest, cell_type, execution_count, outputs };
}

function checkOutput(part: Part): Output {
  const output_type = part.get("output_type");
  switch (output_type) {
    case "stream":
      return { ...part.value, output_type, name: part.text("name") as StreamContent["name"], text: part.text("text") };
    case "error": {
      const traceback = part.get("traceback");
      if (!isStrings(traceback)) part.refuse('a list of strings as "traceback"', traceback);
      return { ...part.value, output_type, ename: part.text("ename"), evalue: part.text("evalue"), traceback };
    }
    case "display_data":
    case "execute_result": {
      const data = Object.fromEntries(
        Object.entries(part.object("data")).map(([mime, item]) => [
          mime,
          !isJsonType(mime) && isStrings(item) ? item.join("") : item,
        ]),
      );
      const shown = { ...part.value, data, metadata: part.object("metadata") };
      if (output_type === "display_data") return { ...shown, output_type };
      return { ...shown, output_type, execution_count: Number(part.get("execution_count") ?? 0) };
    }
    default:
      return part.refuse('"stream", "display_data", "execute_result" or "error" as "output_type"', output_type);
  }
}

/** One JSON object of the file and the place it stands at, for error messages. */
class Part {
  readonly value: JsonObject;
  readonly place: string;

  constructor(value: unknown, place: string) {
    this.place = place;
    this.value = value as JsonObject;
    if (!isObject(value)) this.refuse("an object", value);
  }

  get(field: string): unknown {
    return this.value[field];
  }

  object(field: string): JsonObject {
    const value = this.value[field];
    return isObject(value) ? value : this.refuse(`an object as "${field}"`, value);
  }

  list(field: string): unknown[] {
    const value = this.value[field];
    return Array.isArray(value) ? value : this.refuse(`a list as "${field}"`, value);
  }

  /** A string, or a list of lines: files have both. */
  text(field: string): string {
    const value = this.value[field];
    if (typeof value === "string") return value;
    return isStrings(value) ? value.join("") : this.refuse(`a string or a list of strings as "${field}"`, value);
  }

  refuse(expected: string, received: unknown, advice = ""): never {
    const shown = (JSON.stringify(received) ?? "nothing").slice(0, 80);
    throw new Error(`Expected ${expected} in ${this.place}, received ${shown}. ${advice}`.trimEnd());
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");
const isJsonType = (mime: string) => mime === "application/json" || mime.endsWith("+json");

/**
 * The text of a notebook file, as Jupyter would write it: long texts as lists of lines, base64 as one string. The texts of the
 * cells are taken from `texts` where they are there, and are put there where they are not.
 */
export function formatNotebook({ cells, ...rest }: Notebook, texts = new Map<Cell, string>()): string {
  const list = cells.map((cell) => {
    const text = texts.get(cell) ?? formatCell(cell);
    texts.set(cell, text);
    return text;
  });
  // The first of the keys in their order.
  const first = list.length > 0 ? `"cells": [\n${list.join(",\n")}\n ]` : '"cells": []';
  return `{\n ${first},${toJson(rest).slice(1)}\n`;
}

/** A cell as it stands in the file, two levels deep. */
function formatCell(cell: Cell): string {
  const source = lines(cell.source);
  const value =
    cell.cell_type === "code" ? { ...cell, source, outputs: cell.outputs.map(splitOutput) } : { ...cell, source };
  return toJson([[value]]).slice("[\n [\n".length, -"\n ]\n]".length);
}

/** Writes a notebook beside `file` and renames it, so that an earlier file is replaced whole or not at all. */
export function writeNotebook(file: string, notebook: Notebook, texts?: Map<Cell, string>): void {
  writeFileWhole(file, formatNotebook(notebook, texts));
}

const toJson = (value: unknown): string => JSON.stringify(sortKeys(value), null, 1);
const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function splitOutput(output: Output): JsonObject {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return { ...output };
  const entries = Object.entries(output.data).map(([mime, item]) => {
    const isText = mime.startsWith("text/") || mime === "image/svg+xml" || mime === "application/javascript";
    return [mime, isText && typeof item === "string" ? lines(item) : item];
  });
  return { ...output, data: Object.fromEntries(entries) };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sortKeys(value[key])]));
}
