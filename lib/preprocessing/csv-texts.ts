/** The texts in the cells of a CSV file: many rows share few of them, and one copy of each is kept. */

/** What a text can be taken for. */
export const [missing, number, truth, falsehood, other] = [0, 1, 2, 3, 4];

const slots = 1 << 16;
/** Longer cells are seldom alike. */
const longest = 48;
/** A part of a string of up to so many letters is a copy; of more it would keep the whole string in memory. */
const copied = 12;
const windowSize = 1 << 20;

/** Texts by their bytes, in as many places as there are; of two that fall into one place the last one stays. */
export class TextReader {
  readonly #bytes: Buffer;
  readonly #starts = new Int32Array(slots);
  readonly #lengths = new Int32Array(slots).fill(-1);
  readonly #texts: string[] = [];
  readonly #kinds = new Uint8Array(slots);
  #window = "";
  #from = 0;
  /** What a text that was not met before can be taken for; its bytes lie from `start` to `end`. */
  readonly #classify: (text: string, start: number, end: number) => number;
  /** What the last text can be taken for. */
  kind = missing;

  constructor(bytes: Buffer, classify: (text: string, start: number, end: number) => number) {
    this.#bytes = bytes;
    this.#classify = classify;
  }

  read(start: number, end: number): string {
    const bytes = this.#bytes;
    const length = end - start;
    if (length > longest) {
      const text = bytes.toString("utf8", start, end);
      this.kind = this.#classify(text, start, end);
      return text;
    }
    // FNV-1a (Fowler, Noll and Vo 1991).
    let hash = 0x811c9dc5;
    let all = 0;
    for (let i = start; i < end; i++) {
      hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
      all |= bytes[i]!;
    }
    const slot = (hash ^ (hash >>> 16)) & (slots - 1);
    if (this.#lengths[slot] === length) {
      const first = this.#starts[slot]!;
      let i = 0;
      while (i < length && bytes[first + i] === bytes[start + i]) i++;
      if (i === length) {
        this.kind = this.#kinds[slot]!;
        return this.#texts[slot]!;
      }
    }
    const text = all < 128 ? this.#ascii(start, end) : bytes.toString("utf8", start, end);
    this.kind = this.#classify(text, start, end);
    this.#starts[slot] = start;
    this.#lengths[slot] = length;
    this.#texts[slot] = text;
    this.#kinds[slot] = this.kind;
    return text;
  }

  /** Short texts are copied out of a long one: each call out of JavaScript takes longer than that. */
  #ascii(start: number, end: number): string {
    if (end - start > copied) return this.#bytes.toString("latin1", start, end);
    if (start < this.#from || end > this.#from + this.#window.length) {
      this.#from = start;
      this.#window = this.#bytes.toString("latin1", start, start + windowSize);
    }
    return this.#window.slice(start - this.#from, end - this.#from);
  }
}
