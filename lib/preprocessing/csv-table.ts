/**
 * A CSV file as text, before it is known which columns are numbers: the shape of the file is checked here, then each column
 * is read as numbers or as text, with errors that name the file, the line and the column. The way back is `csvText`.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import Papa from "papaparse";
import { type Column, type ColumnType, cellsOf, isMissing } from "./column.js";
import { cutCsv } from "./csv-records.js";
import { list, repeated, show } from "./messages.js";

/**
 * What stands for a missing value unless told otherwise: pandas' list without `None`, which names a category in many tables
 * ("no masonry veneer").
 */
export const defaultNaValues: readonly string[] = [
  ...["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"],
  ...["<NA>", "N/A", "NA", "NULL", "NaN", "n/a", "nan", "null"],
];

export interface CsvTable {
  /** Absolute. */
  readonly file: string;
  readonly header: readonly string[];
  /** How many rows there are, at least one, each as long as the header. */
  readonly length: number;
  /** Row `i`'s cell of column `j`. */
  cell(i: number, j: number): string;
  /** The line of the file on which row `i` begins; the header is usually line 1. */
  line(i: number): number;
}

/** The file's text, without a byte order mark, its lines ended with "\n". */
function readText(file: string): string {
  try {
    return readFileSync(file, "utf8")
      .replace(/^\uFEFF/, "")
      .replace(/\r\n?/g, "\n");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = { ENOENT: "no such file", ENOTDIR: "no such file", EISDIR: "a folder" };
    throw new Error(`${file}: expected a CSV file, received ${reasons[code ?? ""] ?? message}. Check the path.`, {
      cause: error,
    });
  }
}

/**
 * Reads a CSV file: commas, a header line, `"` around cells where needed, UTF-8. Blank lines are skipped. Line ends of any
 * system are read, also within cells, as "\n".
 * @throws when there is no such file, no row, a nameless or doubled column, a row shorter or longer than the header, or a
 * quote that is not closed.
 */
export function readCsvTable(path: string): CsvTable {
  const file = resolve(path);
  const records = cutCsv(readText(file));
  if (records.error !== undefined) {
    const { message, record } = records.error;
    const where = `${file}, line ${records.line(record)}`;
    throw new Error(`${where}: expected a quote after every quoted cell, received: ${message}.`);
  }

  const all = Int32Array.from({ length: records.count }, (_, r) => r);
  const [first, ...rows] = all.filter((r) => records.width(r) > 1 || records.cell(r, 0) !== "");
  if (first === undefined || rows.length === 0) {
    const received = first === undefined ? "an empty file" : "a header without rows";
    throw new Error(`${file}: expected a table with a header and at least one row, received ${received}.`);
  }
  const header = Array.from({ length: records.width(first) }, (_, j) => records.cell(first, j));
  checkHeader(file, records.line(first), header);
  const ragged = rows.find((r) => records.width(r) !== header.length);
  if (ragged !== undefined) {
    const width = records.width(ragged);
    const column = header[width];
    const where = column === undefined ? "" : `: column ${show(column)} and those after it are missing`;
    throw new Error(
      `${file}, line ${records.line(ragged)}: expected ${header.length} cells, received ${width}${where}.`,
    );
  }
  return {
    file,
    header,
    length: rows.length,
    cell: (i, j) => records.cell(rows[i]!, j),
    line: (i) => records.line(rows[i]!),
  };
}

function checkHeader(file: string, line: number, header: string[]): void {
  const nameless = header.indexOf("");
  if (nameless >= 0) {
    throw new Error(
      `${file}, line ${line}: expected a name for every column, received none for column ${nameless + 1}.`,
    );
  }
  const doubled = repeated(header);
  if (doubled.length > 0) {
    throw new Error(`${file}, line ${line}: expected every column once, received ${list(doubled)} more than once.`);
  }
}

/** A decimal number, with spaces around it allowed: "12", "-.5", "1e3". */
const decimal = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/;

/** What `cell` says, NaN where it is no finite decimal number. */
function numberIn(cell: string): number {
  let whole = 0;
  // Most numbers are a few digits; those up to 15 are exact.
  for (let i = 0; i < cell.length && i < 16; i++) {
    const digit = cell.charCodeAt(i) - 48;
    whole = digit >= 0 && digit <= 9 && i < 15 ? whole * 10 + digit : Number.NaN;
  }
  if (whole >= 0 && cell.length > 0) return whole;
  const number = decimal.test(cell) ? Number(cell) : Number.NaN;
  return Number.isFinite(number) ? number : Number.NaN;
}

/**
 * The column `name` of the type asked for; if none is, as numbers where every cell that is not missing is a finite decimal
 * number, else as text. `reason` says in the error why numbers are expected.
 * @throws when numbers are asked for and a cell is neither a finite decimal number nor missing
 */
export function readColumn(
  table: CsvTable,
  name: string,
  missing: ReadonlySet<string>,
  type?: ColumnType,
  reason = "",
): Column {
  const j = table.header.indexOf(name);
  if (type !== "string") {
    const values = new Float64Array(table.length);
    const numbersMissing = [...missing].some((cell) => !Number.isNaN(numberIn(cell)));
    let i = 0;
    for (; i < values.length; i++) {
      const cell = table.cell(i, j);
      const number = numberIn(cell);
      const absent = (Number.isNaN(number) || numbersMissing) && missing.has(cell);
      values[i] = absent ? Number.NaN : number;
      if (!absent && Number.isNaN(number)) break;
    }
    if (i === values.length) return { name, type: "number", values };
    if (type === "number") {
      const where = `${table.file}, line ${table.line(i)}, column ${show(name)}`;
      throw new Error(`${where}: expected a number${reason}, received ${show(table.cell(i, j))}.`);
    }
  }
  // Many rows share few texts: one copy of each is kept.
  const kept = new Map<string, string>();
  const values = new Array<string | undefined>(table.length);
  let [last, value]: [string?, string?] = [];
  for (let i = 0; i < values.length; i++) {
    const cell = table.cell(i, j);
    if (cell !== last) {
      last = cell;
      value = kept.get(cell);
      if (value === undefined && !missing.has(cell)) {
        value = cell;
        kept.set(cell, cell);
      }
    }
    values[i] = value;
  }
  return { name, type: "string", values };
}

/**
 * The text of a CSV file with these columns: a header line, one line a row, lines end with "\n"; a missing cell is `NA`.
 * @throws RangeError for an infinite number, which CSV has no common name for
 */
export function csvText(columns: readonly Column[]): string {
  const cells = columns.map((column) =>
    cellsOf(column).map((cell, i) => {
      if (isMissing(cell)) return "NA";
      if (typeof cell === "string" || Number.isFinite(cell)) return String(cell);
      const where = `writeCsv: row ${i}, column ${show(column.name)}`;
      throw new RangeError(`${where}: expected a finite or a missing number, received ${cell}.`);
    }),
  );
  const data = (cells[0] ?? []).map((_, i) => cells.map((column) => column[i]));
  return `${Papa.unparse({ fields: columns.map(({ name }) => name), data }, { newline: "\n" })}\n`;
}
