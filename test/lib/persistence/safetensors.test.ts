/** The safetensors format: what is not a whole, right file is refused by name; what is written is read back. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { readSafetensors } from "../../../lib/persistence/safetensors-reader.js";
import { writeSafetensors } from "../../../lib/persistence/safetensors-writer.js";
import { tf } from "../../../lib/tensor.js";
import { temporaryFolder } from "../../helpers/folder.js";
import "../../helpers/tensors.js";

/** A file with this header (text, or made of entries) and these bytes after it. */
function safetensors(file: string, header: string | object, data: ArrayLike<number> = []): string {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(file, Buffer.concat([length, text, Buffer.from(Array.from(data))]));
  return file;
}

const entry = (dtype: string, shape: unknown, begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

const wrong: [string, string | object, number, RegExp][] = [
  ["a header that is no JSON", "{", 0, /expected a header that is a JSON object, received .*JSON/],
  ["a header that is a list", "[]", 0, /expected a header that is a JSON object/],
  [
    "metadata that is not text",
    { __metadata__: { epoch: 3 } },
    0,
    /expected __metadata__ of texts, received \{"epoch":3\}/,
  ],
  ["an entry that is a number", { w: 3 }, 0, /tensor "w": expected its dtype, shape and data_offsets, received 3/],
  ["an unknown dtype", { w: entry("F8_E4M3", [4], 0, 4) }, 4, /tensor "w": expected a dtype of F64, .*"F8_E4M3"/],
  ["a negative length", { w: entry("F32", [-1], 0, 4) }, 4, /tensor "w": expected a shape of whole numbers .* \[-1\]/],
  [
    "offsets that are none",
    { w: { dtype: "F32", shape: [], data_offsets: [0] } },
    4,
    /expected data_offsets \[begin, end\]/,
  ],
  [
    "a shape that needs more",
    { w: entry("F32", [2, 3], 0, 20) },
    20,
    /"w": expected 24 bytes for F32 of shape \[2,3\], received 20/,
  ],
  [
    "a truncated file",
    { w: entry("F32", [2, 3], 0, 24) },
    23,
    /expected 24 bytes after the header, received 23: the file is truncated/,
  ],
  [
    "a longer file",
    { w: entry("F32", [2], 0, 8) },
    9,
    /expected 8 bytes after the header, received 9: something has been added/,
  ],
  ["a gap", { w: entry("F32", [], 4, 8) }, 8, /tensor "w": expected to begin at byte 0, received 4/],
  [
    "an overlap",
    { w: entry("F32", [], 0, 4), v: entry("F32", [], 0, 4) },
    4,
    /tensor "v": expected to begin at byte 4, received 0/,
  ],
];
for (const [what, header, size, message] of wrong) {
  it(`refuses ${what}`, () => {
    const file = safetensors(join(temporaryFolder().path, "wrong.safetensors"), header, new Uint8Array(size));
    expect(() => readSafetensors(file)).toThrow(message);
    expect(() => readSafetensors(file)).toThrow(file);
  });
}

it("refuses bools other than 0 and 1, and integers that do not fit", () => {
  const file = join(temporaryFolder().path, "wrong.safetensors");
  safetensors(file, { b: entry("BOOL", [2], 0, 2) }, [1, 2]);
  expect(() => readSafetensors(file)).toThrow(/tensor "b": expected bools of 0 or 1, received 2 at position 1/);
  safetensors(file, { i: entry("I64", [1], 0, 8) }, [0, 0, 0, 0, 1, 0, 0, 0]);
  expect(() => readSafetensors(file)).toThrow(/tensor "i": expected integers that fit int32 .*received 4294967296 at/);
  safetensors(file, { i: entry("U32", [1], 0, 4) }, [0, 0, 0, 0x80]);
  expect(() => readSafetensors(file)).toThrow("received 2147483648 at");
});

it("refuses a file that is missing, a folder, empty, or something else, and reads no more of it than there is", () => {
  const { path, write } = temporaryFolder();
  expect(() => readSafetensors(join(path, "none"))).toThrow(/none: expected a file that can be read, received ENOENT/);
  expect(() => readSafetensors(path)).toThrow(/expected a file that can be read, received EISDIR/);
  expect(() => readSafetensors(write("empty", ""))).toThrow(/expected at least 8 bytes, received 0/);
  expect(() => readSafetensors(write("table.csv", "Id,SalePrice\n1,200000\n"))).toThrow(
    /table\.csv: expected a header of at most 14 bytes, received a length of \d+: the file is truncated, or no safet/,
  );
});

it("refuses to write what is no tensor in use, and leaves the earlier file", () => {
  const { write, names } = temporaryFolder();
  const file = write("w.safetensors", "earlier");
  const disposed = tf.scalar(1);
  disposed.dispose();
  const refused: [Record<string, ReturnType<typeof tf.tensor>>, RegExp][] = [
    [{ w: disposed }, /tensor "w" to be in use, received one that is disposed/],
    [{ w: tf.tensor(["a"]) }, /tensor "w" of dtype float32, int32 or bool, received string/],
    [{ __metadata__: tf.scalar(1) }, /tensor names other than "__metadata__"/],
    [{ w: JSON.parse("[1]") }, /expected a tensor under "w", received object/],
  ];
  for (const [tensors, message] of refused) expect(() => writeSafetensors(file, tensors)).toThrow(message);
  expect(readFileSync(file, "utf8")).toBe("earlier");
  expect(names()).toEqual(["w.safetensors"]);
});

it("reads every dtype as said", () => {
  const file = join(temporaryFolder().path, "all.safetensors");
  const parts: [string, ArrayBufferView, number[]][] = [
    ["F64", Float64Array.of(0.1, -1e300, Number.NaN), [Math.fround(0.1), Number.NEGATIVE_INFINITY, Number.NaN]],
    ["I64", BigInt64Array.of(-(2n ** 31n), 2n ** 31n - 1n), [-(2 ** 31), 2 ** 31 - 1]],
    ["U64", BigUint64Array.of(7n), [7]],
    ["F32", Float32Array.of(-0, 3.5), [-0, 3.5]],
    ["I32", Int32Array.of(-5), [-5]],
    ["U32", Uint32Array.of(5), [5]],
    // 65504 is half precision's largest number, 2⁻²⁴ its smallest.
    ["F16", Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x8000), [1, -2, 65504, 2 ** -24, 1 / 0, -0]],
    ["BF16", Uint16Array.of(0x3f80, 0xc040, 0xff80), [1, -3, -1 / 0]],
    ["I16", Int16Array.of(-300), [-300]],
    ["U16", Uint16Array.of(60000), [60000]],
    ["I8", Int8Array.of(-3), [-3]],
    ["U8", Uint8Array.of(250), [250]],
    ["BOOL", Uint8Array.of(1, 0), [1, 0]],
  ];
  let end = 0;
  const header = Object.fromEntries(
    parts.map(([dtype, view, { length }]) => {
      end += view.byteLength;
      return [dtype, entry(dtype, [length], end - view.byteLength, end)];
    }),
  );
  const bytes = parts.flatMap(([, view]) => [...new Uint8Array(view.buffer)]);
  const { tensors, metadata } = readSafetensors(safetensors(file, header, bytes));
  for (const [dtype, , expected] of parts) expect([dtype, ...tensors.get(dtype)!.values]).toEqual([dtype, ...expected]);
  expect(metadata).toEqual({});
  expect([...tensors.values()].map(({ dtype }) => dtype).join(" ")).toBe(
    "float32 int32 int32 float32 int32 int32 float32 float32 int32 int32 int32 int32 bool",
  );
});

