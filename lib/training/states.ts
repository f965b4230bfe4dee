/** States: what a model and its optimizer held at some steps of a call that went on, so that one can go back to one of them. */
import { type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import type { Layer } from "../layers/layer.js";
import type { Optimizer } from "../optimizers/optimizer.js";

/** All variables that training changes: the model's, then the optimizer's. */
export const variablesOf = (model: Layer, optimizer: Optimizer): Variable[] => [
  ...modelVariables(model),
  ...optimizer.state.values(),
];

/** The model's parameters and buffers. */
export const modelVariables = (model: Layer): Variable[] => [
  ...[...model.parameters.values()].map(({ value }) => value),
  ...model.buffers.values(),
];

/** The values of some variables at several times, until `dispose`. */
export class States {
  /** @param stacks for each variable its values, one after the other along a first axis */
  constructor(
    readonly variables: readonly Variable[],
    readonly stacks: readonly Tensor[],
  ) {}

  /** Gives the variables the values of a time. */
  back(time: number): void {
    for (const [i, variable] of this.variables.entries()) tf.tidy(() => variable.assign(this.#value(i, time)));
  }

  /** The values of a time of those variables that are in `wanted`; the caller disposes them. */
  copies(time: number, wanted: readonly Variable[]): [Variable, Tensor][] {
    return wanted.map((variable) => [variable, tf.keep(this.#value(this.variables.indexOf(variable), time))]);
  }

  dispose(): void {
    tf.dispose([...this.stacks]);
  }

  #value(variable: number, time: number): Tensor {
    const stack = this.stacks[variable]!;
    return tf.tidy(() => tf.reshape(tf.slice(stack, time, 1), stack.shape.slice(1)));
  }
}
