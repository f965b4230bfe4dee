import type { Loss } from "../losses.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Regularizer } from "../regularizers/regularizer.js";
import type { Augment } from "./augment.js";
import type { BatchOptions } from "./dataset.js";

/** What a training step needs besides the model and the batch. */
export interface StepOptions {
  loss: Loss;
  optimizer: Optimizer;
  /** Penalties, damping and constraints, in this order. Default none. */
  regularizers?: readonly Regularizer[];
  /** Changes the examples of each batch before the model sees them: see `Augment`. Default: they stay as they are. */
  augment?: Augment;
  /** Its seed is `augment`'s, too. */
  shuffle?: BatchOptions["shuffle"];
}
