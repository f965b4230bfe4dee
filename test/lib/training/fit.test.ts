import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { freeze } from "../../../lib/layers/parameters.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { halfSquaredError, meanSquaredError } from "../../../lib/losses.js";
import { rmse } from "../../../lib/metrics.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { maxNorm } from "../../../lib/regularizers/max-norm.js";
import { reduceOnPlateau } from "../../../lib/schedules.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { predict } from "../../../lib/training/evaluate.js";
import { fit } from "../../../lib/training/fit.js";
import { newHistory } from "../../../lib/training/history.js";
import type { Callback, FitOptions } from "../../../lib/training/run.js";
import { trainStep } from "../../../lib/training/train-step.js";
import { line, network, weightsOf } from "../../helpers/line.js";

/** Options for a run of three batches an epoch that a seed governs. */
const plan = (options: Partial<FitOptions> = {}): FitOptions => ({
  loss: meanSquaredError(),
  optimizer: new Adam({ learningRate: 0.01 }),
  batchSize: 8,
  shuffle: new Random(5),
  ...options,
});

/** A callback that stops the run at the n-th of `event`. */
function stopAt(event: keyof Callback, n: number): Callback {
  let count = 0;
  return { [event]: (run: { stopFit(): void }) => ++count === n && run.stopFit() };
}

describe("fit refuses", () => {
  const bad = new Dataset(
    [
      [1, 2],
      [Number.NaN, 4],
    ],
    [[1], [2]],
  );
  it.each<[string, Partial<FitOptions>, string]>([
    ["epochs 0", { epochs: 0 }, "fit: expected epochs to be a positive integer, received 0"],
    ["half a step", { steps: 2.5 }, "fit: expected steps to be a positive integer, received 2.5"],
    ["neither epochs nor steps", {}, "fit: expected either epochs or steps in the options, received neither"],
    ["epochs and steps", { epochs: 1, steps: 1 }, "received both"],
    ["valEpochs 0", { epochs: 1, valEpochs: 0 }, "expected valEpochs to be a positive integer, received 0"],
    ["valSteps −1", { epochs: 1, valSteps: -1 }, "expected valSteps to be a positive integer, received -1"],
    ["a batch size of 1.5", { epochs: 1, batchSize: 1.5 }, "expected batchSize to be a positive integer, received 1.5"],
    ["NaN in the validation data", { epochs: 1, validation: bad }, "x of the validation data, received NaN in row 1"],
    [
      "other metrics than the history's",
      { epochs: 1, history: { ...newHistory(), steps: [3], loss: [1] }, metrics: { rmse } },
      "expected the metrics of the history to be continued (none), received rmse",
    ],
    [
      "validation that the history does not have",
      { epochs: 1, history: { ...newHistory(), steps: [3], loss: [1] }, validation: line() },
      "expected to continue a history without validation without it, received options with it",
    ],
    [
      "a batch size that does not fit the history",
      { epochs: 1, history: { ...newHistory(), batch: 2 }, batchSize: 20 },
      "received one with 1 batches an epoch of which 2 are already done",
    ],
  ])("%s, before the first step", async (_, options, message) => {
    const model = network();
    const before = weightsOf(model);
    await expect(fit(model, line(), plan(options))).rejects.toThrow(message);
    expect(weightsOf(model)).toEqual(before);
  });

  it("NaN in the training data", async () => {
    await expect(fit(network(), bad, plan({ epochs: 1 }))).rejects.toThrow(
      "x of the training data, received NaN in row 1",
    );
  });
});

