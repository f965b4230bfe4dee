/**
 * TensorFlow's own operations for the rules of our optimizers: in a graph they update a parameter and its state in place, in one
 * operation instead of some ten. The rules themselves stand in `../optimizers/`; a subclass with a rule of its own runs by that.
 */
import { updateInPlace } from "gradbook-engine/compile/trace";
import { type Scalar, type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import type { Parameter } from "../layers/layer.js";
import { AdaGrad } from "../optimizers/ada-grad.js";
import { Adam, type AdamNumbers } from "../optimizers/adam.js";
import { Momentum } from "../optimizers/momentum.js";
import { Nesterov } from "../optimizers/nesterov.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { SGD } from "../optimizers/sgd.js";

/** A rule, as in `Optimizer.update`. */
type Update = (name: string, parameter: Parameter, gradient: Tensor, learningRate: Scalar) => void;

type Slot = (name: string, slot: string, parameter: Parameter) => Variable;

/** What subclasses of `Optimizer` see of it, and this file. */
interface Rules {
  update: Update;
  slot: Slot;
}

export const rulesOf = (optimizer: Optimizer): Rules => optimizer as unknown as Rules;

const sgd = (): Update => (_, parameter, gradient, learningRate) =>
  updateInPlace("ResourceApplyGradientDescent", [parameter.value], [learningRate, gradient]);

const adaGrad =
  (slot: Slot, { epsilon }: AdaGrad): Update =>
  (name, parameter, gradient, learningRate) =>
    updateInPlace(
      "ResourceApplyAdagradV2",
      [parameter.value, slot(name, "h", parameter)],
      [learningRate, epsilon, gradient],
    );

const momentum =
  (nesterov: boolean) =>
  (slot: Slot, { momentum }: Momentum): Update =>
  (name, parameter, gradient, learningRate) => {
    const variables = [parameter.value, slot(name, "velocity", parameter)];
    const inputs = [learningRate, gradient, momentum];
    updateInPlace("ResourceApplyKerasMomentum", variables, inputs, { use_nesterov: { bool: nesterov } });
  };

const adam =
  (slot: Slot, optimizer: Adam): Update =>
  (name, parameter, gradient, learningRate) => {
    const { now } = optimizer as unknown as { now: AdamNumbers };
    const { beta1, beta2, correction, epsilon } = now;
    const slots = optimizer.amsgrad ? ["m", "v", "vMax"] : ["m", "v"];
    const variables = [parameter.value, ...slots.map((each) => slot(name, each, parameter))];
    // TensorFlow's would correct too, in float32: told that both powers are 0, it does not.
    const inputs = [0, 0, tf.mul(learningRate, correction), beta1, beta2, epsilon, gradient];
    updateInPlace(optimizer.amsgrad ? "ResourceApplyAdamWithAmsgrad" : "ResourceApplyAdam", variables, inputs);
  };

/** The operation for each rule, by the class that has the rule. */
const operations = [
  [SGD, sgd],
  [AdaGrad, adaGrad],
  [Momentum, momentum(false)],
  [Nesterov, momentum(true)],
  [Adam, adam],
] as const;

/** Does `step`, which is being traced, with the operation in place of `optimizer`'s rule where there is one. */
export function withNativeUpdates<Result>(optimizer: Optimizer, step: () => Result): Result {
  const rules = rulesOf(optimizer);
  const [, operation] = operations.find(([{ prototype }]) => rulesOf(prototype).update === rules.update) ?? [];
  if (operation === undefined) return step();
  const slot = rules.slot.bind(optimizer);
  rules.update = (operation as (slot: Slot, optimizer: Optimizer) => Update)(slot, optimizer);
  try {
    return step();
  } finally {
    Reflect.deleteProperty(optimizer, "update"); // The class's own is back.
  }
}
