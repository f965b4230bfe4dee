/**
 * S: the sweep of the BatchNorm chapter: 16 scales of the initial weights, each without and with BatchNorm, 191 updates, and
 * the accuracy on the 1,000 images at twenty points.
 */
import { accuracy, BatchNorm, Dense, loadMnist, normal, Random, ReLU, Sequential } from "../entry/index.js";
import { type Group, type Many, manyWorkload } from "./many.js";

const scales = Array.from({ length: 16 }, (_, k) => 10 ** ((-4 * k) / 15));

function group(name: string, batchNorm: boolean): Group {
  const dense = (scale: number, random: Random, i: number) =>
    new Dense(i === 0 ? 784 : 100, 100, { weight: normal(scale), random: random.split(i) });
  return {
    name,
    model: (k) => {
      const random = new Random(k);
      const hidden = [0, 1, 2, 3, 4].flatMap((i) => [
        dense(scales[k]!, random, i),
        ...(batchNorm ? [new BatchNorm(100, { epsilon: 1e-6, initialVar: 0 })] : []),
        new ReLU(),
      ]);
      return new Sequential(...hidden, dense(scales[k]!, random, 5));
    },
  };
}

export const sweep: Many = {
  groups: [group("plain", false), group("batchNorm", true)],
  count: scales.length,
  data: () => loadMnist({ flat: true }).train,
  loss: { name: "softmaxCrossEntropy" },
  optimizer: { name: "SGD", learningRate: 0.01 },
  batchSize: 100,
  replacement: true,
  steps: 191,
  every: 10,
  metric: { name: "accuracy", compute: accuracy },
};

export const s = manyWorkload("S", "the BatchNorm sweep, 32 networks, 191 updates each", sweep);
