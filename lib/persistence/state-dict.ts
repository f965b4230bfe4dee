/** State dict: the parameters and buffers of a model by name, and how they are put back, all or none. */

import type { Variable } from "gradbook-engine/tensor";
import { expectModel } from "../checks/expect-model.js";
import type { Layer } from "../layers/layer.js";
import { type Described, readSafetensors } from "./safetensors-reader.js";
import { type NamedTensors, saveTensors, toTensors } from "./tensors.js";

/** Name → variable: a model's state, or an optimizer's. */
export type State = Readonly<Record<string, Variable>>;

/**
 * The state of `model`: its parameters, then its buffers (running statistics), under their names (`0.weight`, `1.runningMean`).
 * These are the model's own variables, not copies: they change with the model, and nobody but the model disposes them.
 *
 * @example
 * ```ts
 * import { BatchNorm, Dense, Sequential, stateDict } from "gradbook";
 *
 * const model = new Sequential(new Dense(2, 3), new BatchNorm(3));
 * console.log(Object.keys(stateDict(model)));
 * // [ '0.weight', '0.bias', '1.gamma', '1.beta', '1.runningMean', '1.runningVar' ]
 * ```
 */
export function stateDict(model: Layer): State {
  expectModel("stateDict", model);
  return Object.fromEntries([...Array.from(model.parameters, ([name, { value }]) => [name, value]), ...model.buffers]);
}

/** Refuses `tensors` that are not the state `expected`, name by name; `where` begins the message. */
export function checkState(expected: Described, tensors: Described, where: string): void {
  const names = Object.keys(expected);
  const missing = names.filter((name) => !Object.hasOwn(tensors, name));
  const unknown = Object.keys(tensors).filter((name) => !Object.hasOwn(expected, name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new RangeError(
      `${where}: expected tensors of the names in the model, received none for ${missing.join(", ") || "…"} and ` +
        `the unknown ${unknown.join(", ") || "…"}.`,
    );
  }
  for (const name of names) {
    const [own, given] = [expected[name]!, tensors[name]!];
    if (own.shape.join() !== given.shape.join() || own.dtype !== given.dtype) {
      throw new RangeError(
        `${where}: tensor "${name}": expected ${own.dtype} of shape [${own.shape}], ` +
          `received ${given.dtype} of shape [${given.shape}].`,
      );
    }
  }
}

/**
 * Gives `model` the values of `tensors` (which stay the caller's).
 * @param where begins error messages; the file, where there is one
 * @throws when a name is missing or unknown or a shape or dtype differs; the model is then unchanged.
 */
export function loadStateDict(model: Layer, tensors: NamedTensors, where = "loadStateDict"): void {
  const state = stateDict(model);
  checkState(state, tensors, where);
  for (const [name, variable] of Object.entries(state)) variable.assign(tensors[name]!);
}

/** Writes the state of `model` to a safetensors file: parameters and buffers, not the architecture. */
export const saveState = (file: string, model: Layer): void => saveTensors(file, stateDict(model));

/**
 * Gives `model` the state that `saveState` wrote for a model of the same architecture.
 * @throws when the file or a tensor in it does not fit; the model is then unchanged.
 */
export function loadState(file: string, model: Layer): void {
  const tensors = toTensors(readSafetensors(file, (header) => checkState(stateDict(model), header.tensors, file)));
  try {
    loadStateDict(model, tensors, file);
  } finally {
    for (const tensor of Object.values(tensors)) tensor.dispose();
  }
}
