/** Fit: the training loop. One step is forward, loss, backward, update; an epoch is one pass over the data. */
import type { Layer } from "../layers/layer.js";
import type { Loss } from "../losses.js";
import type { Metric } from "../metrics.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { nextRandom, type Random } from "../random.js";
import { tf } from "../tensor.js";
import type { Dataset } from "./dataset.js";
import { Progress } from "./progress.js";

export interface FitOptions {
  loss: Loss;
  optimizer: Optimizer;
  /** Passes over the data; a positive integer. */
  epochs: number;
  /** Examples a step; the last batch of an epoch may be smaller. Default 32. */
  batchSize?: number;
  /** Draws a new order of the examples each epoch; `false` keeps the order. Default: the stream governed by `seed`. */
  shuffle?: Random | false;
  /** Examples that are not trained on; `valLoss` and `valMetrics` are computed on them after each epoch. */
  validation?: Dataset;
  /** Computed after each epoch on the whole training and validation data, with `training` false. */
  metrics?: Record<string, Metric>;
  /** A label: shows a progress bar under it. */
  progress?: string;
}

/** One entry per epoch in every list. */
export interface History {
  /** Steps taken when the entry was made. */
  steps: number[];
  /** Mean of the batches' losses in the epoch, before each update. */
  loss: number[];
  /** Loss on the validation data after the epoch; empty without validation data. */
  valLoss: number[];
  metrics: Record<string, number[]>;
  valMetrics: Record<string, number[]>;
  /** Seconds the whole run took. */
  seconds: number;
}

/** One training step; returns the batch's loss before the update. Frees every tensor it makes. */
export function trainStep(
  model: Layer,
  data: Dataset,
  start: number,
  batchSize: number,
  { loss, optimizer }: Pick<FitOptions, "loss" | "optimizer">,
): number {
  return tf.tidy(() => {
    const { x, y } = data.batch(start, batchSize);
    const predictions = model.forward(x, true);
    const value = loss.value(predictions, y);
    model.backward(loss.gradient(predictions, y));
    optimizer.step(model.parameters);
    return value.dataSync()[0]!;
  });
}

/** Loss and metrics of `model` on all of `data`, with `training` false. */
export function evaluate(
  model: Layer,
  data: Dataset,
  { loss, metrics = {} }: Pick<FitOptions, "loss" | "metrics">,
): { loss: number; metrics: Record<string, number> } {
  return tf.tidy(() => {
    const predictions = model.forward(data.x, false);
    const values = Object.entries(metrics).map(([name, metric]) => [name, metric(predictions, data.y).dataSync()[0]!]);
    return { loss: loss.value(predictions, data.y).dataSync()[0]!, metrics: Object.fromEntries(values) };
  });
}

/** Trains `model` on `data` and returns what happened. Gives way to other work between epochs, so it can be interrupted. */
export async function fit(model: Layer, data: Dataset, options: FitOptions): Promise<History> {
  const { epochs, batchSize = 32, shuffle = nextRandom(), validation, metrics = {}, progress } = options;
  for (const [name, value] of Object.entries({ epochs, batchSize })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`fit: expected ${name} to be a positive integer, received ${value}.`);
    }
  }
  const begin = performance.now();
  const bar = progress === undefined ? undefined : new Progress(progress, epochs);
  const lists = () => Object.fromEntries(Object.keys(metrics).map((name) => [name, [] as number[]]));
  const history: History = { steps: [], loss: [], valLoss: [], metrics: lists(), valMetrics: lists(), seconds: 0 };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const examples = shuffle ? data.shuffled(shuffle) : data;
    let sum = 0;
    let steps = 0;
    for (let start = 0; start < data.length; start += batchSize, steps++) {
      sum += trainStep(model, examples, start, batchSize, options);
    }
    if (examples !== data) examples.dispose();
    history.steps.push(epoch * steps);
    history.loss.push(sum / steps);
    const append = (target: Record<string, number[]>, values: Record<string, number>) => {
      for (const [name, value] of Object.entries(values)) target[name]!.push(value);
    };
    if (Object.keys(metrics).length > 0) append(history.metrics, evaluate(model, data, options).metrics);
    if (validation) {
      const result = evaluate(model, validation, options);
      history.valLoss.push(result.loss);
      append(history.valMetrics, result.metrics);
    }
    bar?.update(epoch, `loss ${(sum / steps).toPrecision(4)}`);
    await new Promise(setImmediate);
  }
  history.seconds = (performance.now() - begin) / 1000;
  return history;
}

/** Predictions of `model` for x [examples, …], with `training` false; the caller disposes them. */
export function predict(model: Layer, x: Dataset["x"]): Dataset["x"] {
  return tf.tidy(() => model.forward(x, false));
}
