/** Checks of what optimizers are told, and of the gradients that they step by. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import type { Parameter, Parameters } from "../layers/layer.js";
import { matches } from "../layers/parameters.js";
import type { OptimizerOptions, ParameterGroup } from "../optimizers/options.js";
import { isSchedule } from "../schedules.js";
import { expectNumbers } from "./expect-numbers.js";
import { expectOptions } from "./expect-options.js";
import { expectPattern } from "./expect-pattern.js";
import { shown } from "./shown.js";

/** The names of what every optimizer takes. */
export const optimizerOptions = ["learningRate", "weightDecay", "clipValue", "clipNorm", "groups"] as const;

/** Refuses options that every optimizer would refuse. */
export function expectOptimizer(name: string, options: OptimizerOptions): void {
  const {
    learningRate,
    weightDecay,
    clipValue,
    clipNorm,
    groups = [],
  } = expectOptions(name, options, optimizerOptions);
  if (!Array.isArray(groups)) {
    throw new TypeError(`${name}: expected a list of groups, received ${shown(groups)}: write groups: [{ … }].`);
  }
  for (const group of groups) {
    expectOptions(`${name}, groups`, group, ["pattern", "learningRate", "weightDecay"]);
    expectPattern(`${name}, groups`, group.pattern);
  }
  for (const rates of [{ learningRate, weightDecay }, ...groups]) {
    if (!isSchedule(rates.learningRate)) expectNumbers(name, "above 0", { learningRate: rates.learningRate });
    expectNumbers(name, "at least 0", { weightDecay: rates.weightDecay });
  }
  expectNumbers(name, "above 0", { clipValue, clipNorm });
  if (clipValue !== undefined && clipNorm !== undefined) {
    throw new RangeError(`${name}: expected clipValue or clipNorm, received both (${clipValue}, ${clipNorm}).`);
  }
}

/** Refuses a group whose pattern matches no parameter. */
export function expectMatches(name: string, groups: readonly ParameterGroup[], parameters: Parameters): void {
  const names = [...parameters.keys()];
  for (const { pattern } of groups) {
    if (names.some((one) => matches(pattern, one))) continue;
    throw new RangeError(
      `${name}: expected a group's pattern that matches a parameter (${names.join(", ")}), received ${pattern}.`,
    );
  }
}

/** The gradient of a parameter, where there is one of its shape. */
export function expectGradient(optimizer: string, name: string, { value, gradient }: Parameter): Tensor {
  if (!gradient)
    throw new Error(`${optimizer}: expected a gradient of ${name}, received none: run backward before step.`);
  if (!tf.util.arraysEqual(gradient.shape, value.shape)) {
    throw new RangeError(
      `${optimizer}: expected the gradient of ${name} to have shape [${value.shape}], received [${gradient.shape}].`,
    );
  }
  return gradient;
}
