/** E: epochs as they mostly are, with a smaller last batch, and with validation after each: 20 → 32 → 1, Adam. */
import { Dataset, Dense, Random, ReLU, Sequential, tf } from "../entry/index.js";
import type { Workload } from "./compare.js";
import { trainingWorkload } from "./training.js";

/** So many examples of a noisy sum. */
function examples(rows: number, seed: number): Dataset {
  const random = new Random(seed);
  const x = tf.tensor2d(random.normals(rows * 20), [rows, 20]);
  return new Dataset(x, tf.add(tf.sum(x, 1, true), tf.tensor2d(random.normals(rows, 0, 0.1), [rows, 1])));
}

const sizes = [
  { rows: 20, batchSize: 8, epochs: 600 },
  { rows: 150, batchSize: 32, epochs: 400 },
  { rows: 1000, batchSize: 128, epochs: 200 },
];

/** Times are those of a step, with its share of the epoch's validation. */
const epochs = (isValidated: boolean): Workload[] =>
  sizes.map(({ rows, batchSize, epochs }) =>
    trainingWorkload(
      `E${rows}${isValidated ? "V" : ""}`,
      `epochs of ${rows} rows, batches of ${batchSize} and a rest${isValidated ? ", validation" : ""}, 20 → 32 → 1, Adam`,
      {
        model: (random) =>
          new Sequential(
            new Dense(20, 32, { random: random.split(0) }),
            new ReLU(),
            new Dense(32, 1, { random: random.split(1) }),
          ),
        data: () => examples(rows, 5),
        validation: isValidated ? () => examples(Math.ceil(rows / 5), 6) : undefined,
        loss: { name: "meanSquaredError" },
        optimizer: { name: "Adam", learningRate: 0.001 },
        batchSize,
        shuffle: true,
        steps: epochs * Math.ceil(rows / batchSize),
      },
    ),
  );

export const e = [...epochs(false), ...epochs(true)];
