/** Counters: the JavaScript numbers that a training step counts on, beside the variables. */
import { Dropout } from "../layers/dropout.js";
import type { Layer } from "../layers/layer.js";
import type { Optimizer } from "../optimizers/optimizer.js";

/** Notes the optimizer's steps and rate and each Dropout's steps; gives the way back to them. */
export function noteCounters(model: Layer, optimizer: Optimizer): () => void {
  const { steps, learningRate } = optimizer;
  const masks = [...model.walk()].flatMap(([, layer]) =>
    layer instanceof Dropout ? [{ layer, steps: layer.steps }] : [],
  );
  return () => {
    Object.assign(optimizer, { steps, learningRate });
    for (const { layer, steps } of masks) layer.steps = steps;
  };
}
