/** A column that grows while a CSV file is read: as what its cells have been so far, until one is something else. */
import type { Column, ColumnType } from "./column.js";
import type { NumberReader } from "./csv-number.js";
import type { Cells } from "./csv-scanner.js";
import { falsehood, missing, number, type TextReader, truth } from "./csv-texts.js";

/** What all columns of a file read their cells with. */
export interface Readers {
  readonly numbers: NumberReader;
  readonly texts: TextReader;
  /** What stands for a missing value, as text and as numbers. */
  readonly missing: ReadonlySet<string>;
  readonly missingNumbers: ReadonlySet<number>;
  /** What a text that does not stand in the file as it is can be taken for. */
  classify(text: string): number;
}

/** A cell that is not what its column was said to hold. */
export class WrongCell extends Error {
  constructor(
    readonly row: number,
    readonly cell: string,
    readonly expected: ColumnType,
  ) {
    super(`expected a ${expected}, received ${cell}`);
  }
}

/** A block of rows, one behind the other, each of `width` cells. */
export interface Block {
  readonly cells: Cells;
  readonly width: number;
  /** The number of the block's first row, and how many it has. */
  readonly first: number;
  readonly rows: number;
  /** About how many rows there are in all. */
  readonly expected: number;
}

/** The column in place `place` of every row. */
export class ColumnReader {
  /** What the cells so far are; undefined while all are missing. */
  type: ColumnType | undefined;
  #numbers = new Float64Array(0);
  #texts: (string | undefined)[] = [];
  #truths: (boolean | undefined)[] = [];
  /** The row from which on the cells are read as `type`; those before it have to be read again. */
  readFrom = 0;
  /** The first whole number beyond 2⁵³, and whether there are fractions, among which it is one that is rounded. */
  beyond: { readonly row: number; readonly cell: string } | undefined;
  #isWhole = true;
  /** The first number that is too large for a float64, which makes it an infinite one. */
  overflow: { readonly row: number; readonly cell: string } | undefined;
  #hasZero = false;
  /** Of a column of text: how many cells are numbers, how many are not, and the first of these. */
  numbers = 0;
  others = 0;
  firstOther: { readonly row: number; readonly cell: string } | undefined;

  constructor(
    readonly name: string,
    readonly place: number,
    /** What the column was said to hold, if anything. */
    readonly wanted: ColumnType | undefined,
  ) {
    this.type = wanted;
  }

