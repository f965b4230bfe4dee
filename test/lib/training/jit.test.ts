/**
 * `jit`: what XLA has compiled trains like the graphs that it was made from, up to the rounding of sums. Steps are few, or by
 * optimizers that do not divide by a gradient's size, so that rounding stays rounding: some 1e-7 a step, 1e-5 where sums are long.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Random } from "../../../engine/random.js";
import { engine, type Scalar, type Tensor, type Tensor4D, tf } from "../../../engine/tensor.js";
import { Conv2D } from "../../../lib/layers/conv2d.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { Layer } from "../../../lib/layers/layer.js";
import { freeze } from "../../../lib/layers/parameters.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Tanh } from "../../../lib/layers/tanh.js";
import {
  binaryCrossEntropy,
  halfSquaredError,
  huber,
  type Loss,
  meanSquaredError,
  softmaxCrossEntropy,
} from "../../../lib/losses.js";
import { r2, rmse } from "../../../lib/metrics.js";
import { AdaGrad } from "../../../lib/optimizers/ada-grad.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { AdamW } from "../../../lib/optimizers/adam-w.js";
import { Momentum } from "../../../lib/optimizers/momentum.js";
import { Nesterov } from "../../../lib/optimizers/nesterov.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { RMSProp } from "../../../lib/optimizers/rms-prop.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { damping } from "../../../lib/regularizers/damping.js";
import { maxNorm } from "../../../lib/regularizers/max-norm.js";
import { elastic, l1, l2 } from "../../../lib/regularizers/penalty.js";
import { cosineDecay, reduceOnPlateau, warmUp } from "../../../lib/schedules.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { EarlyStopping } from "../../../lib/training/early-stopping.js";
import { fit } from "../../../lib/training/fit.js";
import { fitAll } from "../../../lib/training/fit-all.js";
import { newHistory } from "../../../lib/training/history.js";
import type { FitOptions } from "../../../lib/training/run.js";
import { at, formula, network, outcome, plan, type Setup, validation } from "../../helpers/conformance.js";
import { type LayerCase, layerCases, layerOf } from "../../helpers/layer-cases.js";
import { weightsOf } from "../../helpers/line.js";
import { inFull } from "../../helpers/long.js";
import { describeNative, itNative } from "../../helpers/native.js";
import { examples } from "../../helpers/noisy-line.js";
import { relativeError } from "../../helpers/tensors.js";
import { watchBinding } from "../../helpers/watch-binding.js";

const tolerance = 2e-5;

/** What is said on standard error until the test's end. */
function said(): () => string[] {
  const spy = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.map(([text]) => String(text));
}

/** Counts the models with a function for XLA that are loaded until the test's end. */
function compiledModels(): () => number {
  const { loads, restore } = watchBinding();
  onTestFinished(restore);
  const load = loads.getMockImplementation()!;
  let count = 0;
  loads.mockImplementation((folder, tags) => {
    count += readFileSync(join(folder, "saved_model.pb")).includes("_XlaMustCompile") ? 1 : 0;
    return load(folder, tags);
  });
  return () => count;
}

const train = async (make: () => Setup, options: Partial<FitOptions>) => {
  const setup = make();
  return outcome(setup, await fit(setup.model, setup.data, { ...setup.options, ...options }));
};

type Outcome = Awaited<ReturnType<typeof train>>;

const numbers = ({ parameters, buffers, optimizer, history }: Outcome): number[] => [
  ...[...parameters, ...buffers, ...optimizer].flatMap(([, values]) => values as number[]),
  ...[history.loss, history.valLoss, history.valPredictions].flat(),
  ...[...Object.values(history.metrics), ...Object.values(history.valMetrics)].flat(),
];

/** With and without agree: numbers up to rounding, the rest as it is. */
async function expectSame(make: () => Setup): Promise<void> {
  const text = said();
  const graph = await train(make, {});
  const models = compiledModels();
  const jit = await train(make, { jit: true });
  expect(text()).toEqual([]);
  expect(models()).toBeGreaterThan(0);
  const [actual, expected] = [numbers(jit), numbers(graph)];
  expect(expected.some((value) => value !== 0)).toBe(true);
  expect(relativeError(actual, expected)).toBeLessThan(tolerance);
  expect(jit.masks).toEqual(graph.masks);
  expect(jit.random).toEqual(graph.random);
  const [steps, rate] = graph.counters as [number, number];
  expect(jit.counters[0]).toBe(steps);
  expect(jit.counters[1]).toBeCloseTo(rate, 10);
  expect(jit.history.steps).toEqual(graph.history.steps);
}

