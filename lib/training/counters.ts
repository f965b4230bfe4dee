/** Counters: the JavaScript numbers that a training step counts on, beside the variables. */
import { Dropout } from "../layers/dropout.js";
import type { Layer } from "../layers/layer.js";
import type { Optimizer } from "../optimizers/optimizer.js";

/** Goes back to the counters of a note, or to what they were some steps later, of the steps that have been taken since. */
export type Back = (taken?: number, of?: number) => void;

/** Notes the optimizer's steps and rate and each Dropout's steps. */
export function noteCounters(model: Layer, optimizer: Optimizer): Back {
  const { steps, learningRate } = optimizer;
  const masks = [...model.walk()].flatMap(([, layer]) =>
    layer instanceof Dropout ? [{ layer, steps: layer.steps }] : [],
  );
  return (taken = 0, of = 1) => {
    Object.assign(optimizer, { steps: steps + taken, learningRate });
    // A layer that stands at two places counts twice a step.
    for (const { layer, steps } of masks) layer.steps = steps + ((layer.steps - steps) * taken) / of;
  };
}
