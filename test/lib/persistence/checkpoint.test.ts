/** Checkpoints: a run that stops and continues elsewhere ends bit for bit where the unbroken one ends. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { expect, it } from "vitest";
import { nextRandom, Random, seed } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import type { Json, Layer } from "../../../lib/layers/layer.js";
import { freeze } from "../../../lib/layers/parameters.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { AdaGrad } from "../../../lib/optimizers/ada-grad.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { AdamW } from "../../../lib/optimizers/adam-w.js";
import { Momentum } from "../../../lib/optimizers/momentum.js";
import { Nesterov } from "../../../lib/optimizers/nesterov.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { RMSProp } from "../../../lib/optimizers/rms-prop.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { type CheckpointParts, loadCheckpoint, saveCheckpoint } from "../../../lib/persistence/checkpoint.js";
import { readSafetensors } from "../../../lib/persistence/safetensors-reader.js";
import { writeSafetensors } from "../../../lib/persistence/safetensors-writer.js";
import { saveState, stateDict } from "../../../lib/persistence/state-dict.js";
import { loadTensors } from "../../../lib/persistence/tensors.js";
import { reduceOnPlateau } from "../../../lib/schedules.js";
import { trainStep } from "../../../lib/training/train-step.js";
import { runModule } from "../../helpers/engine.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { turn } from "../../helpers/long.js";
import { root } from "../../helpers/needs.js";
import { engines } from "../../helpers/on-engine.js";
import "../../helpers/tensors.js";

const network = () => new Sequential(new Dense(3, 4), new BatchNorm(4), new ReLU(), new Dropout(0.5), new Dense(4, 1));

/** One step on batch number `i`. */
function train(model: Layer, optimizer: Optimizer, i: number): number {
  return tf.tidy(() => {
    const x = tf.tensor2d(new Random(i).uniforms(24), [8, 3]);
    return trainStep(model, { x, y: tf.sum(x, 1, true) }, { loss: meanSquaredError(), optimizer });
  });
}

const values = (variables: Iterable<readonly [string, { dataSync(): ArrayLike<number> }]>) =>
  Array.from(variables, ([name, variable]) => [name, Array.from(variable.dataSync())]);

/** All that a checkpoint keeps, to be compared. */
const everything = ({ model, optimizer, randoms = {} }: CheckpointParts) => ({
  model: values(Object.entries(stateDict(model))),
  optimizer: values(optimizer.state),
  steps: [optimizer.steps, optimizer.learningRate],
  schedules: optimizer.schedules.map(({ state }) => state),
  frozen: [...model.parameters].map(([, { frozen }]) => frozen),
  masks: [...model.walk()].flatMap(([, layer]) => (layer instanceof Dropout ? [layer.steps, layer.random.state] : [])),
  randoms: Object.values(randoms).map(({ state }) => state),
});

/** A run of three steps whose state is nobody's default. */
function started(): Required<CheckpointParts> {
  const shuffle = new Random(1);
  const model = network();
  const schedule = reduceOnPlateau(0.1, { patience: 1 });
  const optimizer = new Adam({ learningRate: schedule });
  freeze(model, "4.bias");
  for (let i = 0; i < 3; i++) optimizer.observe(train(model, optimizer, i));
  shuffle.uniforms(5);
  return { model, optimizer, randoms: { shuffle } };
}

/** The same parts before anything was trained; another parameter is frozen. */
function fresh(): Required<CheckpointParts> {
  const model = network();
  freeze(model, "0.bias");
  const optimizer = new Adam({ learningRate: reduceOnPlateau(0.1, { patience: 1 }) });
  return { model, optimizer, randoms: { shuffle: new Random(9) } };
}

