/** Arguments: what training and evaluation ask of what they are given, under its own name and with the remedy. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectModel } from "../checks/expect-model.js";
import { shown } from "../checks/shown.js";
import { expectTensor } from "../checks/targets.js";
import type { Layer } from "../layers/layer.js";
import { Optimizer } from "../optimizers/optimizer.js";

/** Options as they come: nothing is known of them. */
interface Given {
  loss?: unknown;
  optimizer?: unknown;
  regularizers?: unknown;
  metrics?: unknown;
}

/** Refuses a model, data, loss or metrics of another kind. */
export function expectEvaluation(where: string, model: unknown, data: unknown, options: Given | undefined): void {
  expectModel(where, model);
  const { x, y } = Object(data) as Record<string, unknown>;
  if (!(x instanceof tf.Tensor && y instanceof tf.Tensor)) refuse(where, "a Dataset", data, "write new Dataset(x, y)");
  const { loss, metrics = {} } = options ?? {};
  if (!hasFunctions(loss, "value", "gradient")) {
    refuse(where, "a loss in the options", loss, "write loss: meanSquaredError(), or another of the losses, called");
  }
  const wrong = Array.isArray(metrics)
    ? metrics
    : Object.values(Object(metrics)).find((one) => typeof one !== "function");
  if (wrong !== undefined) refuse(where, "metrics by name", wrong, "write metrics: { accuracy }");
}

/**
 * Refuses arguments of a training run of another kind. Lets one example through a model in which inputs were left out, so that
 * all parameters are there.
 */
export function expectTraining(where: string, model: unknown, data: unknown, options: Given | undefined): void {
  expectEvaluation(where, model, data, options);
  const { optimizer, regularizers = [] } = options ?? {};
  if (!(optimizer instanceof Optimizer)) {
    refuse(where, "an optimizer in the options", optimizer, "write optimizer: new Adam({ learningRate: 0.001 })");
  }
  if (!Array.isArray(regularizers))
    refuse(where, "a list of regularizers", regularizers, "write regularizers: [l2(0.001)]");
  const parts = ["penalty", "addGradients", "before", "after"];
  const wrong = regularizers.find((one) => !parts.some((part) => hasFunctions(one, part)));
  if (wrong !== undefined) refuse(where, "regularizers", wrong, "write regularizers: [l2(0.001)]");
  const [layer, { x }] = [model as Layer, data as { x: Tensor }];
  if ([...layer.walk()].every(([, { isMade }]) => isMade)) return;
  tf.tidy(() => void layer.forward(tf.slice(x, 0, 1), false));
}

/** Refuses a model that is none and an input that is no tensor. */
export function expectPrediction(where: string, model: unknown, x: unknown): void {
  expectModel(where, model);
  expectTensor(where, "x", x);
}

const hasFunctions = (value: unknown, ...names: string[]): boolean =>
  names.every((name) => typeof (Object(value) as Record<string, unknown>)[name] === "function");

function refuse(where: string, expected: string, received: unknown, remedy: string): never {
  throw new TypeError(`${where}: expected ${expected}, received ${shown(received)}: ${remedy}.`);
}
