/** Which columns a CSV file has, and which of them are read: its header, checked, or the names given instead. */
import type { Column } from "./column.js";
import type { ColumnReader } from "./csv-column.js";
import type { ReadCsvOptions } from "./csv-options.js";
import { Cells, type Scanner } from "./csv-scanner.js";
import { list, repeated, show } from "./messages.js";

/** The names of the columns and their places in each row. */
export class CsvLayout {
  /** How many cells each row has. */
  readonly width: number;
  /** The columns that are read, in the order of the file; the one that labels the rows is among them. */
  readonly columns: readonly { readonly name: string; readonly place: number }[];
  /** The names of all columns. */
  readonly #names: readonly string[];
  /** How many records stand before the first row. */
  readonly #header: number;
  readonly #index: number;
  /** Another separator that the only column's name holds. */
  readonly hint: string | undefined;

  /** @param scanner at the beginning of the file */
  constructor(
    readonly file: string,
    scanner: Scanner,
    options: ReadCsvOptions,
  ) {
    const { names, header = names === undefined ? 0 : null, usecols, indexCol, dtypes = {}, sep = "," } = options;
    const first = new Cells();
    let records = 0;
    for (; records <= (header ?? 0); records++) {
      first.cut(0);
      if (!scanner.next(first)) this.#fail("an empty file");
    }
    this.#header = header === null ? 0 : records;
    const cells = Array.from(
      { length: first.count },
      (_, j) => first.odd[~first.starts[j]!] ?? scanner.text(first.starts[j]!, first.ends[j]!),
    );
    const own = header === null ? cells.map((_, j) => String(j)) : cells;
    this.width = names?.length ?? own.length;
    this.#names = names ?? own;
    this.hint =
      cells.length === 1 ? [";", "\t", "|", ","].find((sign) => sign !== sep && cells[0]!.includes(sign)) : undefined;

    const line = names === undefined && header !== null ? `, line ${scanner.lineOf(scanner.begin)}` : "";
    if (names !== undefined && header !== null && cells.length !== names.length) {
      throw new Error(`${file}: expected names for its ${cells.length} columns, received ${names.length}.`);
    }
    this.#index = indexCol === undefined ? -1 : this.#place(indexCol, "indexCol");
    const wanted = usecols && new Set(usecols.map((column) => this.#place(column, "usecols")));
    if (this.#index >= 0) wanted?.add(this.#index);
    const places = this.#names.map((_, place) => place).filter((place) => wanted?.has(place) ?? true);
    this.columns = places.map((place) => ({ name: this.#names[place]!, place }));
    checkNames(
      `${file}${line}`,
      this.columns.filter(({ place }) => place !== this.#index),
    );
    const known = new Set(this.columns.map(({ name }) => name));
    const absent = Object.keys(dtypes).filter((name) => !known.has(name));
    if (absent.length > 0) {
      throw new Error(`${file}: expected the columns named in dtypes, received a table without ${list(absent)}.`);
    }
  }

  /** Goes on to the first row. */
  skipHeader(scanner: Scanner, cells: Cells): void {
    for (let record = 0; record < this.#header; record++) {
      cells.cut(0);
      scanner.next(cells);
    }
  }

  lineOf(scanner: Scanner, row: number): number {
    const cells = new Cells();
    this.skipHeader(scanner, cells);
    for (let i = 0; i <= row; i++) {
      cells.cut(0);
      scanner.next(cells);
    }
    return scanner.lineOf(scanner.begin);
  }

  /** @throws Error when there are no rows */
  checkRows(rows: number): void {
    if (rows === 0) this.#fail("a header without rows");
  }

  /** @throws Error about the scanner's last record, which has `width` cells */
  failRagged(scanner: Scanner, width: number): never {
    const column = this.#names[width];
    const where = column === undefined ? "" : `: column ${show(column)} and those after it are missing`;
    const advice =
      this.hint === undefined ? "" : ` Is ${show(this.hint)} the separator? Then say { sep: ${show(this.hint)} }.`;
    throw new Error(
      `${this.file}, line ${scanner.lineOf(scanner.begin)}: expected ${this.width} cells, received ${width}${where}.${advice}`,
    );
  }

  /** The columns without the one that labels the rows, and its labels. */
  split(
    readers: readonly ColumnReader[],
    rows: number,
  ): { columns: Column[]; readers: ColumnReader[]; index?: (string | number)[] } {
    const kept = readers.filter(({ place }) => place !== this.#index);
    const columns = kept.map((reader) => reader.column(rows));
    const labels = readers.find(({ place }) => place === this.#index)?.column(rows);
    if (labels === undefined) return { columns, readers: kept };
    const index = Array.from<string | number | boolean | undefined, string | number>(labels.values, (label) =>
      typeof label === "number" ? label : String(label ?? Number.NaN),
    );
    return { columns, readers: kept, index };
  }

  #place(column: string | number, option: string): number {
    const place = typeof column === "number" ? column : this.#names.indexOf(column);
    if (this.#names[place] !== undefined) return place;
    throw new Error(
      `${this.file}: expected ${option} to name columns among ${list(this.#names)}, received ${show(column)}.`,
    );
  }

  #fail(received: string): never {
    throw new Error(`${this.file}: expected a table with a header and at least one row, received ${received}.`);
  }
}

function checkNames(where: string, columns: readonly { readonly name: string; readonly place: number }[]): void {
  const advice = "give all names with { names: […], header: 0 }.";
  const nameless = columns.find(({ name }) => name === "");
  if (nameless !== undefined) {
    throw new Error(
      `${where}: expected a name for every column, received none for column ${nameless.place + 1}. If it labels the rows, say ` +
        `{ indexCol: ${nameless.place} }; else leave it out with usecols, or ${advice}`,
    );
  }
  const doubled = repeated(columns.map(({ name }) => name));
  if (doubled.length > 0) {
    throw new Error(
      `${where}: expected every column once, received ${list(doubled)} more than once. Choose columns by their numbers with usecols, or ${advice}`,
    );
  }
}
