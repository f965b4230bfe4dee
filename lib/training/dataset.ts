/** Dataset: examples with their targets, read in batches. */

import type { Random } from "gradbook-engine/random";
import { type Tensor, type TensorLike, tf } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { expectOptions, expectRandom } from "../checks/expect-options.js";
import { shown } from "../checks/shown.js";
import type { DataFrame, Series } from "../preprocessing/data-frame.js";
import { show } from "../preprocessing/messages.js";
import { toTensor } from "../preprocessing/to-tensor.js";

/** A typed array, or (nested) arrays, of numbers. */
export type Numbers = Float64Array | Float32Array | Int32Array | Uint8Array | readonly (number | Numbers)[];

/** What a dataset is made from: a tensor, numbers, a table or a column of one. */
export type Values = Tensor | Numbers | DataFrame | Series;

/** Some examples with their targets and, where they do not all count the same, their weights. */
export interface Batch {
  x: Tensor;
  y: Tensor;
  /** float32 [examples]. */
  weights?: Tensor;
}

/** The tensors of a batch: x, y and, where there are some, the weights. */
export const tensorsOf = ({ x, y, weights }: Batch): Tensor[] => [x, y, ...(weights ? [weights] : [])];

/** What a `Dataset` can be told. */
export interface DatasetOptions {
  /**
   * How much each example counts in the loss, numbers of 0 or more, [examples]: its term is multiplied by its weight (Keras's
   * `sample_weight`). `sampleWeights` makes them from classes. Metrics do not look at them. Default: all count the same.
   */
  weights?: Values;
}

/** What a dataset consists of. */
type Name = "x" | "y" | "weights";

/** How an epoch is cut into batches. */
export interface BatchOptions {
  /** Examples a batch; the last one may be smaller. Default 32. */
  batchSize?: number;
  /** Draws a new order for each epoch, from its seed and the epoch's number only; `false` keeps the order. */
  shuffle?: Random | false;
  /**
   * Draws every example of every batch from all examples, so that some come twice and some not at all; an epoch is still as
   * many batches, all of them full. Needs `shuffle`. Default false: each example comes once.
   */
  replacement?: boolean;
  /** Leaves out a last batch with fewer than `batchSize` examples. Default false. */
  dropLast?: boolean;
}

/**
 * x [examples, …], float32, and y [examples, …], float32 or int32 (class numbers): row i of `y` is the target of row i of `x`.
 * A column of a table becomes one column, shape [examples, 1].
 *
 * @example
 * ```ts
 * import { Dataset, tf } from "gradbook";
 *
 * const data = new Dataset(tf.zeros([100, 784]), tf.zeros([100], "int32"));
 * console.log(data.length, data.batch(0, 32).x.shape); // 100 [ 32, 784 ]
 * ```
 */
export class Dataset {
  readonly x: Tensor;
  readonly y: Tensor;
  /** float32 [examples]; none where all count the same. */
  readonly weights?: Tensor;

  /** @throws RangeError or TypeError when x, y and weights differ in rows, have none, or hold something else than numbers. */
  constructor(x: Values, y: Values, options: DatasetOptions = {}) {
    const { weights } = expectOptions("Dataset", options, ["weights"]);
    const [inputs, targets, factors] = tf.tidy(() => {
      const pair: [Tensor, Tensor] = [tensorOf(x, "x"), tensorOf(y, "y")];
      checkPair(...pair);
      return weights === undefined ? pair : [...pair, weightsOf(weights, pair[0].shape[0]!)];
    });
    this.x = inputs!;
    this.y = targets!;
    if (factors) this.weights = factors;
  }

  /**
   * The examples that a generator (or any iterable) yields as pairs [x, y] of a number or an array of numbers each; at most
   * `count` of them, so the generator may be endless. They are kept in memory.
   */
  static from(
    examples: Iterable<readonly [number | Numbers, number | Numbers]>,
    count = Number.POSITIVE_INFINITY,
  ): Dataset {
    if (!(count >= 1)) throw new RangeError(`Dataset.from: expected count to be at least 1, received ${count}.`);
    const pairs: (readonly [number | Numbers, number | Numbers])[] = [];
    for (const pair of examples) if (pairs.push(pair) >= count) break;
    if (pairs.length === 0) throw new RangeError("Dataset.from: expected at least one example, received none.");
    const list = (i: 0 | 1) => pairs.map((pair) => pair[i]);
    return new Dataset(list(0), list(1));
  }

