/**
 * The whole loop on the course's quadratic regression: a network of 1 → 128 → 256 → 1, SGD with the rate .01, 16 noisy points of
 * (x − 2)² + .25 N on [−1, 5] to learn from and 40 to validate on, plain, with damping and with dropout. The course's budget is
 * 200,000 epochs with a validation every 1,000; here it is 6,000 with one every 50.
 */
import { expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { damping } from "../../../lib/regularizers/damping.js";
import type { Regularizer } from "../../../lib/regularizers/regularizer.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { EarlyStopping } from "../../../lib/training/early-stopping.js";
import { evaluate, predict } from "../../../lib/training/evaluate.js";
import { fit } from "../../../lib/training/fit.js";
import "../../helpers/tensors.js";

const curve = (x: number) => (x - 2) ** 2;

/** Noisy points of the curve, evenly spread. */
function points(count: number, random: Random): Dataset {
  const noise = random.normals(count, 0, 0.25);
  const x = Array.from({ length: count }, (_, i) => -1 + (6 * i) / (count - 1));
  return Dataset.from(x.map((at, i) => [[at], [curve(at) + noise[i]!]] as const));
}

async function train(dropout: boolean, regularizers: Regularizer[]) {
  const random = new Random(1);
  const dense = (inputs: number, outputs: number) => new Dense(inputs, outputs, { random: random.split(`${inputs}`) });
  const model = new Sequential(
    ...[dense(1, 128), new ReLU(), dense(128, 256), new ReLU()],
    ...(dropout ? [new Dropout(0.2, { random: random.split("dropout") })] : []),
    dense(256, 1),
  );
  const validation = points(40, random.split("validation"));
  const early = new EarlyStopping({ patience: 10, start: 10 });
  const history = await fit(model, points(16, random.split("training")), {
    ...{ loss: meanSquaredError(), optimizer: new SGD({ learningRate: 0.01 }), regularizers, shuffle: false },
    ...{ batchSize: 16, epochs: 6000, valEpochs: 50, validation, callbacks: [early] },
  });
  return { model, history, early, validation };
}

it.each<[string, boolean, Regularizer[]]>([
  ["plain", false, []],
  ["with damping of all weights", false, [damping(0.00005, { pattern: /weight$/ })]],
  ["with dropout, keeping .8 after the 256", true, []],
])("the quadratic is learned, %s", async (_, dropout, regularizers) => {
  const { model, history, early, validation } = await train(dropout, regularizers);
  // Ten validations after the best one it stopped, long before the end, and has the best parameters again.
  expect(history.step).toBeLessThan(6000);
  expect(history.step - early.bestStep).toBe(10 * 50);
  expect(history.valLoss).toHaveLength(history.step / 50);
  expect(evaluate(model, validation, { loss: meanSquaredError() }).loss).toBe(early.bestLoss);
  // The noise alone has the mean square .0625; the best constant would leave about 9.
  expect(early.bestLoss).toBeLessThan(0.25);
  expect(early.bestLoss).toBeGreaterThan(0.03);
  const errors = Array.from(predict(model, validation.x).dataSync(), (y, i) => y - curve(-1 + (6 * i) / 39));
  expect(Math.hypot(...errors) / Math.sqrt(40)).toBeLessThan(0.4);
});
