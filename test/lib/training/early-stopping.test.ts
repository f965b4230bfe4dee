import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { EarlyStopping, type EarlyStoppingOptions } from "../../../lib/training/early-stopping.js";
import { fit } from "../../../lib/training/fit.js";
import { newHistory } from "../../../lib/training/history.js";
import { Run } from "../../../lib/training/run.js";
import { line, network, weightsOf } from "../../helpers/line.js";
import { relativeError } from "../../helpers/tensors.js";

/** How many of these validation losses are looked at before the run is stopped. */
function stopsAfter(losses: number[], options: EarlyStoppingOptions): number {
  const early = new EarlyStopping(options);
  const history = newHistory();
  const run = new Run(network(), line(), { loss: meanSquaredError(), optimizer: new SGD() }, history);
  let stopped = false;
  run.stopFit = () => {
    stopped = true;
  };
  for (const [i, loss] of losses.entries()) {
    history.valLoss.push(loss);
    early.valEnd(run);
    if (stopped) return i + 1;
  }
  return Number.POSITIVE_INFINITY;
}

describe("early stopping", () => {
  it.each([
    [{ patience: 0 }, "EarlyStopping: expected patience to be a positive integer, received 0"],
    [{ start: -1 }, "EarlyStopping: expected start to be an integer of at least 0, received -1"],
  ])("refuses %o", (options, message) => {
    expect(() => new EarlyStopping(options)).toThrow(message);
  });

  it("refuses a run without validation data", async () => {
    const options = { loss: meanSquaredError(), optimizer: new SGD(), epochs: 1, callbacks: [new EarlyStopping()] };
    await expect(fit(network(), line(), options)).rejects.toThrow("expected validation data in the options of fit");
  });

  it.each<[string, number[], EarlyStoppingOptions, number]>([
    ["so many validations after the best", [5, 4, 3, 4, 4, 4], { patience: 2 }, 5],
    ["not while it gets better now and then", [5, 6, 4, 5, 3, 4, 2], { patience: 2 }, Number.POSITIVE_INFINITY],
    ["at equal losses, which are no improvement", [3, 3, 3], { patience: 2 }, 3],
    ["not for the first validations", [1, 2, 2, 2, 2, 2, 2], { patience: 2, start: 4 }, 6],
    ["after the first validations, counted from the best", [5, 4, 3, 2, 1, 2, 2], { patience: 2, start: 4 }, 7],
    ["when the loss is no number", [Number.NaN, Number.NaN, Number.NaN], { patience: 3 }, 3],
  ])("stops %s", (_, losses, options, expected) => {
    expect(stopsAfter(losses, options)).toBe(expected);
  });

  it("tells the lowest loss, and the steps that had been taken then", () => {
    const early = new EarlyStopping({ restoreBest: false });
    const history = { ...newHistory(), epoch: 1 };
    const run = new Run(network(), line(), { loss: meanSquaredError(), optimizer: new SGD() }, history);
    for (const loss of [5, 3, 4]) {
      history.valLoss.push(loss);
      history.step += 10;
      early.valEnd(run);
    }
    expect([early.bestLoss, early.bestStep]).toEqual([3, 20]);
  });

  /** Overfits twenty examples of noise at once: the validation loss has its minimum early. */
  async function overfit(early: EarlyStopping, epochs = 200) {
    const noise = (seed: number) => new Dataset(line(seed).x, tf.tensor2d(new Random(seed).normals(20), [20, 1]));
    const model = new Sequential(new BatchNorm(2), new Dense(2, 1, { random: new Random(4) }));
    const options = { loss: meanSquaredError(), optimizer: new SGD({ learningRate: 0.1 }), shuffle: false as const };
    const best = { loss: Number.POSITIVE_INFINITY, step: 0, state: [] as number[] };
    const state = () => [...weightsOf(model), ...[...model.buffers.values()].flatMap((b) => Array.from(b.dataSync()))];
    const watch = {
      valEnd({ history }: Run) {
        if (history.valLoss.at(-1)! >= best.loss) return;
        Object.assign(best, { loss: history.valLoss.at(-1), step: history.step, state: state() });
      },
    };
    const history = await fit(model, noise(1), { ...options, epochs, validation: noise(2), callbacks: [watch, early] });
    return { history, best, state: state() };
  }

  it("restores the best parameters and running statistics when it stops", async () => {
    const early = new EarlyStopping({ patience: 3 });
    const { history, best, state } = await overfit(early);
    expect(history.epoch).toBeLessThan(200);
    expect(history.steps.at(-1)! - best.step).toBe(3 * history.steps[0]!);
    expect(state).toEqual(best.state);
    expect([early.bestLoss, early.bestStep]).toEqual([best.loss, best.step]);
  });

  it("restores them too when the run ends by itself, and not when it is told not to", { tags: "all" }, async () => {
    const patient = await overfit(new EarlyStopping({ patience: 1000 }));
    expect(patient.history.epoch).toBe(200);
    expect(patient.state).toEqual(patient.best.state);
    const plain = await overfit(new EarlyStopping({ patience: 1000, restoreBest: false }));
    expect(plain.state).not.toEqual(plain.best.state);
  });

  it("lets a subclass see the model of its moment", async () => {
    class Watching extends EarlyStopping {
      readonly seen: number[][] = [];
      override valEnd(run: Run): void {
        super.valEnd(run);
        this.seen.push(weightsOf(run.model as Sequential));
      }
    }
    const seen = async (compile: boolean) => {
      const early = new Watching({ patience: 1000 });
      const optimizer = new SGD({ learningRate: 0.1 });
      const options = { loss: meanSquaredError(), optimizer, shuffle: false as const, epochs: 20, compile };
      await fit(network(), line(), { ...options, validation: line(2), callbacks: [early] });
      return early.seen;
    };
    const [graph, plain] = [await seen(true), await seen(false)];
    expect(new Set(graph.map(String)).size).toBe(20);
    for (const [i, weights] of graph.entries()) expect(relativeError(weights, plain[i]!)).toBeLessThan(1e-5);
  });

  it("keeps no tensor", async () => {
    const [data, validation, model] = [line(), line(2), network()];
    const early = () => [new EarlyStopping({ patience: 1 })];
    const options = () => ({
      loss: meanSquaredError(),
      optimizer: new SGD(),
      epochs: 20,
      validation,
      callbacks: early(),
    });
    const before = tf.memory().numTensors;
    await fit(model, data, options());
    expect(tf.memory().numTensors).toBe(before);
  });
});