  /** The number of examples. */
  get length(): number {
    return this.x.shape[0]!;
  }

  /** The examples at `indices`, in that order, as a dataset of its own (a copy: dispose it when done). */
  rows(indices: Int32Array): Dataset {
    const wrong = indices.find((index) => index < 0 || index >= this.length);
    if (wrong !== undefined) {
      throw new RangeError(`Dataset: expected row numbers in 0 … ${this.length - 1}, received ${wrong}.`);
    }
    const index = tf.tensor1d(indices, "int32");
    const [x, y, weights] = tensorsOf(this).map((tensor) => tf.gather(tensor, index));
    index.dispose();
    return new Dataset(x!, y!, { ...(weights && { weights }) });
  }

  /** The same examples in random order. */
  shuffled(random: Random): Dataset {
    return this.rows(random.permutation(this.length));
  }

  /** Examples start … start + batchSize − 1, fewer at the end. */
  batch(start: number, batchSize: number): Batch {
    const size = Math.min(batchSize, this.length - start);
    const [x, y, weights] = tensorsOf(this).map((tensor) => tf.slice(tensor, start, size));
    return { x: x!, y: y!, ...(weights && { weights }) };
  }

  /** How many batches an epoch has. @throws RangeError for options that make no sense. */
  batchCount(options: BatchOptions = {}): number {
    const {
      batchSize = 32,
      shuffle = false,
      replacement = false,
      dropLast = false,
    } = expectOptions("batches", options);
    if (shuffle !== false) expectRandom("batches", "shuffle", shuffle);
    expectNumbers("batches", "to be a positive integer", { batchSize });
    if (replacement && !shuffle) {
      throw new RangeError("batches: expected a Random as shuffle to draw with replacement, received shuffle false.");
    }
    if (dropLast && batchSize > this.length) {
      throw new RangeError(
        `batches: expected at most ${this.length} (all examples) as batchSize with dropLast, received ${batchSize}.`,
      );
    }
    return dropLast ? Math.floor(this.length / batchSize) : Math.ceil(this.length / batchSize);
  }

  /** The row numbers of the examples of one epoch, in their order: each `batchSize` of them are a batch. */
  order(options: BatchOptions = {}, epoch = 0): Int32Array {
    const { batchSize = 32, shuffle = false, replacement = false } = options;
    if (shuffle === false) return new Int32Array(this.length).map((_, i) => i);
    const random = shuffle.split(`epoch ${epoch}`);
    if (!replacement) return random.permutation(this.length);
    return new Int32Array(this.batchCount(options) * batchSize).map(() => random.uniform(0, this.length));
  }

  /**
   * The batches of one epoch, from batch number `first` on. A batch's tensors live until the next one is asked for.
   * @param epoch the number of the epoch, whose order it is; default 0
   */
  *batches(options: BatchOptions = {}, epoch = 0, first = 0): Generator<Batch, void> {
    const count = this.batchCount(options);
    const { batchSize = 32, shuffle = false } = options;
    const examples = shuffle ? this.rows(this.order(options, epoch)) : this;
    try {
      for (let i = first; i < count; i++) {
        const batch = examples.batch(i * batchSize, batchSize);
        try {
          yield batch;
        } finally {
          tf.dispose(tensorsOf(batch));
        }
      }
    } finally {
      if (examples !== this) examples.dispose();
    }
  }

  /** @throws RangeError at the first NaN or infinite number; `name` says in the message which dataset it is. */
  checkFinite(name: string): void {
    checkFinite(`x of the ${name}`, this.x);
    checkFinite(`y of the ${name}`, this.y);
  }

  dispose(): void {
    tf.dispose(tensorsOf(this));
  }
}

/** The weights as one row: of a column of a table, too. */
function weightsOf(values: Values, rows: number): Tensor {
  const weights = tensorOf(values, "weights");
  if (weights.size !== rows || (weights.shape[0] !== rows && rows > 1)) {
    throw new RangeError(
      `Dataset: expected a weight for each of ${rows} examples, received the shape [${weights.shape}].`,
    );
  }
  if (weights.dtype !== "float32") refuseDtype("weights", weights);
  const numbers = weights.dataSync();
  const wrong = numbers.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (wrong < 0) return weights.rank === 1 ? weights : tf.reshape(weights, [rows]);
  throw new RangeError(`Dataset: expected finite weights of at least 0, received ${numbers[wrong]} in row ${wrong}.`);
}

