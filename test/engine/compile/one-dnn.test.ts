/** Convolutions, pooling and many products at once by oneDNN in graphs: what TensorFlow's own kernels compute, in both directions, with all paddings. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { compile } from "../../../engine/compile/compile.js";
import { Random } from "../../../engine/random.js";
import { type Tensor, type Tensor4D, tf } from "../../../engine/tensor.js";
import { describeNative } from "../../helpers/native.js";
import { relativeError } from "../../helpers/tensors.js";
import { watchBinding } from "../../helpers/watch-binding.js";

const numbers = (shape: [number, number, number, number], seed = 1) =>
  tf.tensor4d(new Random(seed).normals(shape.reduce((product, length) => product * length, 1)), shape);

type Operation = (x: Tensor4D, size: number, strides: number, padding: "same" | "valid") => Tensor;

const operations: [string, Operation][] = [
  ["Conv2D", (x, size, strides, padding) => tf.conv2d(x, numbers([size, size, x.shape[3], 5], 2), strides, padding)],
  ["MaxPool", (x, size, strides, padding) => tf.maxPool(x, size, strides, padding)],
  ["AvgPool", (x, size, strides, padding) => tf.avgPool(x, size, strides, padding)],
];

/** The names of oneDNN's operations in the models that are loaded until the test's end. */
function loaded(): () => Set<string> {
  const { loads, restore } = watchBinding();
  onTestFinished(restore);
  const load = loads.getMockImplementation()!;
  const names = new Set<string>();
  loads.mockImplementation((folder, tags) => {
    const model = readFileSync(join(folder, "saved_model.pb"), "latin1");
    for (const [name] of model.matchAll(/_Mkl[A-Za-z0-9]+/g)) names.add(name);
    return load(folder, tags);
  });
  return () => names;
}

describeNative("in a graph", () => {
  it.each(operations)("%s and its gradient are TensorFlow's", (name, operation) => {
    const names = loaded();
    for (const [shape, size, strides, padding] of [
      [[3, 7, 6, 2], 3, 2, "same"],
      [[3, 7, 6, 2], 2, 2, "valid"],
      [[1, 5, 5, 3], 2, 1, "same"],
      [[2, 6, 6, 4], 3, 3, "valid"],
      [[2, 1, 1, 1], 1, 1, "valid"],
    ] as const) {
      const x = numbers([...shape]);
      const forward = (inputs: Tensor) => operation(inputs as Tensor4D, size, strides, padding);
      const slope = (inputs: Tensor) => tf.grad((at: Tensor) => tf.sum(tf.square(forward(at))))(inputs);
      expect(relativeError(compile(forward)(x), forward(x))).toBeLessThan(1e-6);
      expect(relativeError(compile(slope)(x), slope(x))).toBeLessThan(1e-5);
    }
    if (process.platform === "linux" && process.arch === "x64") expect(names()).toContain(`_MklNative${name}`);
  });

  it("products of many matrices are TensorFlow's, in all directions, and of NaN too", () => {
    const names = loaded();
    const of = (shape: number[], seed: number) =>
      tf.tensor(new Random(seed).normals(tf.util.sizeFromShape(shape)), shape);
    for (const [a, b, turnsA, turnsB] of [
      [[5, 9, 8], [5, 8, 33], false, false],
      [[5, 8, 9], [5, 8, 33], true, false],
      [[5, 9, 8], [5, 33, 8], false, true],
      [[5, 8, 9], [5, 33, 8], true, true],
      [[2, 3, 16, 8], [2, 3, 8, 16], false, false],
      [[9, 8], [5, 8, 33], false, false],
    ] as const) {
      const product = (x: Tensor, y: Tensor) => tf.matMul(x, y, turnsA, turnsB);
      const [x, y] = [of([...a], 1), of([...b], 2)];
      const compiled = compile(product)(x, y);
      expect(compiled.shape).toEqual(product(x, y).shape);
      expect(relativeError(compiled, product(x, y))).toBeLessThan(1e-6);
    }
    if (process.platform === "linux" && process.arch === "x64") expect(names()).toContain("_MklBatchMatMulV2");
    const spoiled = tf.concat([tf.fill([1, 8, 8], Number.NaN), tf.ones([1, 8, 8])]);
    const square = (x: Tensor) => tf.sum(tf.matMul(x, x), [1, 2]);
    expect(Array.from(compile(square)(spoiled).dataSync())).toEqual([Number.NaN, 512]);
  });

  it("products with vectors stay as they are, as oneDNN takes longer for them", () => {
    if (process.env.TF_ENABLE_ONEDNN_OPTS === "1") return; // Then all products are oneDNN's.
    const names = loaded();
    const product = compile((x: Tensor, y: Tensor) => tf.matMul(x, y));
    expect(product(tf.ones([5, 9, 8]), tf.ones([5, 8, 1])).dataSync()[0]).toBe(8);
    expect(product(tf.ones([9, 8]), tf.ones([8, 9])).dataSync()[0]).toBe(8);
    expect(names()).not.toContain("_MklBatchMatMulV2");
  });

  it("infinities go through MaxPool and NaN through a convolution as through TensorFlow's", () => {
    const pool = (x: Tensor) => tf.maxPool(x as Tensor4D, 2, 2, "valid");
    const infinite = tf.tensor4d([-Infinity, -Infinity, -Infinity, -Infinity, 1, -Infinity, Infinity, 3], [2, 2, 2, 1]);
    expect(compile(pool)(infinite).dataSync()).toEqual(pool(infinite).dataSync());
    const gradient = (x: Tensor) => tf.grad((at: Tensor) => tf.sum(pool(at)))(x);
    expect(compile(gradient)(infinite).dataSync()).toEqual(gradient(infinite).dataSync());
    const convolution = (x: Tensor) => tf.conv2d(x as Tensor4D, tf.ones([2, 2, 1, 1]), 1, "same");
    const gaps = tf.tensor4d([1, Number.NaN, 2, 3, 4, 5, 6, -Infinity], [2, 2, 2, 1]);
    expect(compile(convolution)(gaps).dataSync()).toEqual(convolution(gaps).dataSync());
  });
});
