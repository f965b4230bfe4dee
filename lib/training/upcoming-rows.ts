/** Upcoming rows: which examples the next training steps of a run take. */
import type { BatchOptions, Dataset } from "./dataset.js";
import type { Place } from "./run.js";

/** The batches of a run, wherever it stands. */
export class UpcomingRows {
  readonly #data: Dataset;
  readonly #options: BatchOptions;
  readonly #batchSize: number;
  /** Orders of epochs that are not over, by the epoch's number. */
  readonly #orders = new Map<number, Int32Array>();

  constructor(data: Dataset, options: BatchOptions) {
    this.#data = data;
    this.#options = options;
    this.#batchSize = options.batchSize ?? 32;
  }

  /** How many rows the batches of an epoch have: all the same, or a smaller last one. */
  get sizes(): number[] {
    if (this.#options.replacement) return [this.#batchSize];
    const whole = Math.floor(this.#data.length / this.#batchSize);
    const rest = this.#data.batchCount(this.#options) > whole ? [this.#data.length % this.#batchSize] : [];
    return whole > 0 ? [this.#batchSize, ...rest] : rest;
  }

  /** The row numbers of the batch at `place`. */
  batch({ epoch, batch }: Place): Int32Array {
    return this.#order(epoch).subarray(batch * this.#batchSize, (batch + 1) * this.#batchSize);
  }

  #order(epoch: number): Int32Array {
    const known = this.#orders.get(epoch);
    if (known) return known;
    const order = this.#data.order(this.#options, epoch);
    for (const past of [...this.#orders.keys()].filter((number) => number < epoch)) this.#orders.delete(past);
    this.#orders.set(epoch, order);
    return order;
  }
}
