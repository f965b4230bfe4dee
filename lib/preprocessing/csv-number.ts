/** The numbers in the cells of a CSV file, read from their bytes. */
import type { CsvFormat } from "./csv-options.js";

/** Powers of ten that a float64 holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
const [space, plus, minus, zero, letterE] = [32, 43, 45, 48, 101];
/** A space, tab, line end and the like. */
const isSpace = (code: number) => code === space || (code >= 9 && code <= 13);

/** Reads decimal numbers ("12", "-.5", "1e3", with spaces around, or "inf"), each as the nearest float64. */
export class NumberReader {
  readonly #bytes: Buffer;
  readonly #format: CsvFormat;
  readonly #decimal: number;
  readonly #thousands: number;
  /** Whether the last number was written without a decimal sign and an exponent. */
  isWhole = false;

  constructor(bytes: Buffer, format: CsvFormat) {
    this.#bytes = bytes;
    this.#format = format;
    this.#decimal = format.decimal;
    this.#thousands = format.thousands;
  }

  /** What a text says that does not stand in the file as it is; NaN where it is no number. */
  readText(text: string): number {
    const bytes = Buffer.from(text);
    const reader = new NumberReader(bytes, this.#format);
    const value = reader.read(0, bytes.length);
    this.isWhole = reader.isWhole;
    return value;
  }

  /** What the bytes from `start` to `end` say; NaN where it is no number. */
  read(start: number, end: number): number {
    const bytes = this.#bytes;
    let at = start;
    while (at < end && isSpace(bytes[at]!)) at++;
    const isNegative = bytes[at] === minus;
    if (at < end && (isNegative || bytes[at] === plus)) at++;
    // All digits as one whole number, and by which power of ten it is too large.
    let digits = 0;
    let whole = 0;
    let scale = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - zero;
      if (digit >= 0 && digit <= 9) {
        whole = whole * 10 + digit;
        digits++;
      } else if (bytes[at] !== this.#thousands || digits === 0) break;
    }
    this.isWhole = at === end || (bytes[at] !== this.#decimal && (bytes[at]! | 32) !== letterE);
    if (at < end && bytes[at] === this.#decimal) {
      for (at++; at < end; at++) {
        const digit = bytes[at]! - zero;
        if (!(digit >= 0 && digit <= 9)) break;
        whole = whole * 10 + digit;
        digits++;
        scale--;
      }
    }
    if (digits === 0) return this.#infinity(start, end);
    if (at < end && (bytes[at]! | 32) === letterE) {
      const sign = bytes[++at] === minus ? -1 : 1;
      if (at < end && (bytes[at] === minus || bytes[at] === plus)) at++;
      const first = at;
      let exponent = 0;
      for (; at < end && bytes[at]! >= zero && bytes[at]! <= zero + 9; at++)
        exponent = exponent * 10 + bytes[at]! - zero;
      if (at === first) return Number.NaN;
      scale += sign * exponent;
    }
    while (at < end && isSpace(bytes[at]!)) at++;
    if (at < end) return Number.NaN;
    // A product or quotient of two exact numbers is rounded once: it is the nearest (Clinger 1990).
    if (whole >= 2 ** 53 || scale < -22 || scale > 22) return Number(this.#plain(bytes.toString("latin1", start, end)));
    const size = scale < 0 ? whole / powers[-scale]! : whole * powers[scale]!;
    return isNegative ? -size : size;
  }

  /** Whether the whole number `text` is beyond ±2⁵³, from where on float64 leaves numbers out. */
  isBeyond(text: string): boolean {
    const digits = this.#plain(text).replace(/^[+-]?0*/, "");
    return digits.length > 16 || (digits.length === 16 && digits > "9007199254740992");
  }

  /** The number as JavaScript writes it. */
  #plain(text: string): string {
    const joined = this.#thousands < 0 ? text.trim() : text.trim().replaceAll(String.fromCharCode(this.#thousands), "");
    return joined.replace(String.fromCharCode(this.#decimal), ".");
  }

  #infinity(start: number, end: number): number {
    this.isWhole = false;
    if (end - start < 3 || end - start > 12) return Number.NaN;
    const [, sign] = /^([+-]?)inf(?:inity)?$/i.exec(this.#bytes.toString("latin1", start, end)) ?? [];
    return sign === undefined ? Number.NaN : Number(`${sign}Infinity`);
  }
}
