/** A small training run that uses every kind of state: a network, a noisy line, and options, for tests of training as graphs. */
import { Random } from "../../engine/random.js";
import { tf } from "../../engine/tensor.js";
import { BatchNorm } from "../../lib/layers/batch-norm.js";
import { Dense } from "../../lib/layers/dense.js";
import { Dropout } from "../../lib/layers/dropout.js";
import { ReLU } from "../../lib/layers/relu.js";
import { Sequential } from "../../lib/layers/sequential.js";
import { meanSquaredError } from "../../lib/losses.js";
import { Adam } from "../../lib/optimizers/adam.js";
import { cosineDecay } from "../../lib/schedules.js";
import { Dataset } from "../../lib/training/dataset.js";
import type { FitOptions } from "../../lib/training/run.js";

/** Layers with every kind of state. */
export function network(seed = 3): Sequential {
  const random = new Random(seed);
  return new Sequential(
    new Dense(2, 16, { random: random.split(1), bias: false }),
    new BatchNorm(16),
    new ReLU(),
    new Dropout(0.3, { random: random.split(2) }),
    new Dense(16, 1, { random: random.split(3) }),
  );
}

/** So many examples of a noisy line. */
export function examples(count: number, seed = 1): Dataset {
  const random = new Random(seed);
  const x = tf.tensor2d(random.normals(2 * count), [count, 2]);
  const noise = tf.tensor2d(random.normals(count, 0, 0.1), [count, 1]);
  return new Dataset(x, tf.add(tf.sum(x, 1, true), noise));
}

/** What they are trained by. */
export const plan = (options: Partial<FitOptions> = {}): FitOptions => ({
  loss: meanSquaredError(),
  optimizer: new Adam({ learningRate: cosineDecay(0.01, { steps: 60 }) }),
  batchSize: 8,
  shuffle: new Random(5),
  epochs: 5,
  ...options,
});
