import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { type Tensor, type Tensor2D, tf } from "../../../engine/tensor.js";
import { DataFrame, Series } from "../../../lib/danfo/danfo.js";
import { type BatchOptions, Dataset } from "../../../lib/training/dataset.js";
import { line, lineAt } from "../../helpers/line.js";
import { relativeError } from "../../helpers/tensors.js";

/** `count` examples, example i with x = [i, −i] and y = 10 i. */
const numbered = (count: number) => Dataset.from(Array.from({ length: count }, (_, i) => [[i, -i], 10 * i] as const));

/** The numbers of the examples in each batch. */
function batchesOf(data: Dataset, options: BatchOptions, epoch = 0, first = 0): number[][] {
  return Array.from(data.batches(options, epoch, first), ({ x, y }) => {
    const numbers = (x.arraySync() as number[][]).map(([i]) => i!);
    expect(y.arraySync()).toEqual(numbers.map((i) => 10 * i));
    return numbers;
  });
}

describe("bad data", () => {
  it.each([
    ["different lengths", () => new Dataset(tf.zeros([3, 2]), tf.zeros([4, 1])), "received shapes [3,2] and [4,1]"],
    ["scalars", () => new Dataset(tf.scalar(1), tf.scalar(2)), "received shapes [] and []"],
    ["no examples", () => new Dataset(tf.zeros([0, 2]), tf.zeros([0, 1])), "at least one example, received none"],
    ["integers as x", () => new Dataset(tf.zeros([3, 2], "int32"), [1, 2, 3]), "x of dtype float32, received int32"],
    ["text", () => new Dataset(["a", "b"] as unknown as number[], [1, 2]), 'only numbers in x, received "a" in row 0'],
    [
      "flags",
      () => new Dataset([1, 2], [true, false] as unknown as number[]),
      "only numbers in y, received true in row 0",
    ],
    [
      "a hole",
      () => new Dataset([[1], [null as unknown as number]], [1, 2]),
      "only numbers in x, received null in row 1",
    ],
    ["no list", () => new Dataset(7 as unknown as number[], [1]), "received shapes [] and [1]"],
    [
      "nothing",
      () => new Dataset(null as unknown as number[], [1]),
      "expected x as a tensor, numbers, a table or a column of one, received null",
    ],
    [
      "a number among rows",
      () => new Dataset([[1], 2 as unknown as number[]], [1, 2]),
      "length 1 in x, received 2 in row 1",
    ],
    [
      "ragged rows",
      () => new Dataset([[1, 2], [3]], [1, 2]),
      "expected lists of length 2 in x, received one of length 1 in row 1",
    ],
    ["a table with text", () => new Dataset(new DataFrame({ a: ["x"] }), [1]), 'column "a": expected a finite number'],
    ["a generator that yields nothing", () => Dataset.from([]), "at least one example, received none"],
    ["a count of 0", () => Dataset.from([[1, 1]], 0), "expected count to be at least 1, received 0"],
  ])("refuses %s, and keeps no tensor", (_, make, message) => {
    const before = tf.memory().numTensors;
    expect(() => tf.tidy(() => void make())).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [{ batchSize: 2.5 }, "expected batchSize to be a positive integer, received 2.5"],
    [
      { batchSize: 4, replacement: true },
      "expected a Random as shuffle to draw with replacement, received shuffle false",
    ],
    [{ batchSize: 11, dropLast: true }, "expected at most 10 (all examples) as batchSize with dropLast, received 11"],
  ])("refuses batches with %o", (options, message) => {
    expect(() => numbered(10).batches(options).next()).toThrow(message);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("finds %s", (value) => {
    const data = new Dataset(
      [
        [1, 2],
        [3, value],
        [5, 6],
      ],
      [1, 2, 3],
    );
    expect(() => data.checkFinite("training data")).toThrow(
      `expected only finite numbers in x of the training data, received ${value} in row 1`,
    );
  });

  it("does not take large numbers, whose sum is infinite, for bad ones", () => {
    expect(() => new Dataset([3e38, 3e38], [1, 2]).checkFinite("data")).not.toThrow();
  });
});

describe("a dataset", () => {
  it.each([-1, 10])("has no row %i", (row) => {
    expect(() => numbered(10).rows(Int32Array.of(3, row))).toThrow(`row numbers in 0 … 9, received ${row}`);
  });

  it.each<[string, () => Dataset]>([
    [
      "tensors",
      () =>
        new Dataset(
          tf.tensor2d([
            [1, 2],
            [3, 4],
          ]),
          tf.tensor2d([[5], [6]]),
        ),
    ],
    [
      "arrays",
      () =>
        new Dataset(
          [
            [1, 2],
            [3, 4],
          ],
          [[5], [6]],
        ),
    ],
    ["typed arrays", () => new Dataset([Float32Array.of(1, 2), Float32Array.of(3, 4)], [[5], [6]])],
    ["DataFrames", () => new Dataset(new DataFrame({ a: [1, 3], b: [2, 4] }), new DataFrame({ y: [5, 6] }))],
    ["a DataFrame and a Series", () => new Dataset(new DataFrame({ a: [1, 3], b: [2, 4] }), new Series([5, 6]))],
    [
      "a generator",
      () =>
        Dataset.from(
          (function* () {
            for (let i = 0; ; i++) yield [[2 * i + 1, 2 * i + 2], [i + 5]] as const;
          })(),
          2,
        ),
    ],
  ])("is made from %s", (_, make) => {
    const { x, y, length } = make();
    expect(length).toBe(2);
    expect([x.dtype, y.dtype]).toEqual(["float32", "float32"]);
    expect([x.arraySync(), y.arraySync()]).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [[5], [6]],
    ]);
  });

  it("keeps class numbers as integers", () => {
    expect(new Dataset([[1], [2]], tf.tensor1d([0, 1], "int32")).rows(Int32Array.of(1)).y.dtype).toBe("int32");
  });

  it("shuffled keeps each target with its example", () => {
    const { x, y } = line().shuffled(new Random(9));
    expect(relativeError(y, lineAt(x as Tensor2D))).toBe(0);
    expect(y.arraySync()).not.toEqual(line().y.arraySync());
  });
});

