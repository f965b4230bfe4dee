/** A training step as a graph: what `stepLoss` does, written down once. */
import type { Graph } from "gradbook-engine/compile/graph";
import { trace, traceLike } from "gradbook-engine/compile/trace";
import { type Tensor, type Tensor1D, tf } from "gradbook-engine/tensor";
import type { Layer } from "../layers/layer.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { type Batch, tensorsOf } from "./dataset.js";
import { rulesOf, withNativeUpdates } from "./native-updates.js";
import { variablesOf } from "./states.js";
import type { StepOptions } from "./step-options.js";
import { stepLoss } from "./train-step.js";

/** The graph of a training step, the shape of the predictions for a batch, and the names of the optimizer's state. */
export interface TracedStep {
  graph: Graph;
  shape: number[];
  slots: string[];
}

/**
 * The graph of a training step: of all the data (see `tensorsOf`) and `rows`, the row numbers of a batch; gives the loss. `shape` is that
 * of the predictions for a batch.
 * @param kind the step of another network, which may be of one kind with this one: then tracing computes nothing
 * @param native whether the optimizer's rule may be one operation (see `native-updates.ts`), or is its formula, which XLA knows best
 * @throws TraceError where the step cannot be traced
 */
export function traceStep(
  model: Layer,
  data: Batch,
  rows: Tensor1D,
  options: StepOptions,
  native = true,
  kind?: TracedStep,
): TracedStep {
  const { loss } = options;
  let shape: number[] = [];
  const value = (predictions: Tensor, targets: Tensor, weights?: Tensor) => {
    shape = predictions.shape;
    return loss.value(predictions, targets, weights);
  };
  const watched = { ...options, loss: { value, gradient: loss.gradient.bind(loss) } };
  const step = (inputs: Tensor[]) => {
    const indices = inputs.at(-1) as Tensor1D;
    const [x, y, weights] = inputs.slice(0, -1).map((all) => tf.gather(all, indices));
    return [stepLoss(model, { x: x!, y: y!, ...(weights && { weights }) }, watched)];
  };
  const natively = (inputs: Tensor[]) => withNativeUpdates(options.optimizer, () => step(inputs));
  const run = native ? natively : step;
  const { optimizer } = options;
  const inputs = [...tensorsOf(data), rows];
  const undo = kind && makeSlots(kind.slots, model, optimizer);
  let graph = kind && traceLike(kind.graph, inputs, run, variablesOf(model, optimizer));
  if (!graph) undo?.();
  graph ??= trace(inputs, run);
  return { graph, shape, slots: [...optimizer.state.keys()] };
}

/** The last steps that were traced, by what they were of. */
const kinds = new Map<string, TracedStep>();
const mostKinds = 16;

/** The same, from the last step that may be of one kind with this one; whether it is, tracing tells. */
export function traceKind(
  model: Layer,
  data: Batch,
  rows: Tensor1D,
  options: StepOptions,
  native: boolean,
): TracedStep {
  const parameters = [...model.parameters].map(([name, { value }]) => [name, value.shape]);
  const shapes = [...tensorsOf(data), rows].map(({ shape, dtype }) => [shape, dtype]);
  const key = JSON.stringify([parameters, options.optimizer.constructor.name, shapes, native]);
  const step = traceStep(model, data, rows, options, native, kinds.get(key));
  kinds.delete(key);
  if (step.graph.captured.length === 0) kinds.set(key, step);
  for (const oldest of [...kinds.keys()].slice(0, -mostKinds)) kinds.delete(oldest);
  return step;
}

/** Makes the optimizer's state, which its first step would make: a rehearsal makes no variables. @returns the way back */
function makeSlots(slots: readonly string[], { parameters }: Layer, optimizer: Optimizer): () => void {
  const made = slots.filter((key) => {
    const name = [...parameters.keys()].find(
      (name) => key.startsWith(`${name}.`) && !key.slice(name.length + 1).includes("."),
    );
    if (name === undefined || optimizer.state.has(key)) return false;
    rulesOf(optimizer).slot(name, key.slice(name.length + 1), parameters.get(name)!);
    return true;
  });
  return () => {
    for (const key of made) {
      optimizer.state.get(key)?.dispose();
      optimizer.state.delete(key);
    }
  };
}
