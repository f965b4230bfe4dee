/** W3: the linear model of the house prices: 331 columns to one price, batches of 64, Adam. The examples are drawn. */
import { Dataset, Dense, Random, tf, uniform } from "../entry/index.js";
import { trainingWorkload } from "./training.js";

const [rows, columns] = [1152, 331];

export const w3 = trainingWorkload("W3", "linear, 64×331 → 1, Adam", {
  model: (random) => new Dense(columns, 1, { weight: uniform(0.07), random }),
  data: () => {
    const random = new Random(7);
    const x = tf.tensor2d(random.normals(rows * columns), [rows, columns]);
    return new Dataset(x, tf.matMul(x, tf.tensor2d(random.normals(columns), [columns, 1])));
  },
  loss: { name: "halfSquaredError", divisor: 64 },
  optimizer: { name: "Adam", learningRate: 0.01 },
  batchSize: 64,
  shuffle: true,
  steps: 1500,
});