describe("batches", () => {
  it("cover the data in order, the last one smaller or left out", () => {
    expect(batchesOf(numbered(10), { batchSize: 4 })).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect(batchesOf(numbered(10), { batchSize: 4, dropLast: true })).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ]);
  });

  const cases = fc.record({
    count: fc.integer({ min: 1, max: 50 }),
    batchSize: fc.integer({ min: 1, max: 60 }),
    seed: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    epoch: fc.nat(1000),
  });

  it("shuffled hold every example once", () => {
    fc.assert(
      fc.property(cases, ({ count, batchSize, seed, epoch }) => {
        const batches = batchesOf(numbered(count), { batchSize, shuffle: new Random(seed) }, epoch);
        expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
        expect(batches.slice(0, -1).every(({ length }) => length === batchSize)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("with replacement are all full", () => {
    fc.assert(
      fc.property(cases, ({ count, batchSize, seed, epoch }) => {
        const options = { batchSize, shuffle: new Random(seed), replacement: true };
        const batches = batchesOf(numbered(count), options, epoch);
        expect(batches.map(({ length }) => length)).toEqual(
          Array.from({ length: Math.ceil(count / batchSize) }, () => batchSize),
        );
        expect(batches.flat().every((i) => Number.isInteger(i) && i >= 0 && i < count)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("with replacement draw every example about equally often", () => {
    const counts = new Array<number>(5).fill(0);
    const options = { batchSize: 1000, shuffle: new Random(3), replacement: true };
    for (const i of batchesOf(numbered(5), options).flat()) counts[i]! += 1;
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(4 * Math.sqrt(160));
  });

  it("of an epoch can be taken up in the middle, and differ from epoch to epoch", () => {
    const options = { batchSize: 3, shuffle: new Random(4) };
    const whole = batchesOf(numbered(10), options, 7);
    expect(batchesOf(numbered(10), options, 7, 2)).toEqual(whole.slice(2));
    expect(batchesOf(numbered(10), options, 8)).not.toEqual(whole);
  });

  it("leave no tensor behind, even when the loop is left", () => {
    const data = numbered(10);
    const before = tf.memory().numTensors;
    const seen: Tensor[] = [];
    for (const { x } of data.batches({ batchSize: 3, shuffle: new Random(1) })) {
      seen.push(x);
      if (seen.length === 2) break;
    }
    expect(seen.every(({ isDisposed }) => isDisposed)).toBe(true);
    expect(tf.memory().numTensors).toBe(before);
  });
});
