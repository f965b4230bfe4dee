/** What `fit` does with compiled steps: the same as one step after the other, in far fewer calls. */
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openSessions } from "../../../engine/compile/session.js";
import { Random } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import type { Dropout } from "../../../lib/layers/dropout.js";
import { Layer } from "../../../lib/layers/layer.js";
import { freeze, unfreeze } from "../../../lib/layers/parameters.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { softmaxCrossEntropy } from "../../../lib/losses.js";
import { accuracy, type Metric, rmse } from "../../../lib/metrics.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { loadCheckpoint, saveCheckpoint } from "../../../lib/persistence/checkpoint.js";
import { l2 } from "../../../lib/regularizers/penalty.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { evaluate } from "../../../lib/training/evaluate.js";
import { fit } from "../../../lib/training/fit.js";
import type { History } from "../../../lib/training/history.js";
import type { Callback, FitOptions } from "../../../lib/training/run.js";
import { trainStep } from "../../../lib/training/train-step.js";
import { temporaryFolder } from "../../helpers/engine.js";
import { line, weightsOf } from "../../helpers/line.js";
import { inFull } from "../../helpers/long.js";
import { describeNative, itNative } from "../../helpers/native.js";
import { examples, network, plan } from "../../helpers/noisy-line.js";
import { nudged, relativeError } from "../../helpers/tensors.js";
import { watchBinding } from "../../helpers/watch-binding.js";

/** `data` for the other side of a comparison: what holds then holds on every processor. */
const near = ({ x, y }: Dataset) => new Dataset(nudged(x), y);

/** The same training, one eager step after the other. */
function trainByHand(model: Sequential, data: Dataset, options: FitOptions): number[] {
  const losses: number[] = [];
  for (let epoch = 0; epoch < options.epochs!; epoch++) {
    const batches = [...data.batches(options, epoch)].length;
    let sum = 0;
    for (const batch of data.batches(options, epoch)) sum += trainStep(model, batch, options);
    losses.push(sum / batches);
  }
  return losses;
}

const said = () => {
  const spy = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.map(([text]) => String(text));
};

