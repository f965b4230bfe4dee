/**
 * Schedules: the learning rate as a function of the step. An optimizer takes one in place of a number
 * (`new SGD({ learningRate: cosineDecay(0.1, { steps: 1000 }) })`). Steps are the optimizer's, the first is 0; an epoch has
 * ⌈examples / batchSize⌉ of them.
 */
import { expectGiven, expectNumbers } from "./checks/expect-numbers.js";
import { expectOptions } from "./checks/expect-options.js";

/** A learning rate that changes with the steps. */
export interface Schedule {
  /** The learning rate, ≥ 0, of the step number `step` = 0, 1, 2 … */
  at(step: number): number;
  /** Told the validation loss (the training loss where there is none) whenever it is known; only `reduceOnPlateau` listens. */
  observe?(loss: number): void;
  /** What it has learned from the losses, plain JSON, to keep in a checkpoint and to set again; most schedules have none. */
  state?: Record<string, number | null>;
}

/** Whether a learning rate is a schedule (anything with a function `at`). */
export const isSchedule = (learningRate: number | Schedule | undefined): learningRate is Schedule =>
  typeof learningRate === "object" && typeof learningRate?.at === "function";

/**
 * initial · factor^⌊step / every⌋; factor in (0, 1), default 0.1. PyTorch's StepLR, in steps.
 *
 * @example
 * ```ts
 * import { stepDecay } from "gradbook";
 *
 * const schedule = stepDecay(0.1, { every: 100 });
 * console.log([0, 99, 100, 200].map((step) => schedule.at(step).toFixed(3)));
 * // [ '0.100', '0.100', '0.010', '0.001' ]
 * ```
 */
export function stepDecay(
  initial: number,
  options: { every: number; factor?: number } = {} as { every: number },
): Schedule {
  const { every, factor = 0.1 } = expectOptions("stepDecay", options, ["every", "factor"]);
  expectGiven("stepDecay", "stepDecay(0.1, { every: 1000 })", { initial, every });
  expectNumbers("stepDecay", "above 0", { initial });
  expectNumbers("stepDecay", "to be a positive integer", { every });
  expectNumbers("stepDecay", "in (0, 1)", { factor });
  return { at: (step) => initial * factor ** Math.floor(step / every) };
}

/**
 * initial · factor^(step / every), without jumps; factor in (0, 1), every default 1. With 1: PyTorch's ExponentialLR, in steps.
 *
 * @example
 * ```ts
 * import { exponentialDecay } from "gradbook";
 *
 * const schedule = exponentialDecay(0.1, { factor: 0.5, every: 100 });
 * console.log([0, 50, 100].map((step) => schedule.at(step).toFixed(4))); // [ '0.1000', '0.0707', '0.0500' ]
 * ```
 */
export function exponentialDecay(
  initial: number,
  options: { factor: number; every?: number } = {} as { factor: number },
): Schedule {
  const { factor, every = 1 } = expectOptions("exponentialDecay", options, ["factor", "every"]);
  expectGiven("exponentialDecay", "exponentialDecay(0.1, { factor: 0.999 })", { initial, factor });
  expectNumbers("exponentialDecay", "above 0", { initial });
  expectNumbers("exponentialDecay", "to be a positive integer", { every });
  expectNumbers("exponentialDecay", "in (0, 1)", { factor });
  return { at: (step) => initial * factor ** (step / every) };
}

/**
 * Half a cosine from `initial` to `final` within `steps` steps, then `final`:
 * final + ½ (initial − final) (1 + cos(π step / steps)); final ≥ 0, default 0. Loshchilov and Hutter 2017 (without restarts).
 *
 * @example
 * ```ts
 * import { cosineDecay } from "gradbook";
 *
 * const schedule = cosineDecay(0.1, { steps: 100 });
 * console.log([0, 50, 100].map((step) => schedule.at(step).toFixed(2))); // [ '0.10', '0.05', '0.00' ]
 * ```
 */
export function cosineDecay(
  initial: number,
  options: { steps: number; final?: number } = {} as { steps: number },
): Schedule {
  const { steps, final = 0 } = expectOptions("cosineDecay", options, ["steps", "final"]);
  expectGiven("cosineDecay", "cosineDecay(0.1, { steps: 1000 })", { initial, steps });
  expectNumbers("cosineDecay", "above 0", { initial });
  expectNumbers("cosineDecay", "to be a positive integer", { steps });
  expectNumbers("cosineDecay", "at least 0", { final });
  return {
    at: (step) => final + 0.5 * (initial - final) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps)),
  };
}

