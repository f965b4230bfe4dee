/**
 * Weights from and to PyTorch. PyTorch is not needed here: `test/goldens/pytorch.py` has loaded the files of the same bytes into
 * PyTorch and noted what it predicts.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tf } from "../../../engine/tensor.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Conv2D } from "../../../lib/layers/conv2d.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Flatten } from "../../../lib/layers/flatten.js";
import { GlobalAveragePool } from "../../../lib/layers/global-average-pool.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { fromPyTorch, toPyTorch } from "../../../lib/persistence/pytorch.js";
import { readSafetensors } from "../../../lib/persistence/safetensors-reader.js";
import { stateDict } from "../../../lib/persistence/state-dict.js";
import { loadTensors } from "../../../lib/persistence/tensors.js";
import { root } from "../../helpers/needs.js";
import { engines } from "../../helpers/on-engine.js";
import { relativeError } from "../../helpers/tensors.js";

const golden = (name: string) => join(root, "test", "goldens", `${name}.safetensors`);

const pictures = () => new Sequential(new Conv2D(1, 2, 3), new ReLU(), new Flatten(), new Dense(8, 1));

it("refuses a tensor of another shape, missing or unknown ones, and leaves the model as it was", () => {
  const model = new Sequential(new Dense(2, 3), new BatchNorm(3));
  const right = toPyTorch(model);
  const before = Object.values(stateDict(model)).map((variable) => variable.dataSync());
  expect(() => fromPyTorch(model, { ...right, "0.weight": tf.ones([2, 3]) })).toThrow(
    'fromPyTorch: tensor "0.weight": expected shape [3,2] as in PyTorch, received [2,3].',
  );
  const { "1.running_mean": _, ...missing } = right;
  expect(() => fromPyTorch(model, missing)).toThrow(/received none for 1\.runningMean and the unknown …/);
  expect(() => fromPyTorch(model, { ...right, "2.weight": tf.ones([1]) })).toThrow(
    /none for … and the unknown 2\.weight/,
  );
  expect(Object.values(stateDict(model)).map((variable) => variable.dataSync())).toEqual(before);
});

it("asks for the shape that was flattened, and refuses a wrong one", () => {
  const model = pictures();
  expect(() => toPyTorch(model)).toThrow(
    /expected an example, or flattened\["3"\], the \[channels, height, width\] before Flatten/,
  );
  expect(() => fromPyTorch(model, {})).toThrow(/expected an example, or flattened\["3"\]/);
  expect(() => toPyTorch(model, { flattened: { 3: [2, 2, 3] } })).toThrow(/of 8 numbers in all, received \[2,2,3\]/);
  expect(() => toPyTorch(model, { flattened: { 3: [2, 2, 2], 9: [1, 1, 1] } })).toThrow(/of a Dense \(3\), received 9/);
  const pooled = new Sequential(new Conv2D(1, 2, 3), new GlobalAveragePool(), new Flatten(), new Dense(2, 1));
  expect(Object.keys(toPyTorch(pooled))).toEqual(["0.weight", "0.bias", "3.weight", "3.bias"]);
});

it("makes no tensor that nobody disposes", () => {
  const model = pictures();
  const options = { flattened: { 3: [2, 2, 2] } } as const;
  const before = tf.memory().numTensors;
  const weights = toPyTorch(model, options);
  fromPyTorch(model, weights, options);
  tf.dispose(weights);
  expect(tf.memory().numTensors).toBe(before);
});

it("reads what Python's safetensors wrote, in every dtype", () => {
  const { tensors, metadata } = readSafetensors(golden("python-tensors"));
  expect(metadata).toEqual({ framework: "PyTorch" });
  const read = (name: string) => [tensors.get(name)!.dtype, tensors.get(name)!.shape, [...tensors.get(name)!.values]];
  const values = [0.1, -2.5, 1000, 0, 1e-6, 3];
  const floats = [...Float32Array.from(values)];
  for (const name of ["float64", "float32"]) expect(read(name)).toEqual(["float32", [2, 3], floats]);
  // Half precision has 10 bits of fraction, and below 2⁻¹⁴ steps of 2⁻²⁴; bfloat16 has 7.
  expect(read("float16")).toEqual(["float32", [2, 3], [0.0999755859375, -2.5, 1000, 0, 17 * 2 ** -24, 3]]);
  expect(read("bfloat16")).toEqual(["float32", [2, 3], [0.10009765625, -2.5, 1000, 0, 134 * 2 ** -27, 3]]);
  for (const name of ["int64", "int32", "int16", "int8", "uint8"])
    expect(read(name)).toEqual(["int32", [3], [1, 2, 100]]);
  expect(read("bool")).toEqual(["bool", [2], [1, 0]]);
  expect(read("scalar")).toEqual(["float32", [], [7]]);
  expect(read("empty")).toEqual(["float32", [0, 2], []]);
});

describe.each(engines)("an MLP with BatchNorm and a CNN, engine %s", (engine) => {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(() => {
    const script = join(root, "test", "goldens", "gradbook-models.mjs");
    const { stderr, status } = spawnSync(process.execPath, [script, folder], {
      encoding: "utf8",
      env: { ...process.env, GRADBOOK_ENGINE: engine },
    });
    expect([status, stderr.replace(/^gradbook: engine wasm.*\n/, "")]).toEqual([0, ""]);
  });
  const written = (name: string) => join(folder, `${name}.safetensors`);

  it.each(["mlp", "cnn"])("%s: PyTorch's weights predict what PyTorch predicts, and go back as they came", (name) => {
    const expected = loadTensors(golden(`python-${name}-predictions`)).y!;
    const predictions = loadTensors(written("python-predictions"))[name]!;
    expect(predictions.shape).toEqual(expected.shape);
    expect(relativeError(predictions, expected)).toBeLessThan(1e-6);
    const again = readSafetensors(written(`${name}-again`)).tensors;
    const original = readSafetensors(golden(`python-${name}`)).tensors;
    for (const key of [...original.keys()].filter((key) => key.endsWith("num_batches_tracked"))) original.delete(key);
    expect(again).toEqual(original);
  });

  it.each(["mlp", "cnn"])("%s: PyTorch accepts the weights of Gradbook and predicts the same", (name) => {
    expect(readFileSync(written(`gradbook-${name}`))).toEqual(readFileSync(golden(`gradbook-${name}`)));
    const expected = loadTensors(golden("gradbook-predictions"))[name]!;
    expect(relativeError(loadTensors(written("own-predictions"))[name]!, expected)).toBeLessThan(1e-6);
  });

  it("Python's safetensors accepts every dtype that is written", () => {
    expect(readFileSync(written("gradbook-tensors"))).toEqual(readFileSync(golden("gradbook-tensors")));
  });
});
