/**
 * Values as notebooks show them: the MIME bundle of anything a cell ends with or displays. Tables, tensors and figures
 * are recognised by their shape, not by their class: they may come from any copy of any package.
 */
import { inspect } from "node:util";
import type { MimeBundle } from "../wire/message.js";
import { figureBundle, type PlainFigure } from "./plain-figure.js";

/** A method of this name gives a value's MIME bundle, or a promise of it. Deno's kernel knows the same name. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** How many rows and columns of a table are shown: from both ends. */
const tableRows = 20;
const tableColumns = 20;

/** A danfo DataFrame or Series. Its public names for these (`columns`, `index`, …) may be hidden by columns so called. */
interface Table {
  $columns: unknown[];
  $index: unknown[];
  $data: unknown[];
}

interface Tensor {
  dtype: string;
  shape: number[];
  isDisposed: boolean;
  toString(verbose?: boolean): string;
}

/** The representations of `value` by MIME type. @throws Error when the value's own display method gives no bundle. */
export async function bundleOf(value: unknown): Promise<MimeBundle> {
  if (hasDisplay(value)) {
    const type = value.constructor?.name ?? "the value";
    return sendable(await value[displaySymbol](), `from the method Symbol.for("Jupyter.display") of ${type}`);
  }
  if (isTable(value)) return { "text/html": tableHtml(value), "text/plain": tableText(value) };
  if (isTensor(value)) return { "text/plain": tensorText(value) };
  if (isFigure(value)) return figureBundle(value);
  return { "text/plain": inspect(value) };
}

/** `bundle`, made by the user's code `origin`, as it can be sent. @throws TypeError for what is no bundle. */
export function sendable(bundle: unknown, origin: string): MimeBundle {
  const parts = isObject(bundle) ? Object.entries(bundle) : [];
  if (parts.length === 0) {
    throw new TypeError(`Expected an object of representations by MIME type ${origin}, received ${inspect(bundle)}.`);
  }
  return Object.fromEntries(
    parts.map(([mime, part]) => {
      if (typeof part === "string") return [mime, part];
      if (/json$/.test(mime)) return [mime, asJson(part, `${mime} ${origin}`)];
      throw new TypeError(`Expected text for ${mime} ${origin}, received ${inspect(part)}.`);
    }),
  );
}

/** `value` as JSON has it: what the other thread and the front ends get. @throws TypeError for a function, a cycle, a bigint. */
export function asJson<Value>(value: Value, what: string): Value {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new TypeError(`Expected a value of JSON as ${what}, received another: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  if (text === undefined) throw new TypeError(`Expected a value of JSON as ${what}, received a ${typeof value}.`);
  return JSON.parse(text) as Value;
}

function hasDisplay(value: unknown): value is { [displaySymbol](): unknown } {
  return isObject(value) && typeof Reflect.get(value, displaySymbol) === "function";
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

function isTable(value: unknown): value is Table & object {
  return isObject(value) && [value.$columns, value.$index, value.$data].every(Array.isArray);
}

function isTensor(value: unknown): value is Tensor {
  return isObject(value) && "dataId" in value && Array.isArray(value.shape) && typeof value.dataSync === "function";
}

function isFigure(value: unknown): value is PlainFigure {
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Array.isArray(value.data) && value.data.every(isObject) && isObject(value.layout);
}

function tensorText(tensor: Tensor): string {
  const title = `Tensor ${tensor.dtype} [${tensor.shape}]`;
  if (tensor.isDisposed) return `${title}, disposed`;
  // tfjs shortens long axes itself; its first line is the word "Tensor".
  return tensor.toString().replace(/^Tensor/, title);
}

/** What is shown, as text, each row with its index first; "…" stands for what is left out. */
function tableCells({ $columns: columns, $index: index, $data: values }: Table): {
  header: string[];
  rows: string[][];
} {
  const shownColumns = ends(columns.length, tableColumns);
  const pick = (row: unknown) => {
    const cells = Array.isArray(row) ? row : [row];
    return shownColumns.map((column) => (column === null ? "…" : String(cells[column])));
  };
  const header = shownColumns.map((column) => (column === null ? "…" : String(columns[column])));
  const rows = ends(values.length, tableRows).map((row) =>
    row === null ? ["…", ...header.map(() => "…")] : [String(index[row]), ...pick(values[row])],
  );
  return { header: ["", ...header], rows };
}

/** The numbers from 0 to `length`, or so many of the first and last of them, with `null` between. */
function ends(length: number, shown: number): (number | null)[] {
  const all = Array.from({ length }, (_, i) => i);
  return length <= shown ? all : [...all.slice(0, shown / 2), null, ...all.slice(-shown / 2)];
}

function shapeNote({ $columns, $data }: Table): string {
  return `${$data.length} rows × ${$columns.length} columns`;
}

function tableHtml(table: Table): string {
  const { header, rows } = tableCells(table);
  const line = (cells: string[], tag: (column: number) => string) =>
    `<tr>${cells.map((cell, i) => `<${tag(i)}>${escapeHtml(cell)}</${tag(i)}>`).join("")}</tr>`;
  const head = line(header, () => "th");
  const body = rows.map((row) => line(row, (column) => (column === 0 ? "th" : "td"))).join("\n");
  return `<table>\n<thead>\n${head}\n</thead>\n<tbody>\n${body}\n</tbody>\n</table>\n<p>${shapeNote(table)}</p>`;
}

function tableText(table: Table): string {
  const { header, rows } = tableCells(table);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)));
  const line = (row: string[]) => row.map((cell, column) => cell.padStart(widths[column]!)).join("  ");
  return [...[header, ...rows].map(line), "", shapeNote(table)].join("\n");
}

/** `text` as it may stand in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
