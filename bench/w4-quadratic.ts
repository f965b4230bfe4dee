/** W4: the quadratic of the training-loop chapter: 1 → 128 → 256 → 1, batches of 32, Adam. */
import { Dataset, Dense, Random, ReLU, Sequential, tf } from "../entry/index.js";
import { trainingWorkload } from "./training.js";

const rows = 640;

export const w4 = trainingWorkload("W4", "quadratic, 1 → 128 → 256 → 1, batches of 32, Adam", {
  model: (random) =>
    new Sequential(
      new Dense(1, 128, { random: random.split(0) }),
      new ReLU(),
      new Dense(128, 256, { random: random.split(1) }),
      new ReLU(),
      new Dense(256, 1, { random: random.split(2) }),
    ),
  data: () => {
    const random = new Random(7);
    const x = tf.tensor2d(random.uniforms(rows, -1, 5), [rows, 1]);
    return new Dataset(x, tf.add(tf.square(tf.sub(x, 2)), tf.tensor(random.normals(rows, 0, 0.25), [rows, 1])));
  },
  loss: { name: "meanSquaredError" },
  optimizer: { name: "Adam", learningRate: 0.001 },
  batchSize: 32,
  shuffle: true,
  steps: 400,
});
