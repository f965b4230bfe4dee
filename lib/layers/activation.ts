/** Activation: the activation in the options of a layer, by its name or as a layer. */
import { shown } from "../checks/shown.js";
import { Layer } from "./layer.js";
import { LeakyReLU } from "./leaky-relu.js";
import { ReLU } from "./relu.js";
import { Sigmoid } from "./sigmoid.js";
import { Softmax } from "./softmax.js";
import { Softplus } from "./softplus.js";
import { Tanh } from "./tanh.js";

const known = { relu: ReLU, leakyRelu: LeakyReLU, sigmoid: Sigmoid, tanh: Tanh, softplus: Softplus, softmax: Softmax };

/** An activation by its name, or any layer that keeps the shape: `"relu"`, `new LeakyReLU(0.2)`. */
export type Activation = keyof typeof known | Layer;

/** The layer that is meant. */
export function activationOf(where: string, activation: Activation): Layer {
  if (activation instanceof Layer) return activation;
  if (Object.hasOwn(known, activation)) return new known[activation]();
  throw new RangeError(
    `${where}: expected the activation ${Object.keys(known).join(", ")} or a layer, received ${shown(activation)}.`,
  );
}
