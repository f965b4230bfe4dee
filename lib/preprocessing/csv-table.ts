/**
 * A CSV file as a table: its shape is checked, and its columns are read block by block, so that what is worked on stays in the
 * processor's cache and time grows with the cells. Errors name the file, the line and the column.
 */
import { resolve } from "node:path";
import { expectFile } from "../checks/expect-file.js";
import type { Column } from "./column.js";
import { readBytes } from "./csv-bytes.js";
import { type Block, ColumnReader, type Readers, WrongCell } from "./csv-column.js";
import { CsvLayout } from "./csv-layout.js";
import { NumberReader } from "./csv-number.js";
import { csvFormat, defaultNaValues, type ReadCsvOptions } from "./csv-options.js";
import { Cells, Scanner } from "./csv-scanner.js";
import { falsehood, missing, number, other, TextReader, truth } from "./csv-texts.js";
import { show } from "./messages.js";

/** A file that was read. */
export interface CsvTable {
  /** Absolute. */
  readonly file: string;
  readonly columns: readonly Column[];
  /** How many rows there are, at least one. */
  readonly length: number;
  /** The labels of the rows, where the file has them. */
  readonly index?: (string | number)[];
  /** The line of the file on which row `i` begins; the header is usually line 1. */
  line(i: number): number;
  /** A sign in the name of the only column that may be the separator. */
  readonly hint: string | undefined;
  /** What is to be known about the columns beside their values, in their order. */
  readonly readers: readonly ColumnReader[];
}

/** How many cells are cut before they are read. */
const blockSize = 1 << 15;

/**
 * Reads a CSV file.
 * @param reason says in the error why a column is expected to hold what `dtypes` say
 * @throws when there is no such file, no row, a nameless or doubled column, a row shorter or longer than the header, a quote that
 * is not closed, a cell that is not what `dtypes` say, or an option that is none
 */
export function readCsvTable(
  path: string,
  options: ReadCsvOptions = {},
  reason: (column: string) => string = () => "",
): CsvTable {
  expectFile("readCsv", path);
  const file = resolve(path);
  const format = csvFormat(options);
  const bytes = readBytes(file, options.encoding);
  const scan = () => new Scanner(bytes, format, file);
  const layout = new CsvLayout(file, scan(), options);
  const readers = readersOf(bytes, options, new NumberReader(bytes, format));
  const line = (i: number) => layout.lineOf(scan(), i);
  const columns = layout.columns.map(({ name, place }) => {
    const wanted = options.dtypes && Object.hasOwn(options.dtypes, name) ? options.dtypes[name] : undefined;
    return new ColumnReader(name, place, wanted);
  });
  let length = 0;
  let column = columns[0]!;
  try {
    for (const block of blocks(scan(), layout, options.nrows)) {
      for (column of columns) column.add(block, readers);
      length = block.first + block.rows;
    }
  } catch (error) {
    if (!(error instanceof WrongCell)) throw error;
    const kind = error.expected === "number" ? "a number" : "true or false";
    const where = `${file}, line ${line(error.row)}, column ${show(column.name)}`;
    throw new Error(`${where}: expected ${kind}${reason(column.name)}, received ${show(error.cell)}.`, {
      cause: error,
    });
  }
  layout.checkRows(length);
  readAgain(columns, length, () => blocks(scan(), layout, options.nrows), readers);
  return { file, length, line, hint: layout.hint, ...layout.split(columns, length) };
}

/** Reads the first rows of those columns again that turned out to be text after them. */
function readAgain(
  columns: readonly ColumnReader[],
  length: number,
  begin: () => Iterable<Block>,
  readers: Readers,
): void {
  for (const column of columns) if (column.isBeyond) column.readAgainAsText(length);
  const again = columns.filter(({ readFrom }) => readFrom > 0);
  const last = again.reduce((row, { readFrom }) => Math.max(row, readFrom), 0);
  if (again.length === 0) return;
  for (const block of begin()) {
    for (const column of again) column.addAgain(block, readers);
    if (block.first + block.rows >= last) return;
  }
}

/** The rows, a block at a time; each block is over when the next one is asked for. */
function* blocks(scanner: Scanner, layout: CsvLayout, rows = Number.POSITIVE_INFINITY): Generator<Block> {
  const cells = new Cells();
  layout.skipHeader(scanner, cells);
  const { width } = layout;
  let first = 0;
  for (let more = true; more; ) {
    cells.cut(0);
    let count = 0;
    while (first + count < rows && cells.count < blockSize) {
      more = scanner.next(cells);
      if (!more) break;
      count++;
      if (cells.count !== count * width) layout.failRagged(scanner, cells.count - (count - 1) * width);
    }
    if (count === 0) return;
    first += count;
    // The rest of the file is taken to be like its first rows.
    const expected = Math.min(rows, Math.ceil((1.02 * first) / scanner.done) + 1);
    yield { cells, width, first: first - count, rows: count, expected };
  }
}

function readersOf(bytes: Buffer, options: ReadCsvOptions, numbers: NumberReader): Readers {
  const { naValues = [], keepDefaultNa = true, trueValues = [], falseValues = [] } = options;
  const absent = new Set([...(keepDefaultNa ? defaultNaValues : []), ...naValues.map(String)]);
  const [truths, falsehoods] = [new Set(trueValues), new Set(falseValues)];
  const longest = Math.max("false".length, ...[...absent, ...truths, ...falsehoods].map((word) => word.length));
  const classify = (text: string, value = () => numbers.readText(text)) => {
    if (text.length <= longest) {
      if (absent.has(text)) return missing;
      if (truths.has(text) || /^true$/i.test(text)) return truth;
      if (falsehoods.has(text) || /^false$/i.test(text)) return falsehood;
    }
    return Number.isNaN(value()) ? other : number;
  };
  const texts = new TextReader(bytes, (text, start, end) => classify(text, () => numbers.read(start, end)));
  const asNumbers = naValues.map((value) =>
    typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value),
  );
  const missingNumbers = new Set(asNumbers.filter((value) => !Number.isNaN(value)));
  return { numbers, texts, missing: absent, missingNumbers, classify };
}