  /** Reads the block's cells of this column. @throws WrongCell */
  add(block: Block, readers: Readers): void {
    let row = 0;
    if (this.type === undefined || this.type === "number") {
      row = this.#addNumbers(block, readers);
      if (row === block.rows) return;
      if (this.wanted === "number")
        throw new WrongCell(block.first + row, textOf(block, this.place, row, readers), "number");
      const isFirst = this.type === undefined;
      this.#restart(block, isFirst ? "boolean" : "string", isFirst);
    }
    if (this.type === "boolean") {
      row = this.#addTruths(block, readers);
      if (row === block.rows) return;
      if (this.wanted === "boolean")
        throw new WrongCell(block.first + row, textOf(block, this.place, row, readers), "boolean");
      this.#restart(
        block,
        "string",
        this.#truths.every((value) => value === undefined),
      );
    }
    this.#addTexts(block, block.rows, readers);
  }

  /** A column of whole numbers beyond 2⁵³ is text: they are names, and the nearest float64 is another one's. */
  get isBeyond(): boolean {
    return this.type === "number" && this.wanted === undefined && this.beyond !== undefined && this.#isWhole;
  }

  /** Makes this a column of text, all of which is to be read again. */
  readAgainAsText(rows: number): void {
    [this.type, this.readFrom, this.#numbers] = ["string", rows, new Float64Array(0)];
    this.#texts = new Array<string | undefined>(rows);
  }

  /** Reads a block that was read before, up to the row from which on the column is right. */
  addAgain(block: Block, readers: Readers): void {
    this.#addTexts(block, Math.min(block.rows, this.readFrom - block.first), readers);
  }

  /** The column of `rows` rows. */
  column(rows: number): Column {
    const { name, type = "number" } = this;
    if (type === "string") return { name, type, values: this.#texts };
    if (type === "boolean") return { name, type, values: this.#truths };
    // Among whole numbers "-0" is 0.
    if (this.#isWhole && this.#hasZero) for (let i = 0; i < rows; i++) this.#numbers[i]! += 0;
    // What was kept free behind the rows was never written to, so it takes no memory.
    return { name, type, values: this.#numbers.subarray(0, rows) };
  }

  /** Rows before the block are missing, where `areMissing`, or else to be read again. */
  #restart({ first }: Block, type: "boolean" | "string", areMissing: boolean): void {
    this.type = type;
    this.#numbers = new Float64Array(0);
    this.readFrom = areMissing ? 0 : first;
    if (type === "boolean") this.#truths = new Array<undefined>(first).fill(undefined);
    else [this.#truths, this.#texts] = [[], new Array<undefined>(first).fill(undefined)];
  }

  /** Gives the row of the block at which there was something else, or the number of rows. */
  #addNumbers(block: Block, readers: Readers): number {
    const { cells, width, first, rows, expected } = block;
    const textAt = (row: number) => textOf(block, this.place, row, readers);
    if (this.#numbers.length < first + rows) this.#grow(first + rows, expected);
    const { numbers, missing: absent, missingNumbers } = readers;
    const { starts, ends } = cells;
    const values = this.#numbers;
    for (let i = 0, k = this.place; i < rows; i++, k += width) {
      const start = starts[k]!;
      let value = start < 0 ? numbers.readText(textAt(i)) : numbers.read(start, ends[k]!);
      if (Number.isNaN(value)) {
        if ((start < 0 || start !== ends[k] || !absent.has("")) && !absent.has(textAt(i))) return i;
      } else if (missingNumbers.size > 0 && missingNumbers.has(value)) value = Number.NaN;
      else {
        this.type = "number";
        if (this.overflow === undefined && !Number.isFinite(value) && /\d/.test(textAt(i))) {
          this.overflow = { row: first + i, cell: textAt(i) };
        }
        if (!numbers.isWhole) this.#isWhole = false;
        else if (value === 0) this.#hasZero = true;
        else if (
          this.beyond === undefined &&
          (value >= 2 ** 53 || value <= -(2 ** 53)) &&
          numbers.isBeyond(textAt(i))
        ) {
          this.beyond = { row: first + i, cell: textAt(i) };
        }
      }
      values[first + i] = value;
    }
    return rows;
  }

  #addTruths(block: Block, readers: Readers): number {
    const { cells, width, rows } = block;
    for (let i = 0, k = this.place; i < rows; i++, k += width) {
      const kind = kindOf(cells, k, readers);
      if (kind !== truth && kind !== falsehood && kind !== missing) return i;
      this.#truths.push(kind === missing ? undefined : kind === truth);
    }
    return rows;
  }

  #addTexts({ cells, width, first }: Block, end: number, readers: Readers): void {
    const { starts, ends, odd } = cells;
    const { texts } = readers;
    const values = this.#texts;
    let [numbers, others, firstOther] = [0, 0, -1];
    for (let i = 0, k = this.place; i < end; i++, k += width) {
      const start = starts[k]!;
      const text = start < 0 ? odd[~start]! : texts.read(start, ends[k]!);
      const kind = start < 0 ? readers.classify(text) : texts.kind;
      values[first + i] = kind === missing ? undefined : text;
      if (kind === number) numbers++;
      else if (kind !== missing) {
        others++;
        if (firstOther < 0) firstOther = first + i;
      }
    }
    this.numbers += numbers;
    this.others += others;
    // Rows that are read again are the first ones.
    if (firstOther >= 0 && firstOther < (this.firstOther?.row ?? Number.POSITIVE_INFINITY)) {
      this.firstOther = { row: firstOther, cell: values[firstOther]! };
    }
  }

  #grow(rows: number, expected: number): void {
    const grown = new Float64Array(Math.max(rows, expected, Math.ceil(1.25 * this.#numbers.length)));
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}

function kindOf(cells: Cells, k: number, { texts, classify }: Readers): number {
  const start = cells.starts[k]!;
  if (start < 0) return classify(cells.odd[~start]!);
  texts.read(start, cells.ends[k]!);
  return texts.kind;
}

function textOf({ cells, width }: Block, place: number, i: number, { texts }: Readers): string {
  const k = place + i * width;
  const start = cells.starts[k]!;
  return start < 0 ? cells.odd[~start]! : texts.read(start, cells.ends[k]!);
}
