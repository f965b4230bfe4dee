/** What flows through a model's layers: activations on the way forward, gradients on the way back. */

import { type Tensor, tf } from "gradbook-engine/tensor";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses.js";
import type { Batch } from "../training/dataset.js";
import { keepingState, observe } from "./observe.js";

/** The numbers at one layer's output. */
export interface LayerValues {
  /** The layer's place in the model: "0", "1.0"; "" for a model of one layer. */
  name: string;
  /** Its class: "Dense". */
  type: string;
  shape: number[];
  /** All of them, row after row: what `histogramFigure` takes. */
  values: Float32Array;
}

function valuesOf(name: string, layer: Layer, tensor: Tensor): LayerValues {
  return { name, type: layer.constructor.name, shape: tensor.shape, values: tensor.dataSync() as Float32Array };
}

/** Runs forward and backward as a training step does, but changes nothing. */
function backward(model: Layer, { x, y }: Batch, loss: Loss): void {
  const predictions = model.forward(x, true);
  model.backward(loss.gradient(predictions, y));
}

/**
 * The output of every layer without others inside for x [examples, …], first layer first; `training` default false. The model stays as it is.
 *
 * @example
 * ```ts
 * import { activations, Dense, ReLU, Sequential, tf } from "gradbook";
 *
 * const model = new Sequential(new Dense(2, 3), new ReLU());
 * console.log(activations(model, tf.ones([4, 2])).map(({ name, type, shape }) => `${name} ${type} ${shape}`));
 * // [ '0 Dense 4,3', '1 ReLU 4,3' ]
 * ```
 */
export function activations(model: Layer, x: Tensor, training = false): LayerValues[] {
  const found: LayerValues[] = [];
  const forward = (name: string, layer: Layer, y: Tensor) => {
    if (layer.children.size === 0) found.push(valuesOf(name, layer, y));
  };
  keepingState(model, () => observe(model, { forward }, () => void model.forward(x, training)));
  return found;
}

/**
 * ∂loss/∂y of the same layers' outputs y, first layer first, as in a training step on `batch`. The model stays as it is.
 */
export function gradients(model: Layer, batch: Batch, loss: Loss): LayerValues[] {
  const found: LayerValues[] = [];
  const look = (name: string, layer: Layer, dy: Tensor) => {
    if (layer.children.size === 0) found.unshift(valuesOf(name, layer, dy));
  };
  keepingState(model, () => observe(model, { backward: look }, () => backward(model, batch, loss)));
  return found;
}

/**
 * ‖∂loss/∂w‖ of every parameter w that is not frozen, by name and in the model's order: how much of the gradient arrives at which
 * depth. As in a training step on `batch`; the model stays as it is.
 *
 * @example
 * ```ts
 * import { constant, Dataset, Dense, gradientNorms, halfSquaredError, tf } from "gradbook";
 *
 * const model = new Dense(1, 1, { weight: constant(1) });
 * const data = new Dataset(tf.tensor2d([[2]]), tf.tensor2d([[0]]));
 * console.log(gradientNorms(model, data.batch(0, 1), halfSquaredError())); // { weight: 4, bias: 2 }
 * ```
 */
export function gradientNorms(model: Layer, batch: Batch, loss: Loss): Record<string, number> {
  return keepingState(model, () => {
    backward(model, batch, loss);
    const trained = [...model.parameters].filter(([, { frozen }]) => !frozen);
    return Object.fromEntries(trained.map(([name, { gradient }]) => [name, tf.norm(gradient!).dataSync()[0]!]));
  });
}
