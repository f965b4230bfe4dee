/** M: as many rows as the digits have, 60,000 × 784 → 100 → 100 → 10, batches of 256, Adam. The examples are drawn. */
import { Dataset, Dense, Random, ReLU, Sequential, tf } from "../entry/index.js";
import { trainingWorkload } from "./training.js";

const [rows, columns, classes] = [60_000, 784, 10];

export const m = trainingWorkload("M", "60,000 × 784 → 100 → 100 → 10, batches of 256, Adam", {
  model: (random) =>
    new Sequential(
      new Dense(columns, 100, { random: random.split(0) }),
      new ReLU(),
      new Dense(100, 100, { random: random.split(1) }),
      new ReLU(),
      new Dense(100, classes, { random: random.split(2) }),
    ),
  data: () => {
    const random = new Random(7);
    const x = tf.tensor2d(random.normals(rows * columns), [rows, columns]);
    const labels = Int32Array.from({ length: rows }, () => random.uniform(0, classes));
    return new Dataset(x, tf.tensor1d(labels, "int32"));
  },
  loss: { name: "softmaxCrossEntropy" },
  optimizer: { name: "Adam", learningRate: 0.001 },
  batchSize: 256,
  shuffle: true,
  steps: Math.ceil(rows / 256),
});
