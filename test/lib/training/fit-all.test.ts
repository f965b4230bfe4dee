/**
 * Many networks trained at once, against the same networks trained one after the other. Their examples are one unit in the last
 * place off, so that what holds here holds on processors that round otherwise.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { Random } from "../../../engine/random.js";
import { type Scalar, tf } from "../../../engine/tensor.js";
import { heNormal, normal } from "../../../lib/initializers.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Conv2D } from "../../../lib/layers/conv2d.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { Flatten } from "../../../lib/layers/flatten.js";
import type { Layer } from "../../../lib/layers/layer.js";
import { MaxPool } from "../../../lib/layers/max-pool.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Residual } from "../../../lib/layers/residual.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Tanh } from "../../../lib/layers/tanh.js";
import { halfSquaredError, meanSquaredError, softmaxCrossEntropy } from "../../../lib/losses.js";
import { accuracy, type Metric, rmse } from "../../../lib/metrics.js";
import { AdaGrad } from "../../../lib/optimizers/ada-grad.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { AdamW } from "../../../lib/optimizers/adam-w.js";
import { Momentum } from "../../../lib/optimizers/momentum.js";
import { RMSProp } from "../../../lib/optimizers/rms-prop.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { stateDict } from "../../../lib/persistence/state-dict.js";
import { l2 } from "../../../lib/regularizers/penalty.js";
import { exponentialDecay } from "../../../lib/schedules.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { fit } from "../../../lib/training/fit.js";
import { fitAll } from "../../../lib/training/fit-all.js";
import type { FitArguments } from "../../../lib/training/run.js";
import { itNative } from "../../helpers/native.js";
import { nudged } from "../../helpers/tensors.js";

const networks = 3;

/** Rows of x with class numbers or numbers, drawn from `seed`. */
function examples(seed: number, rows: number, classes: boolean, shape = [6]): Dataset {
  const random = new Random(seed);
  const size = shape.reduce((product, length) => product * length, rows);
  const y = classes
    ? tf.tensor1d(
        Int32Array.from({ length: rows }, () => random.uniform(0, 3)),
        "int32",
      )
    : tf.tensor2d(random.normals(rows * 3), [rows, 3]);
  return new Dataset(tf.tensor(random.normals(size), [rows, ...shape]), y);
}

const dense = (seed: number, inputs: number, outputs: number, bias = true) =>
  new Dense(inputs, outputs, { weight: heNormal, random: new Random(seed), ...(bias ? {} : { bias: false }) });

const deep = (k: number): Layer =>
  new Sequential(
    dense(k, 6, 8, false),
    new BatchNorm(8),
    new Dropout(0.1 * (k + 1), { random: new Random(50 + k) }),
    new ReLU(),
    new Residual(dense(10 + k, 8, 8), new Tanh()),
    dense(20 + k, 8, 3),
  );

/** Trains by `fit` and by `fitAll`; gives the largest relative difference of all that is known afterwards. */
async function compare(make: () => FitArguments[]): Promise<number> {
  const [apart, same] = [make(), make()];
  const together = same.map(([model, { x, y, weights }, options]): FitArguments => {
    return [model, new Dataset(nudged(x), y, { ...(weights && { weights }) }), options];
  });
  const expected = [];
  for (const run of apart) expected.push(await fit(...run));
  const received = await fitAll(together);
  let worst = 0;
  const compareLists = (a: ArrayLike<number>, b: ArrayLike<number>) => {
    expect(b.length).toBe(a.length);
    const norm = Math.hypot(...Array.from(a)) || 1;
    worst = Math.max(worst, Math.hypot(...Array.from(a, (x, i) => x - b[i]!)) / norm);
  };
  for (const [k, history] of received.entries()) {
    const { metrics, valMetrics, ...one } = expected[k]!;
    expect([history.steps, history.epoch, history.batch, history.step]).toEqual([
      one.steps,
      one.epoch,
      one.batch,
      one.step,
    ]);
    compareLists(one.loss, history.loss);
    compareLists(one.valLoss, history.valLoss);
    compareLists(one.valPredictions, history.valPredictions);
    for (const name of Object.keys(metrics)) {
      compareLists(metrics[name]!, history.metrics[name]!);
      compareLists(valMetrics[name] ?? [], history.valMetrics[name] ?? []);
    }
    const [, , { optimizer }] = apart[k]!;
    const { optimizer: own } = together[k]![2];
    expect([own.steps, own.learningRate]).toEqual([optimizer.steps, optimizer.learningRate]);
    const states = [
      [stateDict(apart[k]![0]), stateDict(together[k]![0])],
      [Object.fromEntries(optimizer.state), Object.fromEntries(own.state)],
    ];
    for (const [a, b] of states) {
      expect(Object.keys(b!)).toEqual(Object.keys(a!));
      for (const name of Object.keys(a!)) compareLists(a![name]!.dataSync(), b![name]!.dataSync());
    }
  }
  return worst;
}

