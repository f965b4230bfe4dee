/** Dataset: examples with their targets, read in batches. */
import type { Random } from "../random.js";
import { type Tensor, tf } from "../tensor.js";

/** x [examples, …] and y [examples, …], float32: row i of `y` is the target of row i of `x`. */
export class Dataset {
  constructor(
    readonly x: Tensor,
    readonly y: Tensor,
  ) {
    if (x.rank === 0 || y.rank === 0 || x.shape[0] !== y.shape[0]) {
      throw new RangeError(
        `Dataset: expected x and y with the same number of rows, received shapes [${x.shape}] and [${y.shape}].`,
      );
    }
    if (x.shape[0] === 0) throw new RangeError("Dataset: expected at least one example, received none.");
  }

  /** The number of examples. */
  get length(): number {
    return this.x.shape[0]!;
  }

  /** The examples at `indices`, in that order, as a dataset of its own (a copy: dispose it when done). */
  rows(indices: Int32Array): Dataset {
    const index = tf.tensor1d(indices, "int32");
    const rows = new Dataset(tf.gather(this.x, index), tf.gather(this.y, index));
    index.dispose();
    return rows;
  }

  /** The same examples in random order. */
  shuffled(random: Random): Dataset {
    return this.rows(random.permutation(this.length));
  }

  /** Examples start … start + batchSize − 1, fewer at the end. */
  batch(start: number, batchSize: number): { x: Tensor; y: Tensor } {
    const size = Math.min(batchSize, this.length - start);
    return { x: tf.slice(this.x, start, size), y: tf.slice(this.y, start, size) };
  }

  dispose(): void {
    this.x.dispose();
    this.y.dispose();
  }
}
