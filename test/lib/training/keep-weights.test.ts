/** A model as it was after earlier epochs. */
import { expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { BatchNorm } from "../../../lib/layers/batch-norm.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { evaluate } from "../../../lib/training/evaluate.js";
import { fit } from "../../../lib/training/fit.js";
import { newHistory } from "../../../lib/training/history.js";
import { KeepWeights } from "../../../lib/training/keep-weights.js";
import { line } from "../../helpers/line.js";

const model = () => new Sequential(new Dense(2, 4, { random: new Random(1) }), new BatchNorm(4), new Dense(4, 1));

it.each([true, false])("after the last epochs, statistics included (compile: %s)", async (compile) => {
  const [kept, trained] = [new KeepWeights({ every: 2, most: 3 }), model()];
  const options = { loss: meanSquaredError(), optimizer: new Adam(), batchSize: 8, epochs: 9, compile };
  const { valLoss } = await fit(trained, line(), { ...options, validation: line(), callbacks: [kept] });
  expect(kept.epochs).toEqual([4, 6, 8]);
  for (const epoch of [8, 4, 6, 4]) {
    kept.restore(epoch);
    expect(evaluate(trained, line(), options).loss).toBeCloseTo(valLoss[epoch - 1]!, 6);
  }
  expect(() => kept.restore(5)).toThrow("KeepWeights: expected an epoch that is kept (4, 6, 8), received 5.");
});

it("keeps an epoch once, and no tensor after dispose", async () => {
  const [kept, trained] = [new KeepWeights(), model()];
  const options = { loss: meanSquaredError(), optimizer: new Adam(), epochs: 2, callbacks: [kept] };
  const data = line();
  await fit(trained, data, options);
  const before = tf.memory().numTensors;
  await fit(trained, data, options);
  expect(tf.memory().numTensors).toBe(before);
  expect(kept.epochs).toEqual([1, 2]);
  kept.dispose();
  expect(tf.memory().numTensors).toBe(before - 2 * [...trained.parameters, ...trained.buffers].length);
  expect(() => kept.restore(1)).toThrow("(none), received 1");
  expect(() => new KeepWeights({ most: 0 })).toThrow(
    "KeepWeights: expected most to be a positive integer, received 0.",
  );
});

it("keeps nothing of an earlier run when another begins", async () => {
  const kept = new KeepWeights();
  const options = { loss: meanSquaredError(), optimizer: new Adam(), callbacks: [kept] };
  await fit(model(), line(), { ...options, epochs: 3 });
  const [trained, history] = [model(), newHistory()];
  await fit(trained, line(), { ...options, epochs: 1, history });
  await fit(trained, line(), { ...options, epochs: 2, history });
  expect(kept.epochs).toEqual([1, 2]);
  kept.dispose();
});
