/** What a workload trains, as every engine and every peer is told it. */
import type { Dataset, Layer, Random } from "../entry/index.js";

/** How a loss and an optimizer are named to the peers; the names are the library's. */
export interface Recipe {
  loss: { name: "meanSquaredError" | "halfSquaredError" | "softmaxCrossEntropy"; divisor?: number };
  optimizer: { name: "SGD" | "Adam"; learningRate: number };
}

/** What is trained on what. */
export interface Training extends Recipe {
  /** The model, its weights drawn from `random`. */
  model(random: Random): Layer;
  /** The examples; class numbers are int32. */
  data(): Dataset;
  /** What the loss is computed on after each epoch; default nothing. Squared errors only. */
  validation?: (() => Dataset) | undefined;
  batchSize: number;
  /** Whether each epoch has an order of its own. */
  shuffle: boolean;
  /** Steps timed at once; fewer on slow engines. */
  steps: number;
  /** Whether it has convolutions, which of the peers here only PyTorch's knows. */
  isConvolutional?: boolean;
}

/** Steps that are compared before anything is timed. */
export const checkedSteps = 6;
