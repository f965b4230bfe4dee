/** A small regression problem for tests of training: y = 2 x₀ − x₁ + 1 without noise. */

import { Random } from "../../engine/random.js";
import { type Tensor2D, tf } from "../../engine/tensor.js";
import { Dense } from "../../lib/layers/dense.js";
import { ReLU } from "../../lib/layers/relu.js";
import { Sequential } from "../../lib/layers/sequential.js";
import { Dataset } from "../../lib/training/dataset.js";
import "./tensors.js";

/** The targets of x [examples, 2]. */
export const lineAt = (x: Tensor2D) => tf.add(tf.matMul(x, tf.tensor2d([[2], [-1]])), 1);

/** Twenty examples. */
export function line(seed = 1): Dataset {
  const x = tf.tensor2d(new Random(seed).normals(40), [20, 2]);
  return new Dataset(x, lineAt(x));
}

/** 2 → 8 → 1 with a ReLU, the same one for the same seed. */
export function network(seed = 6): Sequential {
  const random = new Random(seed);
  return new Sequential(new Dense(2, 8, { random }), new ReLU(), new Dense(8, 1, { random: random.split(1) }));
}

/** All parameters of a model, one after the other. */
export const weightsOf = (model: Sequential | Dense): number[] =>
  [...model.parameters.values()].flatMap(({ value }) => Array.from(value.dataSync()));