const other: [string, () => CheckpointParts, RegExp][] = [
  [
    "model",
    () => ({ ...fresh(), model: new Sequential(new Dense(3, 4)) }),
    /received none for … and the unknown 1\.gamma/,
  ],
  [
    "shape",
    () => ({ ...fresh(), model: new Sequential(new Dense(3, 5), ...network().layers.slice(1)) }),
    /tensor "0\.weight": expected float32 of shape \[3,5\], received float32 of shape \[3,4\]/,
  ],
  ["optimizer", () => ({ ...fresh(), optimizer: new SGD() }), /expected the optimizer SGD, received Adam\./],
  [
    "schedule",
    () => ({ ...fresh(), optimizer: new Adam() }),
    /expected learning-rate schedules with the state none, received/,
  ],
  ["stream", () => ({ ...fresh(), randoms: {} }), /expected the random streams none, received shuffle\./],
  [
    "place of the Dropout",
    () => {
      const [dense, norm, relu, dropout, last] = network().layers as [Layer, Layer, Layer, Layer, Layer];
      return { ...fresh(), model: new Sequential(dense, norm, dropout, relu, last) };
    },
    /expected the Dropout layers 2, received 3\./,
  ],
];
for (const [what, make, message] of other) {
  it(`refuses a checkpoint of another ${what}, with nothing changed`, () => {
    const file = join(temporaryFolder().path, "run.safetensors");
    saveCheckpoint(file, started());
    const parts = make();
    const before = everything(parts);
    const tensors = tf.memory().numTensors;
    expect(() => loadCheckpoint(file, parts)).toThrow(message);
    expect(() => loadCheckpoint(file, parts)).toThrow(/run\.safetensors: /);
    expect(everything(parts)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });
}

it("refuses a file that is no checkpoint", () => {
  const file = join(temporaryFolder().path, "run.safetensors");
  saveState(file, network());
  expect(() => loadCheckpoint(file, fresh())).toThrow(
    /expected a file of the format "gradbook checkpoint 1", received one/,
  );
});

it("refuses a checkpoint whose notes were changed, with nothing changed", () => {
  const file = join(temporaryFolder().path, "run.safetensors");
  for (const [path, value, message] of [
    ["optimizer", undefined, /expected a checkpoint's notes, received none as optimizer\./],
    ["optimizer", null, /expected a checkpoint's notes, received null as optimizer\./],
    ["schedules", {}, /received \{\} as schedules/],
    ["schedules.0.rate", "fast", /as schedules/],
    ["masks.3", null, /received \{"3":null\} as masks/],
    ["seed", 7, /received 7 as seed/],
    ["frozen", "4.bias", /received "4.bias" as frozen/],
    ["history", { steps: [1], loss: [2] }, /as history/],
    ["optimizer.learningRate", { $number: "Infinity" }, /learningRate, received 3 and Infinity/],
    ["masks.3.random.words", [0, 0, 0, 0], /expected a state of a seed and four words/],
    ["masks.3.random.words", [1, 2, 3, 1e12], /expected a state of a seed and four words/],
    ["optimizer.steps", -1, /expected the optimizer's steps and learningRate, received -1 and 0\./],
    ["masks.3.steps", "many", /expected the steps of Dropout 3, received many/],
    ["masks.3.random.words", [1, 2], /expected a state of a seed and four words, received/],
    ["randoms.shuffle", null, /expected a state of a seed and four words, received null/],
    ["seed.draws", null, /expected the state of seed/],
    ["frozen", ["9.bias"], /expected frozen parameters of the model, received 9\.bias/],
  ] as const) {
    saveCheckpoint(file, started());
    const { metadata } = readSafetensors(file);
    const notes = JSON.parse(metadata.notes!);
    const keys = path.split(".");
    const last = keys.pop()!;
    keys.reduce((part, key) => part[key], notes)[last] = value;
    const tensors = loadTensors(file);
    writeSafetensors(file, tensors, { ...metadata, notes: JSON.stringify(notes) });
    const parts = fresh();
    const before = everything(parts);
    expect(() => loadCheckpoint(file, parts)).toThrow(message);
    expect(everything(parts)).toEqual(before);
  }
});

it("keeps notes of any JSON, and NaN and infinities in them", () => {
  const file = join(temporaryFolder().path, "run.safetensors");
  const parts = { model: new Dense(1, 1), optimizer: new SGD() };
  const json = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom("number", "$number", "a"), fc.double()));
  fc.assert(
    fc.property(json as fc.Arbitrary<Json>, (notes) => {
      saveCheckpoint(file, { ...parts, notes });
      expect(loadCheckpoint(file, parts).notes).toEqual(notes);
    }),
    { numRuns: 50 },
  );
});

it("gives back everything, in a run that had already gone another way", () => {
  const file = join(temporaryFolder().path, "run.safetensors");
  seed(1);
  const parts = started();
  saveCheckpoint(file, { ...parts, notes: { epoch: 3, losses: [Number.NaN, 1 / 0, 0.1] } });
  const drawn = nextRandom().seed;
  const resumed = fresh();
  train(resumed.model, resumed.optimizer, 7);
  expect(loadCheckpoint(file, resumed)).toEqual({
    history: undefined,
    notes: { epoch: 3, losses: [Number.NaN, 1 / 0, 0.1] },
  });
  expect(everything(resumed)).toEqual(everything(parts));
  expect(nextRandom().seed).toBe(drawn);
  for (let i = 3; i < 6; i++)
    expect(train(resumed.model, resumed.optimizer, i)).toBe(train(parts.model, parts.optimizer, i));
  expect(everything(resumed)).toEqual(everything(parts));
});

const optimizers = { AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSProp, SGD };
it.each(Object.keys(optimizers) as (keyof typeof optimizers)[])("continues with %s as if never stopped", (name) => {
  const file = join(temporaryFolder().path, "run.safetensors");
  const make = () => ({ model: network(), optimizer: new optimizers[name]({ learningRate: 0.1 }) });
  const [whole, resumed] = [make(), make()];
  for (let i = 0; i < 2; i++) train(whole.model, whole.optimizer, i);
  saveCheckpoint(file, whole);
  loadCheckpoint(file, resumed);
  for (let i = 2; i < 4; i++) for (const { model, optimizer } of [whole, resumed]) train(model, optimizer, i);
  expect(everything(resumed)).toEqual(everything(whole));
});

it("leaves no tensors behind", () => {
  const file = join(temporaryFolder().path, "run.safetensors");
  const parts = started();
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) {
    saveCheckpoint(file, parts);
    loadCheckpoint(file, parts);
  }
  expect(tf.memory().numTensors).toBe(before);
});

it("keeps a learning rate that was changed between steps, and an optimizer that has not begun", () => {
  const file = join(temporaryFolder().path, "run.safetensors");
  const [model, optimizer] = [network(), new Momentum({ learningRate: 0.5 })];
  optimizer.learningRate = 0.125;
  saveCheckpoint(file, { model, optimizer });
  const other = new Momentum({ learningRate: 0.5 });
  train(model, other, 0);
  expect(loadCheckpoint(file, { model, optimizer: other })).toEqual({ history: undefined, notes: null });
  expect([other.learningRate, other.steps, other.state.size]).toEqual([0.125, 0, 0]);
  expect([...readSafetensors(file).tensors.keys()].every((name) => name.startsWith("model."))).toBe(true);
});

/** A run up to `end`, an option of `fit`, from the checkpoint `from` if there is one, with a checkpoint after its last step. */
const program = (end: string, from: string | undefined, to: string) => `
  import * as g from ${JSON.stringify(pathToFileURL(join(root, "dist", "entry", "ready.js")).href)};
  g.seed(${from === undefined ? 0 : 99});
  const { tf } = g;
  const model = new g.Sequential(
    new g.Dense(5, 16), new g.BatchNorm(16), new g.ReLU(), new g.Dropout(0.3), new g.Dense(16, 1));
  const optimizer = new g.Adam({ learningRate: g.cosineDecay(0.05, { steps: 200 }), clipNorm: 1 });
  const shuffle = new g.Random(${from === undefined ? 5 : 6});
  const examples = (seed, count) => {
    const x = tf.tensor2d(new g.Random(seed).normals(count * 5), [count, 5]);
    return new g.Dataset(x, tf.sum(tf.square(x), 1, true));
  };
  const parts = { model, optimizer, randoms: { shuffle } };
  const { history } = ${from === undefined ? "{}" : `g.loadCheckpoint(${JSON.stringify(from)}, parts)`};
  const after = await g.fit(model, examples(1, 70), {
    loss: g.meanSquaredError(), optimizer, shuffle, history, ${end}, batchSize: 16,
    validation: examples(2, 20), regularizers: [g.l2(0.001)], metrics: { rmse: g.rmse },
  });
  after.seconds = 0;
  g.saveCheckpoint(${JSON.stringify(to)}, { ...parts, history: after });
`;

const turns = turn(engines, (engine) => engine === "wasm");
it.each(turns)("10 epochs are 5, and 5 in a new process, bit for bit: engine %s", { tags: "long" }, (engine) => {
  const { path } = temporaryFolder();
  const [whole, half, both] = ["whole", "half", "both"].map((name) => join(path, `${name}.safetensors`)) as [
    string,
    string,
    string,
  ];
  const run = (text: string) => {
    const { status, stderr } = runModule(text, { GRADBOOK_ENGINE: engine });
    expect([status, stderr.replace(/^gradbook: engine wasm.*$/m, "")]).toEqual([0, ""]);
  };
  run(program("epochs: 10", undefined, whole));
  run(program("epochs: 5", undefined, half));
  run(program("epochs: 10", half, both));
  const [expected, received] = [readSafetensors(whole), readSafetensors(both)];
  expect(received.tensors).toEqual(expected.tensors);
  // History, steps, streams and schedules too; it is the tensors that differ from the half.
  expect(JSON.parse(received.metadata.notes!)).toEqual(JSON.parse(expected.metadata.notes!));
  expect(JSON.parse(expected.metadata.notes!).optimizer.steps).toBe(50);
  expect(readSafetensors(half).tensors).not.toEqual(expected.tensors);

  // An epoch has 5 steps: this run stops within one, which costs the history an entry of its own.
  run(program("steps: 23", undefined, half));
  run(program("epochs: 10", half, both));
  expect(readSafetensors(both).tensors).toEqual(expected.tensors);
});
