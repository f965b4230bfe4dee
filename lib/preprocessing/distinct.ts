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
  const numbers = numbersIn(values);
  if (numbers) return distinctNumbers(numbers);
  const found: Value[] = [];
  const places = new Int32Array(values.length);
  const known = new Map<Value, number>();
  for (let i = 0; i < places.length; i++) {
    const value = values[i];
    if (isMissing(value)) {
      places[i] = -1;
      continue;
    }
    let place = known.get(value);
    if (place === undefined) {
      place = found.push(value) - 1;
      known.set(value, place);
    }
    places[i] = place;
  }
  return { values: found, places };
}

/** The place of each of `values` in `list`, −1 where it is not there. */
export function placesIn(list: readonly Value[], values: readonly Value[]): Int32Array {
  const places = new Int32Array(values.length).fill(-1);
  const numbers = new NumberPlaces();
  const others = new Map<Value, number>();
  for (let place = 0; place < list.length; place++) {
    const value = list[place]!;
    if (typeof value === "number") numbers.place(value, place);
    else others.set(value, place);
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    places[i] = typeof value === "number" ? numbers.find(value) : (others.get(value) ?? -1);
  }
  return places;
}

/** Whether `values` are a typed array of numbers, of whatever kind. */
export const areNumbers = (values: unknown): values is Float64Array =>
  ArrayBuffer.isView(values) && typeof (values as Float64Array)[0] === "number";

/** The values, where none is anything but a number, a missing one being NaN. */
function numbersIn(values: ArrayLike<Value | undefined>): Float64Array | undefined {
  if (values instanceof Float64Array) return values;
  if (areNumbers(values)) return new Float64Array(values);
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) {
    const value = values[i];
    if (typeof value === "number") numbers[i] = value;
    else if (isMissing(value)) numbers[i] = Number.NaN;
    else return undefined;
  }
  return numbers;
}

/** The same for numbers alone: a loop over one kind of array is several times as fast. */
function distinctNumbers(values: Float64Array): Distinct {
  const found: number[] = [];
  const places = new Int32Array(values.length);
  const numbers = new NumberPlaces();
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      places[i] = -1;
      continue;
    }
    const place = numbers.place(value, found.length);
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

  /** The place of `number`; −1 where it was not met. */
  find(number: number): number {
    return this.#places[this.#slot(number)]!;
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
