/**
 * The BatchNorm sweep: a deep network with and without BatchNorm, its first weights N(0, w²) for w from 1 down to 0.0001, against
 * a published run of the same experiment (data/batchnorm), which was not seeded. Two scales with two seeds;
 * `npm run test:all` goes through all 16 with five.
 */
import { expect, it } from "vitest";
import { compile } from "../../engine/compile/compile.js";
import { Random } from "../../engine/random.js";
import { type Tensor, tf } from "../../engine/tensor.js";
import { type BatchNormCurves, loadBatchNormSweep } from "../../lib/datasets/batch-norm-sweep.js";
import { loadMnist } from "../../lib/datasets/mnist.js";
import { normal } from "../../lib/initializers.js";
import { BatchNorm } from "../../lib/layers/batch-norm.js";
import { Dense } from "../../lib/layers/dense.js";
import type { Layer } from "../../lib/layers/layer.js";
import { ReLU } from "../../lib/layers/relu.js";
import { Sequential } from "../../lib/layers/sequential.js";
import { softmaxCrossEntropy } from "../../lib/losses.js";
import { accuracy } from "../../lib/metrics.js";
import { SGD } from "../../lib/optimizers/sgd.js";
import { inFull } from "../helpers/long.js";
import "../helpers/tensors.js";

type Curves = Omit<BatchNormCurves, "weightScale">;

const reference = loadBatchNormSweep();
const seeds = inFull([1, 2, 3, 4, 5], [1]);
/** Numbered from 1; 8 trains only with BatchNorm. */
const scales = inFull(
  reference.map((_, i) => i + 1),
  [8],
);

/** 784 → 100 × 5 → 100 outputs, of which ten are used. */
function network(weightScale: number, withBatchNorm: boolean, random: Random): Layer {
  const dense = (i: number, inputs: number) =>
    new Dense(inputs, 100, { weight: normal(weightScale), random: random.split(i) });
  const hidden = [0, 1, 2, 3, 4].flatMap((i) => [
    dense(i, i === 0 ? 784 : 100),
    ...(withBatchNorm ? [new BatchNorm(100, { momentum: 0.9, epsilon: 1e-6, initialVar: 0 })] : []),
    new ReLU(),
  ]);
  return new Sequential(...hidden, dense(5, 100));
}

const { x, y } = loadMnist({ flat: true }).train;
const targets = tf.tidy(() => tf.cast(tf.oneHot(y.as1D(), 100), "float32"));
const loss = softmaxCrossEntropy();

/** Trains both networks on the same batches of 100, drawn with replacement, for 191 updates. */
function run(weightScale: number, seed: number): Curves {
  const random = new Random(seed).split(weightScale);
  const batches = random.split("batches");
  const curves: Curves = { plain: [], batchNorm: [] };
  const models = (["plain", "batchNorm"] as const).map((name) => {
    const model = network(weightScale, name === "batchNorm", random.split(name));
    const optimizer = new SGD({ learningRate: 0.01 });
    const step = compile((batch: Tensor, batchTargets: Tensor) => {
      const predictions = model.forward(batch, true);
      model.backward(loss.gradient(predictions, batchTargets));
      optimizer.step(model.parameters);
      return loss.value(predictions, batchTargets);
    });
    return { curve: curves[name], model, step };
  });
  for (let update = 1; update <= 191; update++) {
    tf.tidy(() => {
      const rows = tf.tensor1d(Int32Array.from(batches.uniforms(100, 0, 1000)), "int32");
      const [batch, batchTargets] = [tf.gather(x, rows), tf.gather(targets, rows)];
      for (const { model, step, curve } of models) {
        step(batch, batchTargets);
        if (update % 10 === 1) curve.push(accuracy(model.forward(x, false), y).dataSync()[0]!);
      }
    });
  }
  for (const { model, step } of models) {
    step.dispose();
    model.dispose();
  }
  return curves;
}

it(`the sweep of ${scales.length} scales agrees with the published run`, { tags: "long" }, () => {
  const differences: number[] = [];
  for (const scale of scales) {
    const { weightScale, ...published } = reference[scale - 1]!;
    const runs = seeds.map((seed) => run(weightScale, seed));
    const finals = (name: keyof Curves) => runs.map((curves) => curves[name].at(-1)!);
    const of = `scale ${scale} (${weightScale.toPrecision(3)})`;

    const tolerance = scale <= 10 ? 0.05 : 0.15;
    const withBatchNorm = finals("batchNorm");
    expect(published.batchNorm.at(-1)!, of).toBeGreaterThanOrEqual(Math.min(...withBatchNorm) - tolerance);
    expect(published.batchNorm.at(-1)!, of).toBeLessThanOrEqual(Math.max(...withBatchNorm) + tolerance);
    for (const [point, expected] of published.batchNorm.entries()) {
      const mean = runs.reduce((sum, { batchNorm }) => sum + batchNorm[point]!, 0) / runs.length;
      differences.push(Math.abs(mean - expected));
    }

    const without = finals("plain");
    if (scale === 3) expect(Math.min(...without), of).toBeGreaterThanOrEqual(0.9);
    else if (scale === 4) expect(Math.min(...without), of).toBeGreaterThanOrEqual(0.75);
    else expect(Math.max(...without), of).toBeLessThanOrEqual(0.5);
  }
  expect(differences).toHaveLength(scales.length * 20);
  expect(differences.reduce((sum, one) => sum + one) / differences.length).toBeLessThanOrEqual(0.06);
});