describe("fit", () => {
  it("learns a line, and its history has one entry per epoch", async () => {
    const model = new Dense(2, 1, { random: new Random(0) });
    const optimizer = new Adam({ learningRate: 0.1 });
    const options = plan({ optimizer, epochs: 200, validation: line(2), metrics: { rmse } });
    const history = await fit(model, line(), options);
    expect(model.weight.value.dataSync()[0]).toBeCloseTo(2, 2);
    expect(model.weight.value.dataSync()[1]).toBeCloseTo(-1, 2);
    expect(history.steps.slice(0, 2)).toEqual([3, 6]);
    for (const list of [history.loss, history.valLoss, history.metrics.rmse, history.valMetrics.rmse]) {
      expect(list).toHaveLength(200);
      expect(list!.at(-1)).toBeLessThan(list![0]!);
    }
    expect(history.valPredictions).toEqual(Array.from(predict(model, line(2).x).dataSync()));
    expect(history.valLoss.at(-1)).toBeCloseTo(history.valMetrics.rmse!.at(-1)! ** 2, 6);
    expect(history).toMatchObject({ epoch: 200, step: 600, batch: 0 });
    expect(history.seconds).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(history))).toEqual(history);
  });

  it("gives the same run for the same seed, to the bit, and another one for another", async () => {
    const loss = async (seed: number) =>
      (await fit(network(), line(), plan({ epochs: 5, shuffle: new Random(seed) }))).loss;
    expect(await loss(1)).toEqual(await loss(1));
    expect(await loss(1)).not.toEqual(await loss(2));
  });

  it("weighs the examples of a smaller last batch like the others when the loss has a fixed divisor", () => {
    const model = new Dense(2, 1, { random: new Random(0) });
    const { x, y } = line().batch(16, 8);
    const error = tf.sum(tf.sub(model.forward(x), y)).dataSync()[0]!;
    const optimizer = new SGD({ learningRate: 1 });
    trainStep(model, { x, y }, { loss: halfSquaredError({ divisor: 8 }), optimizer });
    expect(x.shape[0]).toBe(4);
    expect(model.bias!.value.dataSync()[0]).toBeCloseTo(-error / 8, 5);
  });

  it("takes so many steps, through the middle of an epoch", async () => {
    const history = await fit(network(), line(), plan({ steps: 7 }));
    expect(history).toMatchObject({ steps: [3, 6, 7], epoch: 2, batch: 1, step: 7 });
  });

  it("leaves frozen parameters as they are", async () => {
    const model = network();
    freeze(model, "0");
    const before = weightsOf(model);
    await fit(model, line(), plan({ epochs: 2 }));
    const first = 2 * 8 + 8;
    expect(weightsOf(model).slice(0, first)).toEqual(before.slice(0, first));
    expect(weightsOf(model).slice(first)).not.toEqual(before.slice(first));
  });

  it("goes on when the loss is no number any more", async () => {
    const history = await fit(network(), line(), plan({ optimizer: new SGD({ learningRate: 1e30 }), epochs: 3 }));
    expect(history.loss.at(-1)).toBeNaN();
    expect(history.loss).toHaveLength(3);
  });

  it("leaks no tensor, whatever it is asked to do", { tags: "all" }, async () => {
    const [data, validation, model] = [line(), line(2), network()];
    const options = () => plan({ validation, metrics: { rmse }, callbacks: [{ batchEnd() {} }], optimizer });
    const optimizer = new Adam();
    await fit(model, data, { ...options(), steps: 1 });
    const before = tf.memory().numTensors;
    await fit(model, data, { ...options(), steps: 1000 });
    await fit(model, data, { ...options(), steps: 10, callbacks: [stopAt("batchEnd", 2)] });
    const fail = () => Promise.reject(new Error("no"));
    await expect(fit(model, data, { ...options(), steps: 10, callbacks: [{ batchStart: fail }] })).rejects.toThrow(
      "no",
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("an entry of the history", () => {
  const validation = line(2);
  it.each<[string, Partial<FitOptions>, number[]]>([
    ["every 2 epochs and at the end", { epochs: 5, valEpochs: 2 }, [6, 12, 15]],
    ["every 4 steps and at the end", { epochs: 3, valSteps: 4 }, [4, 8, 9]],
    ["every 4 steps, whatever valEpochs says", { epochs: 3, valSteps: 4, valEpochs: 1 }, [4, 8, 9]],
    ["once, at the end, where the run is shorter", { steps: 2, valSteps: 4 }, [2]],
    ["every 5 of 10 steps, not twice at the end", { steps: 10, valSteps: 5 }, [5, 10]],
  ])("is made %s", async (_, options, steps) => {
    const history = await fit(network(), line(), plan({ ...options, validation }));
    expect(history.steps).toEqual(steps);
    expect([history.loss.length, history.valLoss.length]).toEqual([steps.length, steps.length]);
  });

  it("has the mean of the losses since the one before", async () => {
    const losses: number[] = [];
    const callbacks = [{ batchEnd: (run: { loss: number }) => losses.push(run.loss) }];
    const { loss } = await fit(network(), line(), plan({ steps: 5, valSteps: 3, callbacks }));
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(loss).toEqual([mean(losses.slice(0, 3)), mean(losses.slice(3))]);
  });

  it("tells a schedule the validation loss", async () => {
    const schedule = reduceOnPlateau(0.1);
    const observe = vi.spyOn(schedule, "observe");
    const options = plan({ epochs: 3, validation, optimizer: new SGD({ learningRate: schedule }) });
    const { valLoss } = await fit(network(), line(), options);
    expect(observe.mock.calls.map(([loss]) => loss)).toEqual(valLoss);
  });
});

describe("callbacks", () => {
  it("see the events in their order", async () => {
    const seen: string[] = [];
    const events = ["fitStart", "epochStart", "batchStart", "batchEnd", "valStart", "valEnd", "epochEnd", "fitEnd"];
    const callback = Object.fromEntries(
      events.map((event) => [
        event,
        ({ history }: { history: { step: number } }) => seen.push(`${event} ${history.step}`),
      ]),
    );
    await fit(
      network(),
      line(),
      plan({ epochs: 2, batchSize: 10, validation: line(2), valEpochs: 2, callbacks: [callback] }),
    );
    expect(seen).toEqual([
      ...["fitStart 0", "epochStart 0", "batchStart 0", "batchEnd 1", "batchStart 1", "batchEnd 2", "epochEnd 2"],
      ...["epochStart 2", "batchStart 2", "batchEnd 3", "batchStart 3", "batchEnd 4", "valStart 4", "valEnd 4"],
      ...["epochEnd 4", "fitEnd 4"],
    ]);
  });

  it("are awaited, one after the other", async () => {
    const seen: string[] = [];
    const slow = async () => {
      await new Promise(setImmediate);
      seen.push("slow");
    };
    await fit(
      network(),
      line(),
      plan({ steps: 1, callbacks: [{ batchEnd: slow }, { batchEnd: () => seen.push("quick") }] }),
    );
    expect(seen).toEqual(["slow", "quick"]);
  });

  it.each<[keyof Callback, number, number]>([
    ["batchEnd", 4, 4],
    ["epochEnd", 2, 6],
    ["valEnd", 2, 6],
    ["fitStart", 1, 0],
  ])("end the run by stopFit at %s number %i, after step %i", async (event, n, steps) => {
    const history = await fit(
      network(),
      line(),
      plan({ epochs: 5, validation: line(2), callbacks: [stopAt(event, n)] }),
    );
    expect(history.step).toBe(steps);
    expect(history.steps.at(-1) ?? 0).toBe(steps);
  });
});

describe("regularizers", () => {
  it("act in their order: penalty in the loss, gradients, before, update, after", () => {
    const model = new Dense(2, 1, { random: new Random(0) });
    const [w] = weightsOf(model);
    const { x, y } = line().batch(0, 8);
    const loss = meanSquaredError();
    const plain = loss.value(model.forward(x), y).dataSync()[0]!;
    model.backward(loss.gradient(model.forward(x), y));
    const gradient = model.weight.gradient!.dataSync()[0]!;
    const seen: number[] = [];
    const regularizer = {
      penalty: () => tf.scalar(0.5),
      addGradients: () => {
        model.weight.gradient = tf.add(model.weight.gradient!, 1);
      },
      before: () => model.weight.value.assign(tf.mul(model.weight.value, 0.5)),
      after: () => seen.push(model.weight.value.dataSync()[0]!),
    };
    const optimizer = new SGD({ learningRate: 0.1 });
    expect(trainStep(model, { x, y }, { loss, optimizer, regularizers: [regularizer] })).toBeCloseTo(plain + 0.5, 5);
    expect(seen[0]).toBeCloseTo(0.5 * w! - 0.1 * (gradient + 1), 5);
  });

  it("are those of this call, whatever the call before had", async () => {
    const model = new Dense(2, 1, { random: new Random(0) });
    const options = plan({ epochs: 1, optimizer: new SGD() });
    for (const limit of [1, 0.01]) {
      await fit(model, line(), { ...options, regularizers: [maxNorm(limit)] });
      expect(tf.norm(model.weight.value).dataSync()[0]).toBeLessThan(1.001 * limit);
    }
  });
});

describe("a run that was ended", () => {
  /** Dropout, Adam: everything that has state. */
  function model() {
    const random = new Random(3);
    const dropout = new Dropout(0.3, { random: random.split("dropout") });
    return new Sequential(
      new Dense(2, 8, { random }),
      new ReLU(),
      dropout,
      new Dense(8, 1, { random: random.split(1) }),
    );
  }

  it.each([1, 2, 3, 4, 8])("after step %i continues as if it had not been, to the bit", async (stop) => {
    const straight = model();
    const whole = await fit(straight, line(), plan({ epochs: 3 }));
    const broken = model();
    const [history, optimizer] = [newHistory(), new Adam({ learningRate: 0.01 })];
    const fail = { batchEnd: () => history.step === stop && Promise.reject(new Error("power cut")) };
    const first = fit(broken, line(), plan({ epochs: 3, history, optimizer, callbacks: [fail] }));
    await expect(first).rejects.toThrow("power cut");
    expect(history.step).toBe(stop);
    const saved = JSON.parse(JSON.stringify(history));
    const continued = await fit(broken, line(), plan({ epochs: 3, history: saved, optimizer }));
    expect(weightsOf(broken)).toEqual(weightsOf(straight));
    expect({ ...continued, seconds: 0 }).toEqual({ ...whole, seconds: 0 });
  });

  it("is complete when its history is", async () => {
    const trained = network();
    const history = await fit(trained, line(), plan({ epochs: 2 }));
    const before = weightsOf(trained);
    expect(await fit(trained, line(), plan({ epochs: 2, history }))).toBe(history);
    expect(weightsOf(trained)).toEqual(before);
    expect((await fit(trained, line(), plan({ epochs: 3, history }))).steps).toEqual([3, 6, 9]);
  });

  it("ends by SIGINT between two steps, keeps its history, and leaves no listener", async () => {
    const listeners = process.listenerCount("SIGINT");
    const history = newHistory();
    const callbacks = [{ batchEnd: () => history.step === 4 && process.emit("SIGINT", "SIGINT") }];
    await expect(fit(network(), line(), plan({ epochs: 3, history, callbacks }))).rejects.toThrow(
      "received an interrupt after step 4: call fit again with the same history to continue",
    );
    expect(history).toMatchObject({ epoch: 1, batch: 1, step: 4, steps: [3] });
    expect(process.listenerCount("SIGINT")).toBe(listeners);
  });

  it("ends between two steps when a kernel says that the cell was interrupted", async () => {
    const key = Symbol.for("gradbook.interrupt");
    const history = newHistory();
    const check = () => {
      if (history.step === 2) throw new Error("The cell was interrupted.");
    };
    const kernel = { value: { check }, configurable: true };
    Object.defineProperty(globalThis, key, kernel);
    onTestFinished(() => void Reflect.deleteProperty(globalThis, key));
    await expect(fit(network(), line(), plan({ epochs: 3, history }))).rejects.toThrow("The cell was interrupted.");
    expect(history).toMatchObject({ epoch: 0, batch: 2, step: 2 });
  });
});