/**
 * A linear warm-up of `steps` steps before another schedule (or a constant rate): step t < steps has the rate
 * then.at(0) · (t + 1) / (steps + 1); from t = steps on it is then.at(t − steps). Goyal et al. 2017.
 *
 * @example
 * ```ts
 * import { warmUp } from "gradbook";
 *
 * const schedule = warmUp(0.1, { steps: 3 });
 * console.log([0, 1, 2, 3, 4].map((step) => schedule.at(step).toFixed(3)));
 * // [ '0.025', '0.050', '0.075', '0.100', '0.100' ]
 * ```
 */
export function warmUp(then: Schedule | number, options: { steps: number } = {} as { steps: number }): Schedule {
  const { steps } = expectOptions("warmUp", options, ["steps"]);
  expectGiven("warmUp", "warmUp(0.1, { steps: 100 })", { "a rate or a schedule": then, steps });
  if (!isSchedule(then)) expectNumbers("warmUp", "above 0", { rate: then });
  expectNumbers("warmUp", "to be a positive integer", { steps });
  const next: Schedule = typeof then === "number" ? { at: () => then } : then;
  return {
    at: (step) => (step < steps ? (next.at(0) * (step + 1)) / (steps + 1) : next.at(step - steps)),
    observe: (loss) => next.observe?.(loss),
    get state() {
      return next.state;
    },
    set state(saved) {
      next.state = saved;
    },
  };
}

/** When `reduceOnPlateau` lowers the rate, and by how much. */
export interface PlateauOptions {
  /** What the rate is multiplied by; in (0, 1), default 0.1. */
  factor?: number;
  /** So many losses in a row without an improvement are borne; the next one lowers the rate. A positive integer, default 10. */
  patience?: number;
  /** A loss is an improvement when it is below best · (1 − threshold); in [0, 1), default 1e-4. For losses ≥ 0. */
  threshold?: number;
  /** The rate never falls below; ≥ 0, default 0. */
  minimum?: number;
}

/**
 * Starts at `initial` and multiplies the rate by `factor` when the observed loss has not improved for more than `patience`
 * observations; then counts anew. A NaN is not an improvement. PyTorch's ReduceLROnPlateau (mode "min", threshold "rel").
 *
 * @example
 * ```ts
 * import { reduceOnPlateau, SGD } from "gradbook";
 *
 * const optimizer = new SGD({ learningRate: reduceOnPlateau(0.1, { factor: 0.5, patience: 3 }) });
 * console.log(optimizer.learningRate); // 0.1
 * ```
 */
export function reduceOnPlateau(initial: number, options: PlateauOptions = {}): Schedule {
  expectOptions("reduceOnPlateau", options, ["factor", "patience", "threshold", "minimum"]);
  const { factor = 0.1, patience = 10, threshold = 1e-4, minimum = 0 } = options;
  expectGiven("reduceOnPlateau", "reduceOnPlateau(0.1)", { initial });
  expectNumbers("reduceOnPlateau", "above 0", { initial });
  expectNumbers("reduceOnPlateau", "in (0, 1)", { factor });
  expectNumbers("reduceOnPlateau", "to be a positive integer", { patience });
  expectNumbers("reduceOnPlateau", "in [0, 1)", { threshold });
  expectNumbers("reduceOnPlateau", "at least 0", { minimum });
  if (minimum > initial) {
    throw new RangeError(`reduceOnPlateau: expected a minimum of at most ${initial} (initial), received ${minimum}.`);
  }
  const state: { rate: number; best: number | null; waited: number } = { rate: initial, best: null, waited: 0 };
  return {
    at: () => state.rate,
    observe(loss) {
      if (state.best === null ? !Number.isNaN(loss) : loss < state.best * (1 - threshold)) {
        state.best = loss;
        state.waited = 0;
      } else {
        state.waited += 1;
      }
      if (state.waited > patience) {
        state.rate = Math.max(state.rate * factor, minimum);
        state.waited = 0;
      }
    },
    get state() {
      return { ...state };
    },
    set state(saved) {
      Object.assign(state, saved);
    },
  };
}
