/** W1: the dropout toy of the regularization chapter: 20 points, two hidden layers of 200, dropout before each ReLU, Adam. */
import { Dataset, Dense, Dropout, Random, ReLU, Sequential, tf } from "../entry/index.js";
import { trainingWorkload } from "./training.js";

/** y = x + 0.3 · N(0, 1) at 20 places between −1 and 1. */
export function toyData(): Dataset {
  const x = tf.linspace(-1, 1, 20).reshape([20, 1]);
  return new Dataset(x, tf.add(x, tf.tensor(new Random(7).normals(20, 0, 0.3), [20, 1])));
}

export const w1 = trainingWorkload("W1", "dropout toy, 20×1 → 200 → 200 → 1, Adam", {
  model: (random) =>
    new Sequential(
      new Dense(1, 200, { random: random.split(0) }),
      new Dropout(0.5, { random: random.split(1) }),
      new ReLU(),
      new Dense(200, 200, { random: random.split(2) }),
      new Dropout(0.5, { random: random.split(3) }),
      new ReLU(),
      new Dense(200, 1, { random: random.split(4) }),
    ),
  data: toyData,
  loss: { name: "meanSquaredError" },
  optimizer: { name: "Adam", learningRate: 0.01 },
  batchSize: 20,
  shuffle: false,
  steps: 300,
});
