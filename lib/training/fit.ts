/** Fit: trains a model. It checks what it is told, and chooses who computes what the training loop asks for. */
import process from "node:process";
import { announce } from "gradbook-engine/compile/announce";
import { nextRandom } from "gradbook-engine/random";
import { engine } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import type { Layer } from "../layers/layer.js";
import { expectRun, expectTraining } from "./arguments.js";
import type { Dataset } from "./dataset.js";
import { GraphRunner } from "./graph-runner.js";
import { type History, newHistory, prepareHistory } from "./history.js";
import "./predictor.js";
import { Progress } from "./progress.js";
import { type FitOptions, Run } from "./run.js";
import { PlainRunner } from "./runner.js";
import { train } from "./training-loop.js";

/**
 * Trains `model` on `data` and returns what happened. An entry of the history is made after every `valEpochs` epochs or
 * `valSteps` steps, and one after the last step.
 *
 * To continue a run that an error or an interrupt has ended, or to train further, call `fit` again with the same model,
 * optimizer, `shuffle` seed, batch size and `history`: it goes on with the next batch, and the outcome is the same, to the bit,
 * as without the break. SIGINT (Ctrl+C, or a notebook's interrupt) ends a run between two steps.
 * @throws RangeError for options that make no sense and for NaN or infinite numbers in the data; Error after SIGINT
 *
 * @example
 * ```ts
 * import { Adam, Dataset, Dense, fit, meanSquaredError, ReLU, seed, Sequential, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const model = new Sequential(new Dense(1, 8), new ReLU(), new Dense(8, 1));
 * const optimizer = new Adam({ learningRate: 0.01 });
 * const history = await fit(model, data, { loss: meanSquaredError(), optimizer, epochs: 100, batchSize: 16 });
 * console.log(history.loss.length, history.loss.at(-1)! < 0.01); // 100 true
 * ```
 */
export async function fit<Name extends string = never>(
  model: Layer,
  data: Dataset,
  given: FitOptions<Name>,
): Promise<History<Name>> {
  const options = given as FitOptions;
  expectTraining("fit", model, data, options);
  expectRun("fit", options);
  const { epochs, steps, validation, metrics = {}, history = newHistory(), valEpochs, valSteps } = options;
  const { progress, compile = true, jit = false, verify } = options;
  if ((epochs === undefined) === (steps === undefined)) {
    const received = epochs === undefined ? "neither" : "both";
    throw new RangeError(`fit: expected either epochs or steps in the options, received ${received}.`);
  }
  expectNumbers("fit", "to be a positive integer", {
    epochs,
    steps,
    valEpochs,
    valSteps: valSteps || undefined,
    verify,
  });
  const all = { ...options, shuffle: options.shuffle ?? nextRandom() };
  const batches = data.batchCount(all);
  if (history.batch > batches) {
    throw new RangeError(
      `fit: expected the batch size of the history to be continued, received one with ${batches} batches an epoch of which ${history.batch} are already done.`,
    );
  }
  prepareHistory(history, Object.keys(metrics), validation !== undefined);
  data.checkFinite("training data");
  validation?.checkFinite("validation data");

  const bar = progress === undefined ? undefined : new Progress(progress, epochs ?? steps!);
  if (jit && engine.name !== "native") announce(`fit trains without jit on ${engine.description}, which has no XLA.`);
  const run = new Run(model, data, all, history, bar);
  const runner = engine.name === "native" && compile ? new GraphRunner(run) : new PlainRunner(run);
  const interrupt = () => run.interrupt();
  const begin = performance.now();
  process.on("SIGINT", interrupt);
  try {
    await train(run, runner);
  } finally {
    runner.end();
    process.off("SIGINT", interrupt);
    history.seconds += (performance.now() - begin) / 1000;
    bar?.end();
  }
  return history as History<Name>;
}
