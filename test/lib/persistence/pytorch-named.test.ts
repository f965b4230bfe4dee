/**
 * Models of PyTorch whose modules have names of their own: built from the file alone, loaded by order, shape or map, trained on and
 * given back. `test/goldens/pytorch-named.py` made them with PyTorch, and let it predict with what came back.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { AveragePool } from "../../../lib/layers/average-pool.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Conv2D } from "../../../lib/layers/conv2d.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Flatten } from "../../../lib/layers/flatten.js";
import { LeakyReLU } from "../../../lib/layers/leaky-relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { loadModel } from "../../../lib/persistence/model.js";
import { fromPyTorch, toPyTorch } from "../../../lib/persistence/pytorch.js";
import { loadTensors } from "../../../lib/persistence/tensors.js";
import { predict } from "../../../lib/training/evaluate.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { root } from "../../helpers/needs.js";
import { engines } from "../../helpers/on-engine.js";
import { relativeError } from "../../helpers/tensors.js";

const golden = (name: string) => join(root, "test", "goldens", name);
const channelsLast = (x: Tensor) => tf.transpose(x, [0, 2, 3, 1]);

describe.each(engines)("a file of export_pytorch.py, engine %s", (engine) => {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(() => {
    const { stderr, status } = spawnSync(process.execPath, [golden("gradbook-named.mjs"), folder], {
      encoding: "utf8",
      env: { ...process.env, GRADBOOK_ENGINE: engine },
    });
    expect([status, stderr.replace(/^gradbook: engine wasm.*\n/, "")]).toEqual([0, ""]);
  });

  const sizes = { mlp: 6, cnn: 12, resnet: 42, residual: 8 };
  it.each(Object.entries(sizes))("%s: five steps of training end where PyTorch's do", (name, tensors) => {
    const errors = JSON.parse(readFileSync(join(folder, "errors.json"), "utf8"))[name];
    expect(errors.tensors).toBe(tensors);
    expect(errors.running).toBeLessThan(1e-6);
    expect(errors.predictions).toBeLessThan(1e-6);
    // What is almost 0, as a bias before BatchNorm, is known less exactly.
    expect(errors.state).toBeLessThan(1e-5);
  });

  it.each(Object.keys(sizes))("%s: PyTorch loads what comes back, and predicts the same", (name) => {
    const [own, stored] = [join(folder, `trained-${name}.safetensors`), golden(`trained-${name}.safetensors`)];
    const [state, seen] = [loadTensors(own), loadTensors(stored)];
    expect(Object.keys(state)).toEqual(Object.keys(seen));
    for (const [key, tensor] of Object.entries(state)) expect(relativeError(tensor, seen[key]!)).toBeLessThan(1e-5);
    const expected = loadTensors(golden("trained-predictions.safetensors"))[name]!;
    expect(relativeError(loadTensors(join(folder, "own-predictions.safetensors"))[name]!, expected)).toBeLessThan(1e-5);
  });
});

describe("a file of export_pytorch.py that cannot be what it says", () => {
  it("is refused where forward does what no module shows", () => {
    const before = tf.memory().numTensors;
    expect(() => loadModel(golden("named-hidden.safetensors"))).toThrow(
      /named-hidden\.safetensors: expected PyTorch's predictions for the file's sample, received others \(by .* of the largest\)/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['\\"padding\\": 1', '\\"padding\\": 0', /expected/],
    ['\\"slope\\": 0.1', '\\"slope\\": 0.2', /expected PyTorch's predictions/],
    ['\\"fc\\"', '\\"cf\\"', /expected names for modules \(.*\), received cf/],
    ['\\"sample\\"', '\\"simple\\"', /expected names and a sample in the notes/],
  ])("is refused with %s as %s", (from, to, message) => {
    const file = join(temporaryFolder().path, "model.safetensors");
    copyFileSync(golden("named-cnn.safetensors"), file);
    const bytes = readFileSync(file, "latin1");
    expect(bytes).toContain(from);
    writeFileSync(file, bytes.replace(from, to), "latin1");
    expect(() => loadModel(file)).toThrow(message);
  });
});

const tensors = (name: string) => loadTensors(golden(`named-${name}.safetensors`));
const training = (name: string) => loadTensors(golden(`named-${name}-training.safetensors`));
const trained = (name: string) =>
  Object.fromEntries(
    Object.entries(training(name)).flatMap(([key, tensor]) =>
      key.startsWith("after.") ? [[key.slice("after.".length), tensor]] : [],
    ),
  );
const mlp = () =>
  new Sequential(
    new Dense(6, 8, { activation: "relu" }),
    new Dense({ outputs: 8, activation: "tanh" }),
    new Dense({ outputs: 3 }),
  );
const cnn = (padding: number | "same" = 1) =>
  new Sequential(
    new Conv2D({ outputs: 4, size: 3, strides: 2, padding }),
    new BatchNorm(),
    new LeakyReLU(0.1),
    new AveragePool(3, { strides: 2, padding: 1 }),
    new Flatten(),
    new BatchNorm(),
    new Dense({ outputs: 3 }),
  );

describe("a state dict with names of its own", () => {
  it("loads by order and shape: fc1, fc2, fc3", () => {
    const model = mlp();
    const { x, predictions } = training("mlp");
    fromPyTorch(model, trained("mlp"), { example: x });
    expect(relativeError(model.forward(x!, false), predictions!)).toBeLessThan(1e-6);
  });

  it("loads a CNN with stride 2 and padding 1 on even sizes, and BatchNorm behind Flatten, from one example", () => {
    const model = cnn();
    const { x, predictions } = training("cnn");
    const pictures = channelsLast(x!);
    fromPyTorch(model, { ...trained("cnn"), "bn1.num_batches_tracked": tf.scalar(8, "int32") }, { example: pictures });
    expect(relativeError(model.forward(pictures, false), predictions!)).toBeLessThan(1e-6);
    const back = toPyTorch(model, { example: pictures, names: { 0: "conv1", 1: "bn1", 5: "bn2", 6: "fc" } });
    for (const [name, tensor] of Object.entries(trained("cnn")))
      expect(back[name]!.arraySync()).toEqual(tensor.arraySync());
  });

  it("reads numbers in names as numbers, and asks where names tell no order", () => {
    const model = new Sequential(...Array.from({ length: 11 }, () => new Dense(2, 2)));
    const states = Array.from({ length: 11 }, (_, i) => ({ weight: tf.fill([2, 2], i), bias: tf.fill([2], i) }));
    const named = (nameOf: (i: number) => string) =>
      Object.fromEntries(
        states.flatMap(({ weight, bias }, i) => [
          [`${nameOf(i)}.weight`, weight],
          [`${nameOf(i)}.bias`, bias],
        ]),
      );
    fromPyTorch(
      model,
      named((i) => `layers.${i + 1}.linear`),
    );
    expect(Array.from(model.parameters.values(), ({ value }) => value.dataSync()[0])).toEqual(
      states.flatMap((_, i) => [i, i]),
    );
    const pair = () => new Sequential(new Dense(2, 2), new Dense(2, 2));
    const { "a.weight": w, "a.bias": b } = named(() => "a");
    const two = { "encoder.weight": w!, "encoder.bias": b!, "decoder.weight": states[3]!.weight, "decoder.bias": b! };
    expect(() => fromPyTorch(pair(), two)).toThrow(
      'fromPyTorch: expected names that tell the order of bias [2], weight [2,2] for 0, 1, received decoder, encoder: say which is which, names: {"0":"decoder"}.',
    );
    const told = pair();
    fromPyTorch(told, two, { names: { 0: "encoder" } });
    expect(told.parameters.get("1.weight")!.value.dataSync()[0]).toBe(3);
    expect(() => fromPyTorch(pair(), two, { names: { 2: "encoder" } })).toThrow(
      "fromPyTorch: expected names of layers (0, 1), received 2.",
    );
    expect(() => fromPyTorch(pair(), two, { names: { 0: "coder" } })).toThrow(
      "fromPyTorch: expected names for modules (encoder, decoder), received coder.",
    );
    const { "decoder.weight": _, "decoder.bias": __, ...half } = two;
    expect(() => fromPyTorch(pair(), half)).toThrow(
      "fromPyTorch: expected 2 of bias [2], weight [2,2] for 0, 1, received 1 (encoder) among encoder (bias [2], weight [2,2]).",
    );
  });

  it("asks for an example where inputs were left out or pictures are flattened, and takes no file name for tensors", () => {
    expect(() => fromPyTorch(mlp(), tensors("mlp"))).toThrow(
      "PyTorch: expected an example, received none: the inputs of layer 1 were left out.",
    );
    const model = cnn();
    model.forward(tf.zeros([1, 8, 10, 2]), false);
    expect(() => fromPyTorch(model, tensors("cnn"))).toThrow('PyTorch: expected an example, or flattened["5"]');
    expect(() => fromPyTorch(model, JSON.parse('"model.safetensors"'))).toThrow(
      'fromPyTorch: expected tensors by name, received "model.safetensors": use loadTensors(file).',
    );
  });

  it('takes an even window with strides 1 and the padding "same", which PyTorch has too', () => {
    const even = () => new Sequential(new Conv2D(2, 3, 4, { padding: "same", random: new Random(0) }));
    const [from, to] = [even(), new Sequential(new Conv2D(2, 3, 4, { padding: "same" }))];
    fromPyTorch(to, toPyTorch(from));
    const x = tf.ones([1, 6, 6, 2]);
    expect(predict(to, x).dataSync()).toEqual(predict(from, x).dataSync());
  });

  it("refuses a padding that PyTorch has not, or has otherwise", () => {
    const example = tf.zeros([1, 8, 10, 2]);
    expect(() => fromPyTorch(cnn("same"), tensors("cnn"), { example })).toThrow(
      'PyTorch: layer 0, Conv2D: expected a padding in pixels, received "same" with size 3 and strides 2, which PyTorch has not: build the layer with { padding: 1 }',
    );
    expect(() => fromPyTorch(cnn(), tensors("cnn"), { example, padding: { 0: 0 } })).toThrow(
      "PyTorch: layer 0, Conv2D: expected the padding of the PyTorch model, 0, received 1: build it with that.",
    );
    expect(() => fromPyTorch(cnn(), tensors("cnn"), { example, padding: { 1: 0 } })).toThrow(
      "PyTorch: expected padding of a Conv2D or a pooling (0, 3), received 1.",
    );
    fromPyTorch(cnn("same"), tensors("cnn"), { example, padding: { 0: "same" } });
    fromPyTorch(cnn(), tensors("cnn"), { example, padding: { 0: 1 } });
  });
});

it("names a .pth file as what it is, with the two lines that save it anew", () => {
  expect(() => loadTensors(golden("named-mlp.pth"))).toThrow(
    /named-mlp\.pth: expected a safetensors file, received a zip, as torch\.save writes \(\.pth, \.pt\): save it anew in Python:\n {2}import torch; from safetensors\.torch import save_file\n {2}save_file\(torch\.load\(".*named-mlp\.pth", map_location="cpu"\), ".*named-mlp\.safetensors"\)$/,
  );
});