describe("fit, compiled where the engine has graphs,", () => {
  it("trains like eager steps: dropout, batch normalization, schedule, penalty, a smaller last batch", async () => {
    const regularizers = [l2(0.01)];
    const [model, byHand] = [network(), network()];
    const { loss } = await fit(model, examples(60), plan({ regularizers }));
    const expected = trainByHand(byHand, near(examples(60)), plan({ regularizers }));
    expect(relativeError(loss, expected)).toBeLessThan(1e-5);
    expect(relativeError(weightsOf(model), weightsOf(byHand))).toBeLessThan(1e-5);
    for (const [name, buffer] of model.buffers) {
      expect(relativeError(buffer, byHand.buffers.get(name)!), name).toBeLessThan(1e-5);
    }
    expect((model.layers[3] as Dropout).steps).toBe(40);
  });

  it("evaluates as evaluate does", async () => {
    const [data, validation] = [examples(60), examples(30, 2)];
    const model = network();
    const options = plan({ validation, metrics: { rmse } });
    const history = await fit(model, data, options);
    const { loss, metrics, predictions } = evaluate(model, validation, { loss: options.loss, metrics: { rmse } });
    expect(relativeError([history.valLoss.at(-1)!], [loss])).toBeLessThan(1e-5);
    expect(relativeError([history.valMetrics.rmse!.at(-1)!], [metrics.rmse!])).toBeLessThan(1e-5);
    expect(relativeError(history.valPredictions, predictions)).toBeLessThan(1e-5);
  });

  itNative("takes many steps in one call, as many as its time allows", async () => {
    const { runs, restore } = watchBinding();
    onTestFinished(restore);
    await fit(new Dense(2, 1), examples(4000), plan({ epochs: 4, optimizer: new SGD() }));
    expect(runs.mock.calls.length).toBeLessThan(400);
  });

  it("takes one step a call where a callback looks at batches, and shows it every parameter", async () => {
    const data = examples(40);
    const seen: number[][] = [];
    const [model, byHand] = [network(), network()];
    const callbacks: Callback[] = [{ batchEnd: (run) => seen.push(weightsOf(run.model as Sequential)) }];
    await fit(model, data, plan({ epochs: 2, callbacks }));
    const expected: number[][] = [];
    const options = plan();
    for (const epoch of [0, 1]) {
      for (const batch of near(data).batches(options, epoch)) {
        trainStep(byHand, batch, options);
        expected.push(weightsOf(byHand));
      }
    }
    expect(seen).toHaveLength(10);
    for (const [i, weights] of seen.entries()) expect(relativeError(weights, expected[i]!)).toBeLessThan(1e-5);
  });

  it("gives the same run to the bit, however many steps a call takes", async () => {
    const run = async (callbacks: Callback[]) => {
      const model = network();
      const { loss } = await fit(model, examples(100), plan({ callbacks }));
      return { loss, weights: weightsOf(model) };
    };
    const together = await run([]);
    expect(await run([{ batchEnd: () => {} }])).toEqual(together);
    expect(await run([{ epochEnd: ({ model }) => weightsOf(model as Sequential) }])).toEqual(together);
  });

  it("follows what callbacks change: parameters, learning rate, frozen parameters, a mask", async () => {
    const run = async (
      train: (model: Sequential, options: FitOptions, change: (step: number) => void) => Promise<void>,
    ) => {
      const model = network();
      const optimizer = new SGD({ learningRate: 0.05 });
      const { value } = model.parameters.get("4.weight")!;
      const change = (step: number) => {
        if (step === 3) tf.tidy(() => value.assign(tf.mul(value, 0.5)));
        if (step === 5) optimizer.learningRate = 0.01;
        if (step === 7) freeze(model, "4.weight");
        if (step === 9) unfreeze(model, "4.weight");
        if (step === 11) (model.layers[3] as Dropout).mask = tf.ones([8, 16]);
      };
      await train(model, plan({ optimizer, epochs: 3 }), change);
      return weightsOf(model);
    };
    const data = examples(40);
    const compiled = await run(async (model, options, change) => {
      await fit(model, data, { ...options, callbacks: [{ batchStart: ({ history }) => change(history.step) }] });
    });
    const eager = await run(async (model, options, change) => {
      for (let epoch = 0, step = 0; epoch < 3; epoch++) {
        for (const batch of near(data).batches(options, epoch)) {
          change(step++);
          trainStep(model, batch, options);
        }
      }
    });
    expect(relativeError(compiled, eager)).toBeLessThan(1e-5);
  });

  it("refuses targets that the loss or a metric refuses, before the first step", async () => {
    const x = tf.ones([6, 2]);
    const data = new Dataset(x, tf.tensor1d([0, 1, 2, 0, 1, 3], "int32"));
    const model = new Dense(2, 3, { random: new Random(0) });
    const before = weightsOf(model);
    const options = plan({ loss: softmaxCrossEntropy(), optimizer: new SGD(), batchSize: 2, shuffle: false });
    await expect(fit(model, data, options)).rejects.toThrow("expected class numbers in 0 … 2");
    expect(weightsOf(model)).toEqual(before);
    const good = new Dataset(x, tf.tensor1d([0, 1, 2, 0, 1, 2], "int32"));
    const loss = { value: () => tf.scalar(1), gradient: (predictions: Tensor) => tf.zerosLike(predictions) };
    const validating = { ...options, loss, validation: data, metrics: { accuracy } };
    await expect(fit(model, good, validating)).rejects.toThrow("accuracy: expected class numbers in 0 … 2");
    // Other data of the same shapes, with the graphs of before.
    await fit(model, good, { ...validating, validation: good });
    await expect(fit(model, good, validating)).rejects.toThrow("accuracy: expected class numbers in 0 … 2");
    await expect(fit(model, data, options)).rejects.toThrow("expected class numbers in 0 … 2");
  });

  itNative("goes on with the graphs of the call before, and with other data", async () => {
    const [model, options] = [network(), plan({ epochs: 1 })];
    await fit(model, examples(40), options);
    const { loads, restore } = watchBinding();
    onTestFinished(restore);
    await fit(model, examples(40), options);
    await fit(model, examples(64, 2), options);
    expect(loads).not.toHaveBeenCalled();
  });

  itNative("loads all its graphs at once: smaller last batches, metrics and validation too", async () => {
    const model = new Sequential(new Dense(2, 37), new ReLU(), new Dense(37, 1));
    const { loads, restore } = watchBinding();
    onTestFinished(restore);
    await fit(model, examples(43), plan({ validation: examples(11, 2), metrics: { rmse } }));
    expect(loads).toHaveBeenCalledTimes(1);
  });

  itNative("loads nothing for another model of the same layers", async () => {
    await fit(network(1), examples(40), plan());
    const { loads, restore } = watchBinding();
    onTestFinished(restore);
    const [model, byHand] = [network(2), network(2)];
    await fit(model, examples(40), plan());
    expect(loads).not.toHaveBeenCalled();
    trainByHand(byHand, near(examples(40)), plan());
    expect(relativeError(weightsOf(model), weightsOf(byHand))).toBeLessThan(1e-5);
  });

  it("goes on from a checkpoint that is loaded, and from an optimizer that starts anew", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "checkpoint.safetensors");
    const [model, optimizer] = [network(), new Adam({ learningRate: 0.01 })];
    const run = (epochs: number, history?: History) => fit(model, examples(40), plan({ optimizer, epochs, history }));
    const history = await run(2);
    saveCheckpoint(file, { model, optimizer, history });
    await run(4, history);
    const expected = weightsOf(model);
    const loaded = loadCheckpoint(file, { model, optimizer });
    await run(4, loaded.history);
    expect(weightsOf(model)).toEqual(expected);
    optimizer.dispose();
    await run(1);
    expect(optimizer.steps).toBe(5);
  });

  const models = inFull(100, 20);
  itNative(
    `has flat memory over ${models} models`,
    async () => {
      const data = examples(20);
      const train = async (i: number) => {
        const model = new Sequential(new Dense(2, 4 + (i % 30)), new ReLU(), new Dense(4 + (i % 30), 1));
        const optimizer = new SGD();
        await fit(model, data, plan({ epochs: 1, optimizer, validation: data }));
        model.dispose();
        optimizer.dispose();
      };
      const native = tf.backend() as unknown as { getNumOfSavedModels(): number; getNumOfTFTensors(): number };
      for (let i = 0; i < 10; i++) await train(i);
      const before = { tensors: tf.memory().numTensors, handles: native.getNumOfTFTensors() };
      for (let i = 0; i < models; i++) await train(i);
      expect({ tensors: tf.memory().numTensors, handles: native.getNumOfTFTensors() }).toEqual(before);
      expect(openSessions()).toBeLessThanOrEqual(8);
      expect(native.getNumOfSavedModels()).toBeLessThanOrEqual(8 + 16);
    },
    { tags: "long" },
  );
});

