/**
 * A CSV file as text, before it is known which columns are numbers: the shape of the file is checked here, then each column
 * is read as numbers or as text, with errors that name the file, the line and the column. The way back is `csvText`.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import Papa from "papaparse";
import { type Column, type ColumnType, cellsOf, isMissing } from "./column.js";
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
  /** At least one row, each as long as the header. */
  readonly rows: readonly (readonly string[])[];
  /** The line of the file on which row `i` begins; the header is usually line 1. */
  line(i: number): number;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
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
  const text = readText(file).replace(/\r\n?/g, "\n");
  const { data: records, errors } = Papa.parse<string[]>(text, { delimiter: ",", newline: "\n" });
  const lineOf = (record: number) =>
    records.slice(0, record).reduce((line, cells) => line + cells.join("").split("\n").length, 1);
  if (errors[0] !== undefined) {
    const { message, row = 0 } = errors[0];
    throw new Error(`${file}, line ${lineOf(row)}: expected a quote after every quoted cell, received: ${message}.`);
  }

  const numbered = records
    .map((cells, record) => ({ cells, record }))
    .filter(({ cells }) => cells.length > 1 || cells[0] !== "");
  const [header, ...rows] = numbered;
  if (header === undefined || rows.length === 0) {
    const received = header === undefined ? "an empty file" : "a header without rows";
    throw new Error(`${file}: expected a table with a header and at least one row, received ${received}.`);
  }
  checkHeader(file, lineOf(header.record), header.cells);
  const ragged = rows.find(({ cells }) => cells.length !== header.cells.length);
  if (ragged !== undefined) {
    const { cells, record } = ragged;
    const column = header.cells[cells.length];
    const where = column === undefined ? "" : `: column ${show(column)} and those after it are missing`;
    throw new Error(
      `${file}, line ${lineOf(record)}: expected ${header.cells.length} cells, received ${cells.length}${where}.`,
    );
  }
  return {
    file,
    header: header.cells,
    rows: rows.map(({ cells }) => cells),
    line: (i) => lineOf(rows[i]!.record),
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
const decimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

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
    const values = new Float64Array(table.rows.length);
    const numbersMissing = [...missing].some((cell) => !Number.isNaN(numberIn(cell)));
    const text = table.rows.findIndex((row, i) => {
      const cell = row[j]!;
      const number = numberIn(cell);
      const absent = (Number.isNaN(number) || numbersMissing) && missing.has(cell);
      values[i] = absent ? Number.NaN : number;
      return !absent && Number.isNaN(number);
    });
    if (text < 0) return { name, type: "number", values };
    if (type === "number") {
      const where = `${table.file}, line ${table.line(text)}, column ${show(name)}`;
      throw new Error(`${where}: expected a number${reason}, received ${show(table.rows[text]![j])}.`);
    }
  }
  // Many rows share few texts: one copy of each is kept, the others can go with the rows of the file.
  const kept = new Map<string, string>();
  const values = table.rows.map((row) => {
    const cell = row[j]!;
    const known = kept.get(cell);
    if (known !== undefined || missing.has(cell)) return known;
    kept.set(cell, cell);
    return cell;
  });
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