const runs = (one: (k: number) => FitArguments): FitArguments[] => Array.from({ length: networks }, (_, k) => one(k));

describe("fitAll", () => {
  it("trains each network as fit does: own data and seeds, BatchNorm, dropout, a last smaller batch, metrics", async () => {
    const make = () =>
      runs((k) => {
        const options = { loss: softmaxCrossEntropy(), optimizer: new Adam({ learningRate: 0.01 }), epochs: 3 };
        const more = {
          batchSize: 8,
          shuffle: new Random(k),
          metrics: { accuracy },
          validation: examples(70 + k, 11, true),
        };
        return [deep(k), examples(k, 21, true), { ...options, ...more }];
      });
    expect(await compare(make)).toBeLessThan(1e-5);
  });

  it.each([
    ["SGD", () => new SGD({ learningRate: 0.05, weightDecay: 0.01 })],
    ["Momentum", () => new Momentum({ learningRate: 0.02 })],
    ["AdaGrad", () => new AdaGrad({ learningRate: 0.02 })],
    ["RMSProp", () => new RMSProp({ learningRate: 0.002 })],
    ["Adam with clipping", () => new Adam({ learningRate: 0.005, clipNorm: 1 })],
    ["AdamW", () => new AdamW({ learningRate: 0.005 })],
  ])("%s, on data that the networks share, drawn with replacement", async (_, optimizer) => {
    const shared = examples(1, 20, false);
    const make = () =>
      runs((k) => {
        const model = new Sequential(dense(k, 6, 8), new ReLU(), dense(9 + k, 8, 3));
        const options = { loss: meanSquaredError(), optimizer: optimizer(), steps: 12, valSteps: 5, batchSize: 8 };
        return [model, shared, { ...options, shuffle: new Random(k), replacement: true, metrics: { rmse } }];
      });
    expect(await compare(make)).toBeLessThan(1e-5);
  });

  it("searches: learning rates, schedules, penalties and scales of weights of their own", async () => {
    const shared = examples(2, 16, false);
    const make = () =>
      runs((k) => {
        const model = new Sequential(
          new Dense(6, 8, { weight: normal(0.1 * (k + 1)), random: new Random(k) }),
          new Tanh(),
          dense(9 + k, 8, 3),
        );
        const learningRate = k === 0 ? 0.01 : exponentialDecay(0.01 * k, { factor: 0.9, every: 2 });
        const options = { loss: halfSquaredError(), optimizer: new Adam({ learningRate }), epochs: 4, batchSize: 8 };
        return [model, shared, { ...options, shuffle: new Random(k), regularizers: [l2(0.001 * k)] }];
      });
    expect(await compare(make)).toBeLessThan(1e-5);
  });

  it("trains networks of convolutions, each with its own", async () => {
    const make = () =>
      runs((k) => {
        const random = new Random(k);
        const layers = [new Conv2D(1, 2, 3, { random }), new ReLU(), new MaxPool(2), new Flatten(), dense(k, 18, 3)];
        const options = { loss: softmaxCrossEntropy(), optimizer: new SGD({ learningRate: 0.05 }), epochs: 2 };
        return [
          new Sequential(...layers),
          examples(k, 10, true, [8, 8, 1]),
          { ...options, batchSize: 5, shuffle: false },
        ];
      });
    expect(await compare(make)).toBeLessThan(1e-5);
  });

  it("trains large networks side by side, the last of them alone", async () => {
    const make = () =>
      runs((k) => {
        const layers = [
          // No bias before the batch normalization: its gradient is nothing but rounding, to which Adam gives steps of full length.
          dense(k, 6, 150, false),
          new BatchNorm(150),
          new ReLU(),
          new Dropout(0.2, { random: new Random(50 + k) }),
        ];
        const options = {
          loss: softmaxCrossEntropy(),
          optimizer: new Adam({ learningRate: 0.001 * (k + 1) }),
          epochs: 2,
        };
        const more = {
          batchSize: 8,
          shuffle: new Random(k),
          metrics: { accuracy },
          validation: examples(70 + k, 11, true),
        };
        const model = new Sequential(...layers, dense(10 + k, 150, 150), new ReLU(), dense(20 + k, 150, 3));
        return [model, examples(k, 21, true), { ...options, ...more }];
      });
    expect(await compare(make)).toBeLessThan(1e-5);
  });

  itNative("trains networks that share a layer one after the other", async () => {
    const said = vi.spyOn(console, "error").mockReturnValue();
    const make = () => {
      const shared = dense(1, 150, 150);
      return runs((k) => {
        const options = {
          loss: meanSquaredError(),
          optimizer: new SGD(),
          epochs: 2,
          shuffle: new Random(k),
          batchSize: 8,
        };
        return [new Sequential(dense(k, 6, 150), shared, dense(k, 150, 3)), examples(k, 16, false), options];
      });
    };
    expect(await compare(make)).toBeLessThan(1e-5);
    expect(said.mock.calls.flat().join()).toContain("expected networks with variables of their own");
    vi.restoreAllMocks();
  });

  it("leaves no tensors behind", async () => {
    const data = examples(3, 16, false);
    const train = async () => {
      const all = runs(
        (k): FitArguments => [
          new Sequential(dense(k, 6, 4), new ReLU(), dense(k, 4, 3)),
          data,
          { loss: meanSquaredError(), optimizer: new Adam(), epochs: 2, metrics: { rmse }, validation: data },
        ],
      );
      await fitAll(all);
      for (const [model, , { optimizer }] of all) {
        model.dispose();
        optimizer.dispose();
      }
    };
    await train();
    const { numTensors } = tf.memory();
    await train();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it("of no networks is no history", async () => {
    expect(await fitAll([])).toEqual([]);
  });

  it.each([
    ["another length of data", { rows: 17 }, "the same number of examples for all networks, received 16 and 17"],
    ["another batch size", { batchSize: 4 }, "the same batch size for all networks, received 8 and 4"],
    ["other epochs", { epochs: 5 }, "the same epochs for all networks, received 2 and 5"],
    ["neither epochs nor steps", { epochs: undefined }, "either epochs or steps in the options, received neither"],
  ])("refuses %s", async (_, changes: { rows?: number; [option: string]: unknown }, message) => {
    const { rows = 16, ...changed } = changes;
    const run = (rows: number, more: object): FitArguments => [
      dense(0, 6, 3),
      examples(0, rows, false),
      { loss: meanSquaredError(), optimizer: new SGD(), epochs: 2, batchSize: 8, ...more },
    ];
    await expect(fitAll([run(16, {}), run(rows, changed)])).rejects.toThrow(`fitAll: expected ${message}`);
  });

  describe("where the networks cannot be stacked", () => {
    afterEach(() => vi.restoreAllMocks());

    itNative("trains one after the other and says why", async () => {
      const said = vi.spyOn(console, "error").mockReturnValue();
      const make = () =>
        runs((k) => {
          const model = new Sequential(dense(k, 6, 4), k === 1 ? new Tanh() : new ReLU(), dense(9, 4, 3));
          const options = { loss: meanSquaredError(), optimizer: new SGD(), epochs: 2, shuffle: new Random(k) };
          return [model, examples(k, 16, false), options];
        });
      expect(await compare(make)).toBeLessThan(1e-5);
      expect(said.mock.calls.flat().join()).toContain(
        "fitAll trains one network after the other: compile: expected networks with the same operations",
      );
    });

    itNative("names the operation that has no rule", async () => {
      const said = vi.spyOn(console, "error").mockReturnValue();
      const largest: Metric = (predictions) => tf.tidy(() => tf.sum(tf.topk(predictions, 2).values) as Scalar);
      const make = () =>
        runs((k) => {
          const options = { loss: meanSquaredError(), optimizer: new SGD(), epochs: 2, shuffle: new Random(k) };
          return [dense(k, 6, 3), examples(k, 16, false), { ...options, metrics: { largest } }];
        });
      expect(await compare(make)).toBeLessThan(1e-5);
      expect(said.mock.calls.flat().join()).toContain("expected operations that can be stacked, received TopKV2");
    });
  });
});
