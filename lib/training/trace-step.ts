/** A training step as a graph: what `stepLoss` does, written down once. */
import type { Graph } from "gradbook-engine/compile/graph";
import { trace } from "gradbook-engine/compile/trace";
import { type Tensor, type Tensor1D, tf } from "gradbook-engine/tensor";
import type { Layer } from "../layers/layer.js";
import type { Batch } from "./dataset.js";
import { withNativeUpdates } from "./native-updates.js";
import { type StepOptions, stepLoss } from "./train-step.js";

/**
 * The graph of a training step: of x and y, all the data, and `rows`, the row numbers of a batch; gives the loss. `shape` is that
 * of the predictions for a batch.
 * @param native whether the optimizer's rule may be one operation (see `native-updates.ts`), or is its formula
 * @throws TraceError where the step cannot be traced
 */
export function traceStep(
  model: Layer,
  { x, y }: Batch,
  rows: Tensor1D,
  options: StepOptions,
  native = true,
): { graph: Graph; shape: number[] } {
  const { loss } = options;
  let shape: number[] = [];
  const value = (predictions: Tensor, targets: Tensor) => {
    shape = predictions.shape;
    return loss.value(predictions, targets);
  };
  const watched = { ...options, loss: { value, gradient: loss.gradient.bind(loss) } };
  const step = ([all, targets, indices]: Tensor[]) => [
    stepLoss(model, tf.gather(all!, indices as Tensor1D), tf.gather(targets!, indices as Tensor1D), watched),
  ];
  const natively = (inputs: Tensor[]) => withNativeUpdates(options.optimizer, () => step(inputs));
  const graph = trace([x, y, rows], native ? natively : step);
  return { graph, shape };
}
