/** Tensors, states and whole models in files: what does not fit is refused with nothing changed; the rest comes back the same. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { nextRandom, Random, seed } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Conv2D } from "../../../lib/layers/conv2d.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { Flatten } from "../../../lib/layers/flatten.js";
import type { Layer } from "../../../lib/layers/layer.js";
import { MaxPool } from "../../../lib/layers/max-pool.js";
import { layerFrom, registerLayer } from "../../../lib/layers/registry.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Residual } from "../../../lib/layers/residual.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { loadModel, saveModel } from "../../../lib/persistence/model.js";
import { metadataOf } from "../../../lib/persistence/notes.js";
import { writeSafetensors } from "../../../lib/persistence/safetensors-writer.js";
import { loadState, loadStateDict, saveState, stateDict } from "../../../lib/persistence/state-dict.js";
import { loadTensor, loadTensorList, loadTensors, saveTensors } from "../../../lib/persistence/tensors.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { layerCases, layerOf } from "../../helpers/layer-cases.js";
import { inFull } from "../../helpers/long.js";
import { root } from "../../helpers/needs.js";
import "../../helpers/tensors.js";

const temporaryFile = (name = "w.safetensors") => join(temporaryFolder().path, name);

/** A small network of most kinds of layers, with a state that is nobody's default. */
function network(): Sequential {
  const model = new Sequential(
    new Conv2D(1, 2, 3, { padding: "same" }),
    new BatchNorm(2),
    new ReLU(),
    new MaxPool(2),
    new Dropout(0.25),
    new Flatten(),
    new Residual(new Dense(8, 8), new ReLU()),
    new Dense(8, 3),
  );
  tf.dispose(tf.tidy(() => model.forward(tf.ones([2, 4, 4, 1]), true)));
  return model;
}

const numbers = (model: Layer) =>
  Object.entries(stateDict(model)).map(([name, variable]) => [name, variable.shape, [...variable.dataSync()]]);

/** Files that are no state of `network()`, and what is said about them. */
const foreign: [string, (file: string) => void, RegExp][] = [
  ["missing", () => {}, /w\.safetensors: expected a file that can be read, received ENOENT/],
  [
    "truncated",
    (file) => {
      saveState(file, network());
      truncateSync(file, statSync(file).size - 1);
    },
    /w\.safetensors: expected \d+ bytes after the header, received \d+: the file is truncated/,
  ],
  [
    "foreign",
    (file) => writeFileSync(file, "PK\x03\x04 a zip file, as PyTorch's own format is"),
    /w\.safetensors: expected a safetensors file, received a zip, as torch\.save writes .*\n {2}import torch; .*\n {2}save_file\(torch\.load\(.*w\.safetensors", map_location="cpu"\), .*w\.safetensors"\)$/,
  ],
  [
    "with an oversized header",
    (file) => writeFileSync(file, Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123, 125)),
    /expected a header of at most 2 bytes, received a length of 18446744073709552000/,
  ],
  [
    "with a tensor too few",
    (file) => {
      const { "7.bias": _, ...others } = stateDict(network());
      saveTensors(file, others);
    },
    /w\.safetensors: expected tensors of the names in the model, received none for 7\.bias/,
  ],
  [
    "with a tensor too many",
    (file) => saveTensors(file, { ...stateDict(network()), extra: tf.scalar(1) }),
    /w\.safetensors: expected .* the unknown extra/,
  ],
  [
    "with another shape",
    (file) => saveTensors(file, { ...stateDict(network()), "7.weight": tf.ones([3, 8]) }),
    /w\.safetensors: tensor "7\.weight": expected float32 of shape \[8,3\], received float32 of shape \[3,8\]/,
  ],
  [
    "with another dtype",
    (file) => saveTensors(file, { ...stateDict(network()), "7.bias": tf.zeros([3], "int32") }),
    /tensor "7\.bias": expected float32 of shape \[3\], received int32 of shape \[3\]/,
  ],
];
for (const [what, write, message] of foreign) {
  it(`refuses a state file that is ${what} and leaves the model unchanged`, () => {
    const file = temporaryFile();
    write(file);
    const model = network();
    const before = numbers(model);
    const tensors = tf.memory().numTensors;
    expect(() => loadState(file, model)).toThrow(message);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(numbers(model)).toEqual(before);
  });
}

