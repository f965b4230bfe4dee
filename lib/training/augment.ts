/** Augment: examples changed at random while they are trained on, such as pictures flipped or shifted. */
import { live } from "gradbook-engine/live";
import { uniformAt } from "gradbook-engine/stateless-random";
import { type Tensor, tf } from "gradbook-engine/tensor";
import { shown } from "../checks/shown.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { BatchOptions } from "./dataset.js";

/**
 * What becomes of the examples x [batch, …] of a training step, in operations of `tf`, so that it runs inside the graph with the
 * step; validation and predictions never see it. What it draws is fixed by the seed of `shuffle` (0 where that is false) and the
 * number of the optimizer's step: a run that goes on draws what it would have drawn.
 *
 * ```ts
 * const augment = (x: Tensor, draw: Draw) => tf.where(tf.less(draw([x.shape[0]!, 1, 1, 1]), 0.5), tf.reverse(x, 2), x); // flips
 * ```
 */
export type Augment = (x: Tensor, draw: Draw) => Tensor;

/** A float32 tensor of `shape` of numbers from U[0, 1), new ones at each call and each step. */
export type Draw = (shape: number[]) => Tensor;

/** What `augment` draws from: a seed; 0 where examples keep their order. */
export const augmentSeed = (shuffle: BatchOptions["shuffle"]): number => (shuffle ? shuffle.split("augment").seed : 0);

/** The examples of a step as the model sees them. */
export function augmented(
  x: Tensor,
  { augment, optimizer, shuffle }: { augment?: Augment; optimizer: Optimizer; shuffle?: BatchOptions["shuffle"] },
): Tensor {
  if (augment === undefined) return x;
  let next = augmentSeed(shuffle);
  const draw: Draw = (shape) => {
    const seed = next++ | 0;
    return uniformAt(
      shape,
      live(() => seed, "int32"),
      live(() => optimizer.steps, "int32"),
    );
  };
  const changed = augment(x, draw);
  if (changed instanceof tf.Tensor && changed.shape[0] === x.shape[0]) return changed;
  const received = changed instanceof tf.Tensor ? `the shape [${changed.shape}]` : shown(changed);
  throw new TypeError(`augment: expected a tensor of ${x.shape[0]} examples, received ${received}.`);
}
