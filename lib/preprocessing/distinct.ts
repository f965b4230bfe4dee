/** The values of a column that differ, and which of them each row has: where encoders and counts begin. */
import { isMissing, type Value } from "./column.js";

export interface Distinct {
  /** In the order in which they come. */
  readonly values: Value[];
  /** For each row the place of its value in `values`; −1 where it is missing. */
  readonly places: Int32Array;
}

/** Goes through `values` once. */
export function distinct(values: ArrayLike<Value | undefined>): Distinct {
  const found: Value[] = [];
  const places = new Int32Array(values.length);
  const numbers = new NumberPlaces();
  const others = new Map<Value, number>();
  for (let i = 0; i < places.length; i++) {
    const value = values[i];
    if (isMissing(value)) {
      places[i] = -1;
      continue;
    }
    let place = typeof value === "number" ? numbers.place(value, found.length) : others.get(value);
    if (place === undefined) {
      place = found.length;
      others.set(value, place);
    }
    if (place === found.length) found.push(value);
    places[i] = place;
  }
  return { values: found, places };
}

/** A table from numbers to their places by open addressing (Knuth 1973): a Map of fractions takes many times as long. */
class NumberPlaces {
  #keys = new Float64Array(1024);
  #places = new Int32Array(1024).fill(-1);
  #count = 0;
  readonly #number = new Float64Array(1);
  readonly #bits = new Int32Array(this.#number.buffer);

  /** The place of `number`, which is `next` where it was not met before. */
  place(number: number, next: number): number {
    const slot = this.#slot(number);
    if (this.#places[slot]! >= 0) return this.#places[slot]!;
    this.#keys[slot] = number;
    this.#places[slot] = next;
    if (2 * ++this.#count > this.#keys.length) this.#grow();
    return next;
  }

  /** Where `number` is kept, or would be. */
  #slot(number: number): number {
    this.#number[0] = number + 0; // −0 and 0 are one
    let hash = Math.imul(this.#bits[0]! ^ Math.imul(this.#bits[1]!, 0x85ebca6b), 0xc2b2ae35);
    hash ^= hash >>> 15;
    const mask = this.#keys.length - 1;
    let slot = hash & mask;
    while (this.#places[slot]! >= 0 && this.#keys[slot] !== number) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, places] = [this.#keys, this.#places];
    this.#keys = new Float64Array(4 * keys.length);
    this.#places = new Int32Array(4 * keys.length).fill(-1);
    for (let i = 0; i < keys.length; i++) {
      if (places[i]! < 0) continue;
      const slot = this.#slot(keys[i]!);
      this.#keys[slot] = keys[i]!;
      this.#places[slot] = places[i]!;
    }
  }
}