it("refuses a model file with another format, a layer it does not know, or weights that do not fit the layers", () => {
  const file = temporaryFile();
  saveState(file, network());
  expect(() => loadModel(file)).toThrow(
    /w\.safetensors: expected a file of the format "gradbook model 1", received one that names none: use loadTensors/,
  );
  const change = (from: string, to: string) => {
    saveModel(file, network());
    const bytes = readFileSync(file, "latin1");
    expect(bytes).toContain(from);
    writeFileSync(file, bytes.replace(from, to), "latin1");
  };
  for (const [from, to, message] of [
    ["MaxPool", "MinPool", /w\.safetensors: layerFrom: expected a type of .*, received "MinPool"/],
    [
      "gradbook model 1",
      "gradbook model 2",
      /expected a file of the format "gradbook model 1", received "gradbook model 2"/,
    ],
    [
      '\\"outputs\\":3,',
      '\\"outputs\\":4,',
      /tensor "7\.weight": expected float32 of shape \[8,4\], received .*\[8,3\]/,
    ],
    ['{\\"type\\"', "[[[[[[[[[", /w\.safetensors: expected notes in JSON, received /],
  ] as const) {
    change(from, to);
    const tensors = tf.memory().numTensors;
    expect(() => loadModel(file)).toThrow(message);
    if (from !== "MaxPool") expect(tf.memory().numTensors).toBe(tensors);
  }
});

it("refuses a model file of some bytes that claims layers of any size, before it makes one", () => {
  const file = temporaryFile();
  const claim = (config: object, tensors: Record<string, Tensor> = { weight: tf.ones([2, 3]) }) =>
    writeSafetensors(file, tensors, metadataOf("gradbook model 1", config));
  const dense = { type: "Dense", inputs: 200_000, outputs: 200_000, bias: false };
  claim(dense);
  const message = "Dense's weight: expected a shape for which the file has numbers, received [200000,200000]";
  expect(() => loadModel(file)).toThrow(`w.safetensors: ${message}.`);
  const norm = { type: "BatchNorm", features: 1e12, momentum: 0.9, epsilon: 1e-5, initialVar: 1 };
  claim(
    { type: "Residual", layers: [norm] },
    Object.fromEntries(["gamma", "beta", "runningMean", "runningVar"].map((name) => [`0.${name}`, tf.ones([1])])),
  );
  expect(() => loadModel(file)).toThrow(
    "BatchNorm's gamma: expected a shape for which the file has numbers, received [1000000000000]",
  );
  claim({ type: "Conv2D", inputs: 1, outputs: 1, size: 1e9, strides: 1, padding: "same", bias: false });
  expect(() => loadModel(file)).toThrow("received [1000000000,1000000000,1,1]");
  claim({ type: "Sequential", layers: Array(50).fill({ ...dense, inputs: 3, outputs: 3 }) });
  expect(() => loadModel(file)).toThrow("received none for 0.weight, 1.weight");
  const norms = { ...norm, features: 30_000 };
  claim({ type: "Sequential", layers: Array(50).fill(norms) });
  expect(() => loadModel(file)).toThrow("for which the file has numbers");
  layerFrom({ ...dense, inputs: 1001, outputs: 1001 }).dispose(); // Only the file's layers had so little room.
});

it("reads no number of a file whose tensors are not the ones asked for", () => {
  const file = temporaryFile();
  saveTensors(file, { x: tf.tensor1d([true, true], "bool") });
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = 2; // Which only reading it would find.
  writeFileSync(file, bytes);
  expect(() => loadTensors(file)).toThrow("expected bools of 0 or 1, received 2");
  expect(() => loadState(file, network())).toThrow("expected tensors of the names in the model");
  expect(() => loadModel(file)).toThrow('expected a file of the format "gradbook model 1"');
});

it("refuses to save a whole model that could not be built again, and leaves the earlier file", () => {
  const { write } = temporaryFolder();
  const file = write("w.safetensors", "earlier");
  class Halved extends Dense {
    override get config() {
      return { ...super.config, outputs: this.outputs / 2 };
    }
  }
  class Forgetful extends Dropout {
    static override from() {
      return new Forgetful(0.5);
    }
  }
  class Own extends ReLU {}
  for (const kind of [Halved, Forgetful]) registerLayer(kind);
  expect(() => saveModel(file, new Sequential(new Halved(2, 4)))).toThrow(
    /saveModel: expected a config that `from` builds again, received .*"outputs":2.*, which gave .*"outputs":1/,
  );
  expect(() => saveModel(file, new Forgetful(0.2))).toThrow(/saveModel: expected a config that `from` builds again/);
  expect(() => saveModel(file, new Sequential(new Own()))).toThrow(
    /expected a type of .*, received "Own": make a layer of your own known by registerLayer\(Own\)/,
  );
  expect(readFileSync(file, "utf8")).toBe("earlier");
});

it("refuses to save what is no tensor, and to load a dictionary as a list or as one tensor", () => {
  const file = temporaryFile();
  expect(() => saveTensors(file, JSON.parse("null"))).toThrow(/saveTensors: expected a tensor, a list or a dictionary/);
  expect(() => saveTensors(file, [JSON.parse("3")])).toThrow(/expected a tensor under "0", received number/);
  saveTensors(file, { x: tf.scalar(1), y: tf.scalar(2) });
  const before = tf.memory().numTensors;
  expect(() => loadTensorList(file)).toThrow(/expected a list \(names "0", "1" …\), received x, y: use loadTensors/);
  expect(() => loadTensor(file)).toThrow(/expected one tensor, received 2: use loadTensors/);
  expect(tf.memory().numTensors).toBe(before);
});

