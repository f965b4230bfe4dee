/**
 * The base of every optimizer: it owns the loop over the parameters and the state kept for each of them; a subclass says only
 * how one parameter is updated.
 */
import type { Parameter, Parameters } from "../layers/layer.js";
import { type Tensor, tf, type Variable } from "../tensor.js";

export abstract class Optimizer {
  /** Steps taken so far. */
  steps = 0;
  readonly #state = new Map<string, Variable>();

  /** @param learningRate the step size η, > 0; may be changed between steps. */
  constructor(public learningRate: number) {
    if (!(learningRate > 0)) {
      throw new RangeError(`${this.constructor.name}: expected a positive learningRate, received ${learningRate}.`);
    }
  }

  /** Updates every parameter from the gradient that `backward` left on it. */
  step(parameters: Parameters): void {
    this.steps += 1;
    tf.tidy(() => {
      for (const [name, parameter] of parameters) {
        if (!parameter.gradient)
          throw new Error(`Optimizer: expected a gradient of ${name}: run backward before step.`);
        this.update(name, parameter, parameter.gradient);
      }
    });
  }

  /** The update rule of one parameter. */
  protected abstract update(name: string, parameter: Parameter, gradient: Tensor): void;

  /** State of `parameter` under `key` (a moment, a velocity), of the parameter's shape, zero at first. */
  protected state(name: string, key: string, parameter: Parameter): Variable {
    const id = `${name}.${key}`;
    let state = this.#state.get(id);
    if (!state) {
      state = tf.tidy(() => tf.variable(tf.zerosLike(parameter.value), false));
      this.#state.set(id, state);
    }
    return state;
  }

  /** Frees the state; the next step starts from zero state again. */
  dispose(): void {
    for (const state of this.#state.values()) state.dispose();
    this.#state.clear();
    this.steps = 0;
  }
}
