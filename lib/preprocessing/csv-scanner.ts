/** Cuts the bytes of a CSV file into records and cells, none of them looked at yet. */
import type { CsvFormat } from "./csv-options.js";

/** Cells one after the other: where each begins and ends in the bytes, or its text where the bytes are not it. */
export class Cells {
  starts = new Int32Array(65_536);
  ends = new Int32Array(65_536);
  count = 0;
  /** The texts of cells with doubled quotes and the like; `odd[n]` is that of a cell whose start is −1 − n, which is `~n`. */
  readonly odd: string[] = [];

  add(start: number, end: number): void {
    if (this.count === this.starts.length) this.#grow();
    this.starts[this.count] = start;
    this.ends[this.count++] = end;
  }

  addText(text: string): void {
    this.add(~this.odd.length, -1);
    this.odd.push(text);
  }

  /** Leaves out all cells but the first `count`. */
  cut(count: number): void {
    this.count = count;
    if (count === 0) this.odd.length = 0;
  }

  #grow(): void {
    const [starts, ends] = [new Int32Array(2 * this.count), new Int32Array(2 * this.count)];
    starts.set(this.starts);
    ends.set(this.ends);
    [this.starts, this.ends] = [starts, ends];
  }
}

/** A byte of the file: within a cell, or what may end one. */
const [within, ending, escaping] = [0, 1, 2];
const [tab, newline, carriageReturn, space] = [9, 10, 13, 32];

/** Goes through the file once, record by record. */
export class Scanner {
  readonly #bytes: Buffer;
  readonly #format: CsvFormat;
  readonly #file: string;
  readonly #kinds = new Uint8Array(256).fill(within);
  #at = 0;
  /** How many lines were read; a quoted cell's lines count as one. */
  #lines = 0;
  /** Where the last record begins. */
  begin = 0;

  constructor(bytes: Buffer, format: CsvFormat, file: string) {
    this.#bytes = bytes;
    this.#format = format;
    this.#file = file;
    for (const code of [format.sep, format.comment, newline, carriageReturn]) if (code >= 0) this.#kinds[code] = ending;
    if (format.escaper >= 0) this.#kinds[format.escaper] = escaping;
  }

  /**
   * Puts the next record's cells behind those in `cells`; false at the end of the file. Blank lines, comments and lines to be
   * skipped are none.
   * @throws Error for a quote that is not closed
   */
  next(cells: Cells): boolean {
    const { skipBlankLines } = this.#format;
    while (this.#at < this.#bytes.length) {
      const first = cells.count;
      this.begin = this.#at;
      const isBlank = this.#record(cells);
      if (!this.#format.skips(this.#lines++) && !(isBlank && (skipBlankLines || this.#isComment()))) return true;
      cells.cut(first);
    }
    return false;
  }

  /** Which part of the file was read, above 0. */
  get done(): number {
    return this.#at / this.#bytes.length;
  }

  /** The line of the file, from 1, on which the byte `at` stands. */
  lineOf(at: number): number {
    const bytes = this.#bytes;
    let line = 1;
    for (let i = 0; i < at; i++) {
      if (bytes[i] === newline || (bytes[i] === carriageReturn && bytes[i + 1] !== newline)) line++;
    }
    return line;
  }

  /** Reads one record; whether it is a line of spaces, or nothing. */
  #record(cells: Cells): boolean {
    const bytes = this.#bytes;
    const kinds = this.#kinds;
    const { sep, quote, comment, skipinitialspace } = this.#format;
    const size = bytes.length;
    const first = cells.count;
    let at = this.#at;
    let quoted = false;
    for (;;) {
      if (skipinitialspace) while (at < size && bytes[at] === space) at++;
      const start = at;
      if (at < size && bytes[at] === quote) {
        at = this.#quoted(cells, at);
        quoted = true;
      } else {
        while (at < size && kinds[bytes[at]!] === within) at++;
        if (at < size && kinds[bytes[at]!] === escaping) at = this.#odd(cells, start);
        else cells.add(start, at);
      }
      if (at >= size || bytes[at] !== sep) break;
      at++;
    }
    if (at < size && bytes[at] === comment)
      while (at < size && bytes[at] !== newline && bytes[at] !== carriageReturn) at++;
    if (at < size) at += bytes[at] === carriageReturn && bytes[at + 1] === newline ? 2 : 1;
    this.#at = at;
    if (cells.count > first + 1 || quoted || cells.starts[first]! < 0) return false;
    for (let i = cells.starts[first]!; i < cells.ends[first]!; i++) {
      if (bytes[i] !== space && bytes[i] !== tab) return false;
    }
    return true;
  }

  /** Whether the last record has nothing before its comment. */
  #isComment(): boolean {
    let at = this.begin;
    while (this.#bytes[at] === space || this.#bytes[at] === tab) at++;
    return this.#format.comment >= 0 && this.#bytes[at] === this.#format.comment;
  }

  /** Reads a cell that begins with a quote; gives where it ends. */
  #quoted(cells: Cells, start: number): number {
    const bytes = this.#bytes;
    const { quote, escaper, doublequote } = this.#format;
    let at = start + 1;
    let doubled = false;
    for (;;) {
      while (at < bytes.length && bytes[at] !== quote && bytes[at] !== escaper) at++;
      if (!doublequote || bytes[at] !== quote || bytes[at + 1] !== quote) break;
      doubled = true;
      at += 2;
    }
    const isPlain = bytes[at] === quote && (at + 1 === bytes.length || this.#kinds[bytes[at + 1]!] === ending);
    if (!isPlain) return this.#odd(cells, start);
    const sign = String.fromCharCode(quote);
    if (doubled) cells.addText(this.text(start + 1, at).replaceAll(sign + sign, sign));
    else cells.add(start + 1, at);
    return at + 1;
  }

  /** Reads a cell piece by piece: one with signs that escape others, or with text after its quote. */
  #odd(cells: Cells, start: number): number {
    const bytes = this.#bytes;
    const { quote, escaper, doublequote } = this.#format;
    let inside = bytes[start] === quote;
    let at = inside ? start + 1 : start;
    let piece = at;
    let text = "";
    for (;;) {
      const code = bytes[at];
      if (code === undefined) break;
      if (code === escaper) {
        if (at + 1 === bytes.length) this.#fail("a character after every escapechar", "the end of the file");
        text += this.text(piece, at);
        piece = at + 1;
        at += 2;
      } else if (inside && code === quote) {
        text += this.text(piece, at);
        if (doublequote && bytes[at + 1] === quote) at++;
        else inside = false;
        piece = inside ? at : at + 1;
        at++;
      } else if (!inside && this.#kinds[code] === ending) break;
      else at++;
    }
    if (inside) this.#fail("a quote after every quoted cell", "Quoted field unterminated");
    cells.addText(text + this.text(piece, at));
    return at;
  }

  #fail(expected: string, received: string): never {
    const line = this.lineOf(this.begin);
    throw new Error(`${this.#file}, line ${line}: expected ${expected}, received: ${received}.`);
  }

  text(start: number, end: number): string {
    return this.#bytes.toString("utf8", start, end);
  }
}