const tensor = (seed: number, shape: number[]) =>
  tf.tensor(new Random(seed).normals(shape.reduce((product, length) => product * length, 1)), shape);

describeNative("with jit, fit trains as without:", () => {
  /** All layers of the cases, each on the same input, their outputs one after the other. */
  class Beside extends Layer {
    readonly all: Layer[];
    #shapes: number[][] = [];
    constructor(cases: readonly LayerCase[]) {
      super();
      this.all = cases.map((one, i) => this.addLayer(`case${i}`, layerOf(one)));
    }
    override forward(x: Tensor, training: boolean): Tensor {
      const outputs = this.all.map((layer) => layer.forward(x, training));
      this.#shapes = outputs.map(({ shape }) => shape);
      return tf.concat(
        outputs.map((y) => tf.reshape(y, [y.shape[0]!, -1])),
        1,
      );
    }
    override backward(dy: Tensor): Tensor {
      const widths = this.#shapes.map((shape) => shape.slice(1).reduce((product, length) => product * length, 1));
      const parts = tf.split(dy, widths, 1).map((part, i) => tf.reshape(part, this.#shapes[i]!));
      return tf.addN(this.all.map((layer, i) => layer.backward(parts[i]!)));
    }
  }
  const shapes = [...new Set(layerCases.map(({ shape }) => `${shape}`))];
  it.each(shapes)("every layer that takes [%s]", async (text) => {
    const cases = layerCases.filter(({ shape }) => `${shape}` === text);
    const [, ...shape] = cases[0]!.shape;
    const channels = shape.at(-1)!;
    const random = () => ({ random: new Random(9) });
    const make = (): Setup => {
      // Something in front, so that what comes back through the layers has an effect.
      const front =
        shape.length === 1 ? new Dense(channels, channels, random()) : new Conv2D(channels, channels, 1, random());
      const model = new Sequential(front, new Beside(cases));
      const x = tensor(1, [20, ...shape]);
      const y = tensor(
        2,
        tf.tidy(() => model.forward(x, false).shape),
      );
      const optimizer = new SGD({ learningRate: 0.05 });
      const options = { loss: meanSquaredError(), optimizer, batchSize: 10, shuffle: new Random(5), epochs: 3 };
      return { model, data: new Dataset(x, y), options };
    };
    await expectSame(make);
  });

  const classes = () =>
    tf.tensor1d(
      Int32Array.from({ length: 20 }, (_, i) => i % 3),
      "int32",
    );
  const coins = () =>
    tf.tensor2d(
      Float32Array.from({ length: 20 }, (_, i) => i % 2),
      [20, 1],
    );
  it.each<[string, number, () => Loss, () => Tensor]>([
    ["meanSquaredError", 3, () => meanSquaredError(), () => tensor(3, [20, 3])],
    ["halfSquaredError", 3, () => halfSquaredError({ divisor: 7 }), () => tensor(3, [20, 3])],
    ["huber", 3, () => huber({ delta: 0.5 }), () => tensor(3, [20, 3])],
    ["binaryCrossEntropy", 1, () => binaryCrossEntropy(), coins],
    ["softmaxCrossEntropy", 3, () => softmaxCrossEntropy(), classes],
  ])("%s", async (_, outputs, loss, y) => {
    await expectSame(() => {
      const model = new Sequential(new Dense(4, outputs, { random: new Random(1) }));
      const options = {
        loss: loss(),
        optimizer: new SGD({ learningRate: 0.1 }),
        batchSize: 10,
        shuffle: new Random(5),
      };
      return { model, data: new Dataset(tensor(4, [20, 4]), y()), options: { ...options, epochs: 4 } };
    });
  });

  const optimizers: [string, () => Optimizer][] = [
    ["Adam", () => new Adam({ learningRate: cosineDecay(0.01, { steps: 20 }) })],
    ["RMSProp", () => new RMSProp()],
    ["Nesterov", () => new Nesterov()],
    ["SGD", () => new SGD({ learningRate: 0.05 })],
    ["SGD, clipped, with decay", () => new SGD({ learningRate: 0.05, clipNorm: 0.5, weightDecay: 0.1 })],
    ["Momentum", () => new Momentum()],
    ["AdaGrad", () => new AdaGrad()],
    ["AMSGrad", () => new Adam({ amsgrad: true, clipValue: 0.3 })],
    ["AdamW with groups", () => new AdamW({ groups: [{ pattern: "3.weight", learningRate: 0.02 }] })],
  ];
  it.each(inFull(optimizers, optimizers.slice(0, 3)))("%s", { tags: "long" }, async (_, optimizer) => {
    // Without BatchNorm, before which a bias has a gradient of nothing but rounding: Adam would make it a step.
    const make = () => {
      const random = new Random(3);
      const dense = (i: number, from: number, to: number) => new Dense(from, to, { random: random.split(i) });
      return new Sequential(dense(0, 2, 6), new Tanh(), new Dropout(0.3, { random: random.split(1) }), dense(2, 6, 1));
    };
    await expectSame(() => plan({ optimizer: optimizer(), epochs: 2, batchSize: 10 }, make()));
  });

  const plans: [string, () => Setup][] = [
    ["batches without a rest", () => plan({ batchSize: 10 })],
    ["a batch larger than the data", () => plan({ batchSize: 64 })],
    ["batches of one example", () => plan({ batchSize: 1, epochs: 2 })],
    ["a run of one step", () => plan({ steps: 1 })],
    ["draws with replacement", () => plan({ replacement: true })],
    ["validation and metrics", () => plan({ validation: validation(), metrics: { rmse, r2 }, epochs: 40 })],
    ["validation after steps", () => plan({ validation: validation(), valSteps: 2 })],
    ["large validation data", () => plan({ validation: examples(2100), epochs: 2 })],
    [
      "regularizers",
      () => plan({ regularizers: [l1(0.01), elastic({ l1: 0.01, l2: 0.01 }), damping(0.01), maxNorm(0.7)] }),
    ],
    [
      "a plateau schedule",
      () =>
        plan({
          ...formula({ learningRate: warmUp(reduceOnPlateau(0.1, { patience: 1 }), { steps: 3 }) }),
          validation: validation(),
          regularizers: [l2(0.01)],
        }),
    ],
    [
      "early stopping",
      () => plan({ validation: validation(), epochs: 30, callbacks: [new EarlyStopping({ patience: 3 })] }),
    ],
    [
      "callbacks at every event",
      () => plan({ validation: validation(), callbacks: [at(["batchEnd", "epochEnd"], () => {})] }),
    ],
    [
      "frozen layers",
      () => {
        const model = network();
        freeze(model, "0");
        return plan({}, model);
      },
    ],
  ];
  const isPart = (name: string) => /metrics|plateau|stopping|one step|regularizers/.test(name);
  it.each(
    inFull(
      plans,
      plans.filter(([name]) => isPart(name)),
    ),
  )("%s", { tags: "long" }, async (_, make) => {
    await expectSame(make);
  });

  it("a layer with numbers that a callback changes", { tags: "all" }, async () => {
    class Scaled extends Layer {
      factor = 1;
      override forward = (x: Tensor) => tf.mul(x, this.factor);
      override backward = (dy: Tensor) => tf.mul(dy, this.factor);
    }
    await expectSame(() => {
      const scaled = new Scaled();
      const model = new Sequential(new Dense(2, 1, { random: new Random(1) }), scaled);
      return plan({ callbacks: [at(["epochEnd"], () => (scaled.factor *= 1.5))], epochs: 3 }, model);
    });
  });

  it("NaN where training diverges", async () => {
    const make = () => plan({ optimizer: new SGD({ learningRate: 1e12 }), steps: 30, valSteps: 1 }, relu());
    const [graph, models] = [await train(make, {}), compiledModels()];
    const jit = await train(make, { jit: true });
    expect(models()).toBeGreaterThan(0);
    expect(graph.history.loss.at(-1)).toBeNaN();
    expect(jit.history.loss.map(Number.isFinite)).toEqual(graph.history.loss.map(Number.isFinite));
    // Not each weight: to XLA a gradient of NaN behind a ReLU that is shut is 0.
    for (const { parameters } of [graph, jit]) expect(parameters.flat(2).some(Number.isNaN)).toBe(true);
  });

  it("several networks at once", { tags: "all" }, async () => {
    const text = said();
    const made = async (jit: boolean) => {
      const setups = [0, 1, 2].map((k) => plan({ shuffle: new Random(k), validation: validation() }));
      const histories = await fitAll(
        setups.map(({ model, data, options }) => [model, data, { ...options, jit }] as const),
      );
      return setups.map((setup, k) => outcome(setup, histories[k]!));
    };
    const [graph, models] = [await made(false), compiledModels()];
    const jit = await made(true);
    expect([text(), models() > 0]).toEqual([[], true]);
    expect(relativeError(jit.flatMap(numbers), graph.flatMap(numbers))).toBeLessThan(tolerance);
    expect(jit.map(({ masks, counters }) => [masks, counters])).toEqual(
      graph.map(({ masks, counters }) => [masks, counters]),
    );
  });

  it("in turns with it: each goes on where the other stopped, at any step", { tags: "all" }, async () => {
    const whole = await train(() => plan({ steps: 24, validation: validation() }), {});
    const setup = plan({ validation: validation() });
    const [history, models] = [newHistory(), compiledModels()];
    for (const [i, steps] of [1, 5, 6, 13, 20, 24].entries()) {
      const options = { ...setup.options, epochs: undefined, history, steps, jit: i % 2 === 0 };
      await fit(setup.model, setup.data, options);
    }
    const parts = outcome(setup, history);
    expect(models()).toBeGreaterThan(0);
    const values = ({ parameters, buffers, optimizer }: Outcome) =>
      [...parameters, ...buffers, ...optimizer].flatMap(([, own]) => own as number[]);
    expect(relativeError(values(parts), values(whole))).toBeLessThan(tolerance);
    expect([parts.counters, parts.masks, parts.random]).toEqual([whole.counters, whole.masks, whole.random]);
  });
});

const relu = () =>
  new Sequential(
    new Dense(2, 8, { random: new Random(1), activation: "relu" }),
    new Dense(8, 1, { random: new Random(2) }),
  );

describe("jit", () => {
  itNative("says the operation that XLA cannot compile, once, and trains on as a graph", async () => {
    const text = said();
    /** Crops nothing off. */
    class Cropped extends Layer {
      override forward(x: Tensor): Tensor {
        const [rows = 0] = x.shape;
        const picture = tf.reshape(x, [1, rows, 1, 1]) as Tensor4D;
        return tf.reshape(tf.image.cropAndResize(picture, [[0, 0, 1, 1]], [0], [rows, 1]), x.shape);
      }
      override backward(dy: Tensor): Tensor {
        return dy;
      }
    }
    const make = () => plan({}, new Sequential(new Dense(2, 1, { random: new Random(1) }), new Cropped()));
    const jit = await train(make, { jit: true });
    await train(make, { jit: true });
    const graph = await train(make, {});
    expect(text().filter((line) => line.includes("jit"))).toEqual([
      "gradbook: fit trains without jit: XLA cannot compile CropAndResize.",
    ]);
    expect(numbers(jit)).toEqual(numbers(graph));
    expect(jit.counters).toEqual(graph.counters);
  });

  itNative("refuses bad targets as without, and shows that it compiles", async () => {
    const labels = tf.tensor1d([0, 1, 2, 7], "int32");
    const data = new Dataset(tensor(1, [4, 2]), labels);
    const options = {
      loss: softmaxCrossEntropy(),
      optimizer: new SGD(),
      batchSize: 2,
      shuffle: false as const,
      epochs: 1,
    };
    const model = () => new Sequential(new Dense(2, 3, { random: new Random(1) }));
    const message = (jit: boolean) => fit(model(), data, { ...options, jit }).catch((error: Error) => error.message);
    expect(await message(true)).toBe(await message(false));

    const write = vi.spyOn(process.stdout, "write").mockImplementation(() => true);
    try {
      const { model: one, data: rows, options: all } = plan();
      await fit(one, rows, { ...all, jit: true, progress: "toy" });
      expect(write.mock.calls.map(([line]) => line).join("")).toMatch(/toy .* 0\/4 compiling \(XLA\)/);
    } finally {
      write.mockRestore();
    }
  });

  if (engine.name === "wasm") {
    it("is said to be absent on WebAssembly, where training is as without", async () => {
      const text = said();
      const [jit, plain] = [await train(() => plan(), { jit: true }), await train(() => plan(), {})];
      expect(jit).toEqual(plain);
      expect(text()).toEqual([expect.stringMatching(/fit trains without jit on wasm/)]);
    });
  }

  it("leaves what weights a custom loss of scalars sees", async () => {
    const loss: Loss = {
      value: (predictions, targets) => tf.mean(tf.abs(tf.sub(predictions, targets))) as Scalar,
      gradient: (predictions, targets) => tf.sign(tf.sub(predictions, targets)),
    };
    said();
    const setups = [plan({ loss }, relu()), plan({ loss }, relu())] as const;
    for (const [i, { model, data, options }] of setups.entries()) await fit(model, data, { ...options, jit: i === 1 });
    const [first, second] = setups.map(({ model }) => weightsOf(model));
    expect(relativeError(first!, second!)).toBeLessThan(1e-4);
  });
});