function tensorOf(values: Values, name: Name): Tensor {
  if (values instanceof tf.Tensor) return values;
  if (typeof values === "object" && values !== null && "columns" in values) {
    const cells = values.values as unknown[];
    return Array.isArray(cells[0]) ? toTensor(values as DataFrame) : tf.expandDims(numbers(cells, name), 1);
  }
  return numbers(values, name);
}

/** A float32 tensor of nested arrays, which TensorFlow.js does not look into: it takes null for 0, and rows of any length. */
function numbers(values: unknown, name: Name): Tensor {
  const shape: number[] = [];
  let innermost: unknown;
  for (let inner = values; isList(inner); inner = inner[0]) {
    shape.push(inner.length);
    innermost = inner;
  }
  if (shape.length === 0 && typeof values !== "number") {
    const remedy = typeof values === "string" ? `: write table.column(${show(values)})` : "";
    throw new TypeError(
      `Dataset: expected ${name} as a tensor, numbers, a table or a column of one, received ${shown(values)}${remedy}.`,
    );
  }
  const check = (part: unknown, depth: number, row: number): void => {
    if (depth === shape.length) {
      if (typeof part === "number") return;
      const isLabel = typeof part === "string" || typeof part === "boolean";
      const remedy = isLabel ? ": number labels with LabelEncoder, encode others with OneHotEncoder" : "";
      throw new TypeError(`Dataset: expected only numbers in ${name}, received ${show(part)} in row ${row}${remedy}.`);
    }
    if (!isList(part) || part.length !== shape[depth]) {
      const received = isList(part) ? `one of length ${part.length}` : show(part);
      throw new RangeError(
        `Dataset: expected lists of length ${shape[depth]} in ${name}, received ${received} in row ${row}.`,
      );
    }
    for (let i = 0; i < part.length; i++) check(part[i], depth + 1, depth === 0 ? i : row);
  };
  check(values, 0, 0);
  return tf.tensor((isForeign(innermost) ? inFloat32(values) : values) as TensorLike, shape, "float32");
}

const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || ArrayBuffer.isView(value);

/** Typed arrays that TensorFlow.js does not know, a Float64Array for example. */
const isForeign = (list: unknown): boolean =>
  ArrayBuffer.isView(list) && ![Float32Array, Int32Array, Uint8Array].some((kind) => list instanceof kind);

const inFloat32 = (part: unknown): unknown =>
  Array.isArray(part) ? part.map(inFloat32) : isForeign(part) ? Float32Array.from(part as Float64Array) : part;

function refuseDtype(name: Name, { dtype }: Tensor): never {
  const wanted = name === "y" ? "float32 or int32" : "float32";
  throw new TypeError(`Dataset: expected ${name} of dtype ${wanted}, received ${dtype}: convert it to numbers first.`);
}

function checkPair(x: Tensor, y: Tensor): void {
  if (x.dtype !== "float32") refuseDtype("x", x);
  if (y.dtype !== "float32" && y.dtype !== "int32") refuseDtype("y", y);
  if (x.rank === 0 || y.rank === 0 || x.shape[0] !== y.shape[0]) {
    throw new RangeError(
      `Dataset: expected x and y with the same number of rows, received shapes [${x.shape}] and [${y.shape}].`,
    );
  }
  if (x.shape[0] === 0) throw new RangeError("Dataset: expected at least one example, received none.");
}

function checkFinite(name: string, tensor: Tensor): void {
  // One sum is fast and finds every such number; only a sum that is not finite is worth a closer look.
  if (Number.isFinite(tf.tidy(() => tf.sum(tensor).dataSync()[0]!))) return;
  const values = tensor.dataSync();
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  const row = Math.floor(wrong / (tensor.size / tensor.shape[0]!));
  throw new RangeError(
    `Dataset: expected only finite numbers in ${name}, received ${values[wrong]} in row ${row}: fill or leave out such rows.`,
  );
}
