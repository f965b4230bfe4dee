/** Tables as notebooks show them: as HTML and as text, both ends of the long ones. */
import type { MimeBundle } from "../wire/message.js";

/** How many rows and columns of a table are shown: from both ends. */
const tableRows = 20;
const tableColumns = 20;

/** What is shown of a table. */
export interface Table {
  columns: readonly unknown[];
  /** What stands before each row; none: nothing does. */
  index?: readonly unknown[];
  rows: number;
  /** The cell in a row and a column, both from 0. */
  at(row: number, column: number): unknown;
}

/** `table` for a front end. */
export function tableBundle(table: Table): MimeBundle {
  return { "text/html": tableHtml(table), "text/plain": tableText(table) };
}

/** What is shown, as text, each row with its index first; "…" stands for what is left out. */
function tableCells({ columns, index, rows, at }: Table): { header: string[]; lines: string[][] } {
  const shown = ends(columns.length, tableColumns);
  const lead = (text: string) => (index ? [text] : []);
  const header = shown.map((column) => (column === null ? "…" : String(columns[column])));
  const lines = ends(rows, tableRows).map((row) =>
    row === null
      ? [...lead("…"), ...header.map(() => "…")]
      : [...lead(String(index?.[row])), ...shown.map((column) => (column === null ? "…" : text(at(row, column))))],
  );
  return { header: [...lead(""), ...header], lines };
}

function text(value: unknown): string {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : String(value);
}

/** The numbers from 0 to `length`, or so many of the first and last of them, with `null` between. */
function ends(length: number, shown: number): (number | null)[] {
  const all = Array.from({ length: Math.min(length, shown) }, (_, i) => i);
  if (length <= shown) return all;
  return [...all.slice(0, shown / 2), null, ...all.slice(-shown / 2).map((i) => i + length - shown)];
}

function shapeNote({ columns, rows }: Table): string {
  return `${rows} rows × ${columns.length} columns`;
}

function tableHtml(table: Table): string {
  const { header, lines } = tableCells(table);
  const isIndex = (column: number) => table.index !== undefined && column === 0;
  const line = (cells: string[], tag: (column: number) => string) =>
    `<tr>${cells.map((cell, i) => `<${tag(i)}>${escapeHtml(cell)}</${tag(i)}>`).join("")}</tr>`;
  const head = line(header, () => "th");
  const body = lines.map((row) => line(row, (column) => (isIndex(column) ? "th" : "td"))).join("\n");
  return `<table>\n<thead>\n${head}\n</thead>\n<tbody>\n${body}\n</tbody>\n</table>\n<p>${shapeNote(table)}</p>`;
}

function tableText(table: Table): string {
  const { header, lines } = tableCells(table);
  const widths = header.map((_, column) => Math.max(...[header, ...lines].map((row) => row[column]!.length)));
  const line = (row: string[]) => row.map((cell, column) => cell.padStart(widths[column]!)).join("  ");
  return [...[header, ...lines].map(line), "", shapeNote(table)].join("\n");
}

/** `text` as it may stand in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
