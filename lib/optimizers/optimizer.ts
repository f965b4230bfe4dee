/**
 * The base of every optimizer: it owns the loop over the parameters, the learning rate, clipping, weight decay, groups and
 * the state kept for each parameter; a subclass says only how one parameter is updated.
 */
import { changing, live } from "gradbook-engine/live";
import { type Scalar, type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import { expectParameters } from "../checks/expect-model.js";
import { expectNumbers } from "../checks/expect-numbers.js";
import { expectGradient, expectMatches, expectOptimizer } from "../checks/expect-optimizer.js";
import type { Parameter, Parameters } from "../layers/layer.js";
import { matches } from "../layers/parameters.js";
import { isSchedule, type Schedule } from "../schedules.js";
import type { OptimizerOptions, ParameterGroup } from "./options.js";

/**
 * A step, in this order: gradients as `backward` left them, clipping, weight decay, the subclass's rule. Frozen parameters
 * take no part. The gradients on the parameters stay as they are.
 *
 * Clipping by norm is PyTorch's `clip_grad_norm_` without its 1e-6 in the divisor.
 */
export abstract class Optimizer {
  /** The learning rate: with a schedule that of the last step, else free to be changed between steps. */
  learningRate: number;
  /** Where the learning rate comes from when it is not a fixed number. */
  readonly schedule?: Schedule;
  /** What the rule remembers, by "parameter.slot" (`0.weight.m`): variables of the parameters' shapes. */
  readonly state = new Map<string, Variable>();
  /** Whether weight decay acts on the weights (AdamW) or on the gradients. */
  protected readonly decoupled: boolean = false;
  /** As in the options. */
  readonly weightDecay: number;
  /** As in the options. */
  readonly clipValue?: number;
  /** As in the options. */
  readonly clipNorm?: number;
  /** As in the options. */
  readonly groups: readonly ParameterGroup[];
  /** The parameters of the last step, whose names the groups have been checked against. */
  #checked?: Parameters;
  #steps = 0;

  constructor(options: OptimizerOptions) {
    expectOptimizer(this.constructor.name, options);
    const { learningRate = 0.001, weightDecay = 0, clipValue, clipNorm, groups = [] } = options;
    this.schedule = isSchedule(learningRate) ? learningRate : undefined;
    this.learningRate = isSchedule(learningRate) ? learningRate.at(0) : learningRate;
    this.weightDecay = weightDecay;
    this.clipValue = clipValue;
    this.clipNorm = clipNorm;
    this.groups = groups;
  }

  /** Steps taken so far. A rule that depends on it asks for it inside of `live` (see `begin`). */
  get steps(): number {
    return changing(this.#steps, "an optimizer's steps");
  }

  set steps(steps: number) {
    this.#steps = steps;
  }

  /** Updates every parameter that is not frozen from the gradient that `backward` left on it: all of them, or none on error. */
  step(parameters: Parameters): void {
    expectParameters(this.constructor.name, parameters);
    const chosen = [...parameters].filter(([, { frozen }]) => !frozen);
    if (parameters !== this.#checked) expectMatches(this.constructor.name, this.groups, parameters);
    this.#checked = parameters;
    tf.tidy(() => {
      const gradients = this.#clipped(
        chosen.map(([name, parameter]) => expectGradient(this.constructor.name, name, parameter)),
      );
      const [rate, ...rates] = this.#rates() as [Scalar, ...Scalar[]];
      this.begin();
      for (const [i, [name, parameter]] of chosen.entries()) {
        const group = this.groups.findIndex(({ pattern }) => matches(pattern, name));
        const weightDecay = this.groups[group]?.weightDecay ?? this.weightDecay;
        const learningRate = rates[group] ?? rate;
        let gradient = gradients[i]!;
        if (weightDecay > 0 && this.decoupled) {
          parameter.value.assign(tf.mul(parameter.value, tf.sub(1, tf.mul(learningRate, weightDecay))));
        } else if (weightDecay > 0) {
          gradient = tf.add(gradient, tf.mul(parameter.value, weightDecay));
        }
        this.update(name, parameter, gradient, learningRate);
      }
    });
  }

  /**
   * Before the updates of a step, which `steps` already counts: the place for numbers that depend on it, as
   * `live(() => 1 - this.beta1 ** this.steps)`, a tensor whose value is asked for anew at each step.
   */
  protected begin(): void {}

  /** The update rule of one parameter, with the gradient after clipping and coupled decay. */
  protected abstract update(name: string, parameter: Parameter, gradient: Tensor, learningRate: Scalar): void;

  /** The optimizer's schedule and its groups', each once: what a checkpoint asks for their `state`. */
  get schedules(): Schedule[] {
    return [...new Set([this.schedule, ...this.groups.map(({ learningRate }) => learningRate)])].filter(isSchedule);
  }

  /** Tells the schedules a validation loss (the training loss where there is none); `fit` calls it. */
  observe(loss: number): void {
    for (const schedule of this.schedules) schedule.observe?.(loss);
  }

  /** State of `parameter` under `slot` (a moment, a velocity), of the parameter's shape, zero at first. */
  protected slot(name: string, slot: string, parameter: Parameter): Variable {
    const key = `${name}.${slot}`;
    let variable = this.state.get(key);
    if (!variable) {
      variable = tf.tidy(() => tf.variable(tf.zerosLike(parameter.value), false));
      this.state.set(key, variable);
    }
    if (!tf.util.arraysEqual(variable.shape, parameter.value.shape)) {
      throw new RangeError(
        `${this.constructor.name}: expected the parameter ${name} of shape [${variable.shape}], as in the steps before, received [${parameter.value.shape}]: make a new optimizer for another model.`,
      );
    }
    return variable;
  }

  /** Frees the state; the next step starts from zero state and step 0 again. */
  dispose(): void {
    for (const variable of this.state.values()) variable.dispose();
    this.state.clear();
    this.steps = 0;
  }

  #clipped(gradients: Tensor[]): Tensor[] {
    const { clipValue, clipNorm } = this;
    // Not clipByValue, which lets WebAssembly lose NaN.
    if (clipValue !== undefined) return gradients.map((g) => tf.maximum(tf.minimum(g, clipValue), -clipValue));
    if (clipNorm === undefined || gradients.length === 0) return gradients;
    const norm = tf.sqrt(tf.addN(gradients.map((g) => tf.sum(tf.square(g)))));
    const scale = tf.div(clipNorm, tf.maximum(norm, clipNorm));
    return gradients.map((g) => tf.mul(g, scale));
  }

  /** The rates of this step, the optimizer's and the groups'; asking for them counts the step. */
  #rates(): Scalar[] {
    let now: number[] = [];
    const count = () => {
      now = [this.schedule ?? this.learningRate, ...this.groups.map(({ learningRate = 0 }) => learningRate)].map(
        (learningRate) => (learningRate === 0 ? 0 : this.#rate(learningRate)),
      );
      this.learningRate = now[0]!;
      this.steps += 1;
      return this.learningRate;
    };
    const rate = live(count);
    return [
      rate,
      ...this.groups.map(({ learningRate }, i) => (learningRate === undefined ? rate : live(() => now[i + 1]!))),
    ];
  }

  #rate(learningRate: number | Schedule): number {
    const where = `${this.constructor.name}, step ${this.steps}`;
    if (!isSchedule(learningRate)) {
      expectNumbers(where, "above 0", { learningRate });
      return learningRate;
    }
    const rate = learningRate.at(this.steps);
    expectNumbers(where, "at least 0", { "the schedule's rate": rate });
    return rate;
  }
}
