/** M: as many rows as the digits have, 60,000 × 784 → 100 → 100 → 10, batches of 256, Adam. The examples are drawn. */
import { Dense, ReLU, Sequential } from "../entry/index.js";
import { drawnExamples } from "./drawn-examples.js";
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
  data: () => drawnExamples([rows, columns], classes),
  loss: { name: "softmaxCrossEntropy" },
  optimizer: { name: "Adam", learningRate: 0.001 },
  batchSize: 256,
  shuffle: true,
  steps: Math.ceil(rows / 256),
});