it("gives back one tensor, a list and a dictionary", () => {
  const file = temporaryFile();
  const same = (a: Tensor, b: Tensor) =>
    expect([a.shape, a.dtype, [...a.dataSync()]]).toEqual([b.shape, b.dtype, [...b.dataSync()]]);
  const x = tf.tensor2d([
    [1, Number.NaN],
    [-0, 1e-45],
  ]);
  const list = [x, ...Array.from({ length: 11 }, (_, i) => tf.tensor1d([i, -i], "int32")), tf.scalar(true, "bool")];
  saveTensors(file, x);
  same(loadTensor(file), x);
  saveTensors(file, list);
  for (const [i, tensor] of loadTensorList(file).entries()) same(tensor, list[i]!);
  expect(loadTensorList(file)).toHaveLength(13);
  saveTensors(file, []);
  expect(loadTensorList(file)).toEqual([]);
  saveTensors(file, { x, "a.b": list[1]! });
  const { x: again, "a.b": other } = loadTensors(file);
  same(again!, x);
  same(other!, list[1]!);
});

it("gives a model of the same architecture the saved state, and frees what it read", () => {
  const file = temporaryFile();
  const [saved, model] = [network(), network()];
  saveState(file, saved);
  const before = tf.memory().numTensors;
  loadState(file, model);
  expect(tf.memory().numTensors).toBe(before);
  expect(numbers(model)).toEqual(numbers(saved));
  expect(Object.keys(stateDict(model))).toEqual([
    ...["0.weight", "0.bias", "1.gamma", "1.beta", "6.0.weight", "6.0.bias", "7.weight", "7.bias"],
    ...["1.runningMean", "1.runningVar"],
  ]);
});

it("keeps its own copy of a state dict: what happens to the tensors later does not matter", () => {
  const [model, other] = [new Dense(2, 2), new Dense(2, 2)];
  loadStateDict(model, stateDict(other));
  const expected = [...other.weight.value.dataSync()];
  other.weight.value.assign(tf.zeros([2, 2]));
  other.dispose();
  expect([...model.weight.value.dataSync()]).toEqual(expected);
});

it("builds a whole model from its file, which predicts the same, and draws nothing from the stream of seed", () => {
  const file = temporaryFile("model.safetensors");
  const model = network();
  saveModel(file, model);
  seed(3);
  const expected = nextRandom().seed;
  seed(3);
  const loaded = loadModel(file) as Sequential;
  expect(nextRandom().seed).toBe(expected);
  expect(numbers(loaded)).toEqual(numbers(model));
  expect(loaded.config).toEqual(model.config);
  const x = tf.tensor4d(new Random(1).uniforms(32), [2, 4, 4, 1]);
  expect([...loaded.forward(x, false).dataSync()]).toEqual([...model.forward(x, false).dataSync()]);
  // In training too: the masks come from the saved seed.
  (loaded.layers[4] as Dropout).steps = (model.layers[4] as Dropout).steps;
  expect([...loaded.forward(x, true).dataSync()]).toEqual([...model.forward(x, true).dataSync()]);
});

it.each(layerCases)(
  "saves and builds again: $name, which computes the same in training and prediction",
  (layerCase) => {
    const file = temporaryFile();
    const layer = layerOf(layerCase);
    saveModel(file, layer);
    const loaded = loadModel(file);
    expect(loaded.config).toEqual(layer.config);
    expect(numbers(loaded)).toEqual(numbers(layer));
    const size = layerCase.shape.reduce((product, length) => product * length, 1);
    const x = tf.tensor(new Random(1).normals(size), layerCase.shape);
    for (const training of [true, false]) {
      expect([...loaded.forward(x, training).dataSync()]).toEqual([...layer.forward(x, training).dataSync()]);
    }
    expect(numbers(loaded)).toEqual(numbers(layer));
  },
);

const kills = inFull(12, 4);
it(`leaves a whole file when the process is killed at any of ${kills} moments`, { tags: "long" }, async () => {
  const { path, names } = temporaryFolder();
  const file = join(path, "w.safetensors");
  const url = pathToFileURL(join(root, "dist", "entry", "ready.js")).href;
  // Writes 4 MB again and again, all elements the same number, one more each time.
  const program = `
    import { saveTensors, tf } from ${JSON.stringify(url)};
    for (let i = 1; ; i++) {
      tf.tidy(() => saveTensors(process.argv[1], tf.fill([1 << 20], i)));
      if (i === 1) process.stdout.write("begun");
    }`;
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program, file], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, (kill * 36) / kills));
    child.kill("SIGKILL");
    await once(child, "exit");
    const tensor = loadTensor(file);
    const data = tensor.dataSync();
    expect(data.length).toBe(1 << 20);
    expect(data.every((value) => value === data[0])).toBe(true);
    tensor.dispose();
  }
  expect(names()).toContain("w.safetensors");
});