const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const stored = shapes.chain((shape) => {
  const size = shape.reduce((product, length) => product * length, 1);
  const length = { minLength: size, maxLength: size };
  return fc.oneof(
    fc.float32Array(length).map((values) => ({ dtype: "float32" as const, shape, values })),
    fc.int32Array(length).map((values) => ({ dtype: "int32" as const, shape, values })),
    fc.uint8Array({ ...length, max: 1 }).map((values) => ({ dtype: "bool" as const, shape, values })),
  );
});
const names = fc
  .oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("__proto__", "constructor", "0"))
  .filter((name) => name !== "__metadata__");

it("reads back what it wrote: every dtype, shape, name and note, bit for bit", () => {
  const file = join(temporaryFolder().path, "w.safetensors");
  const dictionary = fc.uniqueArray(fc.tuple(names, stored), { selector: ([name]) => name, maxLength: 5 });
  fc.assert(
    fc.property(dictionary, fc.dictionary(names, fc.string({ unit: "grapheme" })), (entries, metadata) => {
      const tensors = Object.fromEntries(
        entries.map(([name, { values, shape, dtype }]) => [name, tf.tensor(values, shape, dtype)]),
      );
      writeSafetensors(file, tensors, metadata);
      tf.dispose(tensors);
      const read = readSafetensors(file);
      expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort());
      expect(new Map(read.tensors)).toEqual(new Map(entries));
      expect(readFileSync(file).readBigUInt64LE() % 8n).toBe(0n);
    }),
  );
});

it("refuses every file that was cut short", () => {
  const { path } = temporaryFolder();
  const file = join(path, "w.safetensors");
  const cut = join(path, "cut.safetensors");
  const tensors = { w: tf.ones([3, 2]), b: tf.tensor1d([true, false, true], "bool") };
  writeSafetensors(file, tensors, { note: "whole" });
  const bytes = readFileSync(file);
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(cut, bytes.subarray(0, length));
    expect(() => readSafetensors(cut)).toThrow(/cut\.safetensors: expected/);
  }
  tf.dispose(tensors);
});

it("either refuses a damaged file by name or reads tensors that fit their shapes", () => {
  const { path } = temporaryFolder();
  const file = join(path, "w.safetensors");
  const tensors = { w: tf.ones([3, 2]), i: tf.tensor1d([1, 2], "int32") };
  writeSafetensors(file, tensors);
  tf.dispose(tensors);
  const bytes = readFileSync(file);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (position, value) => {
      const damaged = Buffer.from(bytes);
      damaged[position] = value;
      writeFileSync(file, damaged);
      let content: ReturnType<typeof readSafetensors>;
      try {
        content = readSafetensors(file);
      } catch (error) {
        expect((error as Error).message).toMatch(/w\.safetensors: .*expected .*, received /s);
        return;
      }
      for (const { shape, values } of content.tensors.values()) {
        expect(values.length).toBe(shape.reduce((product, length) => product * length, 1));
      }
    }),
    { numRuns: 500 },
  );
});