describeNative("where a step cannot be compiled, fit says so once and goes on eagerly:", () => {
  class Reading extends Layer {
    override forward(x: Tensor): Tensor {
      return x.dataSync().some(Number.isNaN) ? tf.zerosLike(x) : x;
    }
    override backward(dy: Tensor): Tensor {
      return dy;
    }
  }
  class Counting extends Optimizer {
    protected override update(
      _name: string,
      { value }: { value: ReturnType<typeof tf.variable> },
      gradient: Tensor,
    ): void {
      value.assign(tf.sub(value, tf.mul(gradient, 0.1 / this.steps)));
    }
  }
  const random: Metric = (predictions) => tf.tidy(() => tf.add(tf.mean(predictions), Math.random()).asScalar());

  it("a layer that reads values", async () => {
    const lines = said();
    const model = () => new Sequential(new Dense(2, 1, { random: new Random(0) }), new Reading());
    const [trained, byHand] = [model(), model()];
    const options = () => plan({ optimizer: new SGD() });
    await fit(trained, line(), options());
    await fit(model(), line(), options());
    trainByHand(byHand, line(), options());
    expect(weightsOf(trained)).toEqual(weightsOf(byHand));
    const [training, evaluating, ...more] = lines();
    expect(training).toMatch(
      /^gradbook: fit trains operation by operation: compile: expected values to stay in the graph.*compiled\.test\.ts/,
    );
    expect([evaluating, more]).toEqual([undefined, []]);
  });

  it("an optimizer that counts steps by itself", async () => {
    const lines = said();
    const [trained, byHand] = [0, 0].map(() => new Dense(2, 1, { random: new Random(0) }));
    const options = () => plan({ optimizer: new Counting({ learningRate: 0.1 }) });
    await fit(trained!, line(), options());
    trainByHand(byHand as unknown as Sequential, line(), options());
    expect(weightsOf(trained!)).toEqual(weightsOf(byHand!));
    expect(lines().join()).toContain("expected no look at an optimizer's steps");
  });

  it("a metric that differs each time", async () => {
    const lines = said();
    const { valMetrics } = await fit(new Dense(2, 1), line(), plan({ validation: line(2), metrics: { random } }));
    expect(new Set(valMetrics.random).size).toBe(5);
    expect(lines().join()).toContain("fit evaluates operation by operation: compile: expected the same operations");
  });
});
