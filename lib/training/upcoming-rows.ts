/** Upcoming rows: which examples the next training steps of a run take. */
import type { BatchOptions, Dataset } from "./dataset.js";
import type { History } from "./history.js";

/** Batches of one size, one after the other. */
export interface Batches {
  /** Row numbers: `size` for each of `count` batches. */
  rows: Int32Array;
  size: number;
  count: number;
}

/** The batches of a run from where its history stands. */
export class UpcomingRows {
  readonly #data: Dataset;
  readonly #options: BatchOptions & { epochs?: number };
  /** Orders of epochs that are not over, by the epoch's number. */
  readonly #orders = new Map<number, Int32Array>();

  constructor(data: Dataset, options: BatchOptions & { epochs?: number }) {
    this.#data = data;
    this.#options = options;
  }

  /** How many rows the batches of an epoch have: all the same, or a smaller last one. */
  get sizes(): number[] {
    const { batchSize = 32 } = this.#options;
    const whole = Math.floor(this.#data.length / batchSize);
    const rest = this.#data.batchCount(this.#options) > whole ? [this.#data.length % batchSize] : [];
    return whole > 0 ? [batchSize, ...rest] : rest;
  }

  /**
   * At least one batch and at most `most`: whole ones together, a smaller last one of an epoch alone.
   * @param spans whether batches of later epochs may follow those of this one
   */
  next({ epoch, batch }: History, most: number, spans: boolean): Batches {
    const { batchSize = 32, epochs = Number.POSITIVE_INFINITY } = this.#options;
    for (const past of [...this.#orders.keys()].filter((number) => number < epoch)) this.#orders.delete(past);
    const order = this.#order(epoch);
    const rest = order.subarray(batch * batchSize);
    if (rest.length < batchSize) return { rows: rest, size: rest.length, count: 1 };
    const inEpoch = this.#data.batchCount(this.#options);
    const whole = Math.min(Math.floor(rest.length / batchSize), inEpoch - batch);
    const count = Math.min(whole, most);
    // Later epochs go on where this one ends in a whole batch.
    if (!spans || most <= whole || order.length < inEpoch * batchSize) {
      return { rows: rest.subarray(0, count * batchSize), size: batchSize, count };
    }
    const all = Math.min(most, whole + inEpoch * (epochs - epoch - 1));
    const rows = new Int32Array(all * batchSize);
    rows.set(rest.subarray(0, whole * batchSize));
    for (let done = whole, later = epoch + 1; done < all; done += inEpoch, later++) {
      const taken = Math.min(inEpoch, all - done);
      rows.set(this.#order(later).subarray(0, taken * batchSize), done * batchSize);
    }
    return { rows, size: batchSize, count: all };
  }

  #order(epoch: number): Int32Array {
    const known = this.#orders.get(epoch);
    if (known) return known;
    const order = this.#data.order(this.#options, epoch);
    this.#orders.set(epoch, order);
    return order;
  }
}
