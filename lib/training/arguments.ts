/** Arguments: what training and evaluation ask of what they are given, under its own name and with the remedy. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectModel } from "../checks/expect-model.js";
import { expectOptions, expectRandom } from "../checks/expect-options.js";
import { shown } from "../checks/shown.js";
import { expectTensor } from "../checks/targets.js";
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses.js";
import { Optimizer } from "../optimizers/optimizer.js";
import { Dataset } from "./dataset.js";
import { isHistory } from "./history.js";
import type { FitOptions, RunEvent } from "./run.js";

/** Options as they come: nothing is known of them. */
type Given = { [Name in keyof FitOptions]?: unknown };

/** What `fit` can be told. Its options may be given to `evaluate` and `trainStep` too, which look at their part. */
const known: readonly (keyof FitOptions)[] = [
  ...(["loss", "optimizer", "regularizers", "metrics", "augment", "epochs", "steps", "batchSize"] as const),
  ...(["shuffle", "replacement", "dropLast", "validation", "valEpochs", "valSteps"] as const),
  ...(["callbacks", "history", "progress", "compile", "jit", "verify"] as const),
];

/** The events of a run. */
const events: readonly RunEvent[] = [
  ...(["fitStart", "epochStart", "batchStart", "batchEnd"] as const),
  ...(["valStart", "valEnd", "epochEnd", "fitEnd"] as const),
];

/** Refuses a model, data, loss or metrics of another kind. */
export function expectEvaluation(where: string, model: unknown, data: unknown, options: Given | undefined): void {
  expectModel(where, model);
  const { x, y } = Object(data) as Record<string, unknown>;
  if (!(x instanceof tf.Tensor && y instanceof tf.Tensor)) refuse(where, "a Dataset", data, "write new Dataset(x, y)");
  expectThere(where, "data", data as Dataset);
  if (options !== undefined) expectOptions<Given>(where, options, known);
  const { loss, metrics = {} } = options ?? {};
  if (!hasFunctions(loss, "value", "gradient")) {
    refuse(where, "a loss in the options", loss, "write loss: meanSquaredError(), or another of the losses, called");
  }
  expectWeighing(where, loss, data);
  const wrong =
    Array.isArray(metrics) || typeof metrics !== "object" || metrics === null
      ? metrics
      : Object.values(Object(metrics)).find((one) => typeof one !== "function");
  if (wrong !== undefined) refuse(where, "metrics by name", wrong, "write metrics: { accuracy }");
}

/** Refuses data whose tensors are gone. */
function expectThere(where: string, name: string, data: Dataset): void {
  if (!data.x.isDisposed && !data.y.isDisposed) return;
  throw new RangeError(
    `${where}: expected ${name} that are there, received some that were disposed: dispose them when all is done.`,
  );
}

/** Refuses weights that the loss would not look at. */
function expectWeighing(where: string, loss: unknown, data: unknown): void {
  if ((data as Dataset).weights === undefined) return;
  const { value, gradient } = loss as Loss;
  if (value.length > 2 && gradient.length > 2) return;
  throw new TypeError(
    `${where}: expected a loss that takes weights, since the data have some, received one that does not: give its value and gradient a third argument, weights [batch], and multiply the terms by it.`,
  );
}

/**
 * Refuses arguments of a training run of another kind. Lets one example through a model in which inputs were left out, so that
 * all parameters are there.
 */
export function expectTraining(where: string, model: unknown, data: unknown, options: Given | undefined): void {
  expectEvaluation(where, model, data, options);
  const { optimizer, regularizers = [], augment } = options ?? {};
  if (augment !== undefined && typeof augment !== "function") {
    refuse(where, "a function as augment", augment, "write augment: (x, draw) => …");
  }
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

/** Refuses the rest of what `fit` is told where it is of another kind. */
export function expectRun(where: string, options: Given): void {
  const { loss, validation, callbacks = [], shuffle, history, progress, compile = true, jit = false } = options;
  if (validation !== undefined && !(validation instanceof Dataset)) {
    refuse(where, "a Dataset as validation", validation, "write validation: new Dataset(x, y)");
  }
  if (validation !== undefined) {
    expectThere(where, "validation data", validation);
    expectWeighing(where, loss, validation);
  }
  if (!Array.isArray(callbacks))
    refuse(where, "a list of callbacks", callbacks, "write callbacks: [new EarlyStopping()]");
  for (const one of callbacks as unknown[]) {
    if (events.some((event) => hasFunctions(one, event))) continue;
    refuse(
      where,
      `a callback with one of the events ${events.join(", ")}`,
      one,
      "write callbacks: [{ epochEnd() { … } }]",
    );
  }
  if (shuffle !== false) expectRandom(where, "shuffle", shuffle);
  if (history !== undefined && !isHistory(history)) refuse(where, "a history", history, "write history: newHistory()");
  if (progress !== undefined && typeof progress !== "string")
    refuse(where, "a label as progress", progress, 'write progress: "my model"');
  if (typeof compile !== "boolean") refuse(where, "compile true or false", compile, "leave it out for true");
  if (typeof jit !== "boolean") refuse(where, "jit true or false", jit, "leave it out for false");
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
