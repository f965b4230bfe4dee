/** W4: the quadratic of the training-loop chapter: 1 → 128 → 256 → 1, batches of 32, Adam. */
import { Dataset, Dense, Random, ReLU, Sequential, tf } from "../entry/index.js";
import type { Training } from "./recipe.js";
import { trainingWorkload } from "./training.js";

/** So many noisy examples. */
function examples(rows: number, seed: number): Dataset {
  const random = new Random(seed);
  const x = tf.tensor2d(random.uniforms(rows, -1, 5), [rows, 1]);
  return new Dataset(x, tf.add(tf.square(tf.sub(x, 2)), tf.tensor(random.normals(rows, 0, 0.25), [rows, 1])));
}

export const quadratic: Training = {
  model: (random) =>
    new Sequential(
      new Dense(1, 128, { random: random.split(0) }),
      new ReLU(),
      new Dense(128, 256, { random: random.split(1) }),
      new ReLU(),
      new Dense(256, 1, { random: random.split(2) }),
    ),
  data: () => examples(640, 7),
  loss: { name: "meanSquaredError" },
  optimizer: { name: "Adam", learningRate: 0.001 },
  batchSize: 32,
  shuffle: true,
  steps: 400,
};

const title = "quadratic, 1 → 128 → 256 → 1, batches of 32, Adam";
export const w4 = trainingWorkload("W4", title, quadratic);
/** As it mostly is: with a smaller last batch, and with validation. */
export const w4v = trainingWorkload("W4V", `${title}, 650 rows and validation`, {
  ...quadratic,
  data: () => examples(650, 7),
  validation: () => examples(130, 8),
});
