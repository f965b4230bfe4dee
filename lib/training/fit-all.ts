/** Fit all: many networks of one shape trained at once, as `fit` would train them one after the other. */
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { announce } from "gradbook-engine/compile/announce";
import { TraceError } from "gradbook-engine/compile/trace-error";
import { nextRandom } from "gradbook-engine/random";
import { engine } from "gradbook-engine/tensor";
import { shown } from "../checks/shown.js";
import { expectRun, expectTraining } from "./arguments.js";
import { CommonSteps } from "./common-steps.js";
import { fit as fitOne } from "./fit.js";
import { type History, newHistory, prepareHistory } from "./history.js";
import { Progress } from "./progress.js";
import { checkInterrupt, type FitArguments, type FitOptions, turnMs } from "./run.js";
import { threads } from "./threads.js";

/**
 * Trains several networks of the same shape at once, and returns the history of each: what
 * `for (const run of runs) histories.push(await fit(...run))` does. Small networks become one TensorFlow graph in which a product
 * of matrices is a batched product for all of them, and take little more time than one; of large ones each processor trains one,
 * until none is left. The folds of a cross-validation, several seeds, a search over learning rates or scales of initial weights.
 *
 *     const histories = await fitAll(folds.map((fold) => [model(), train(fold), { ...options, validation: held(fold) }]));
 *
 * Models, losses, optimizers and regularizers are each network's own and may differ in their numbers (weights, learning rates,
 * schedules, dropout rates, seeds), not in kind. Data sets may differ, but have the same length, and so have validation sets;
 * epochs, steps, batch size, metrics and `jit` are the same. Results are those of `fit` up to the rounding of sums. Where the networks
 * cannot be stacked (an operation without a rule, WebAssembly), they are trained one after the other, which is said once.
 *
 * The progress bar has the label of the first of those that train at once. SIGINT ends the training between two steps; the models
 * keep what they learned.
 * @throws RangeError where the options differ in what has to be the same, and for all that `fit` refuses
 *
 * @example
 * ```ts
 * import { Dataset, Dense, fitAll, meanSquaredError, SGD, tf } from "gradbook";
 *
 * const x = tf.tensor2d([[0], [1], [2], [3]]);
 * const data = new Dataset(x, tf.mul(x, 2));
 * const runs = [0.05, 0.1].map((learningRate) => {
 *   const options = { loss: meanSquaredError(), optimizer: new SGD({ learningRate }), epochs: 50 };
 *   return [new Dense(1, 1), data, options] as const;
 * });
 * const histories = await fitAll(runs.map(([model, data, options]) => [model, data, options]));
 * console.log(histories.map(({ loss }) => loss.at(-1)! < 0.1).join(", ")); // true, true
 * ```
 */
export async function fitAll<Name extends string = never>(
  given: readonly FitArguments<Name>[],
): Promise<History<Name>[]> {
  const runs = given as readonly FitArguments[];
  const lists: readonly unknown[] = [runs, ...(Array.isArray(runs) ? runs : [])];
  if (!lists.every(Array.isArray)) {
    throw new TypeError(
      `fitAll: expected a list of [model, data, options], received ${shown(runs)}: write fitAll([[model, data, options], …]).`,
    );
  }
  if (runs.length === 0) return [];
  checkSame(runs);
  if (engine.name !== "native") {
    announce(`fitAll trains one network after the other on ${engine.description}.`);
    return (await oneByOne(runs)) as History<Name>[];
  }
  const withOrder = runs.map(([model, data, options]): FitArguments => {
    return [model, data, { ...options, shuffle: options.shuffle ?? nextRandom() }];
  });
  const histories: History[] = [];
  for (const stacks of together(withOrder)) histories.push(...(await inStep(stacks)));
  return histories as History<Name>[];
}

/** From so many multiplications on, a product of matrices keeps a thread busy for longer than it takes to start it. */
const largeProduct = 2 ** 17;

/** What trains at once: small networks as one stack; of large ones as many as there are threads, a stack of one for each. */
function together(runs: readonly FitArguments[]): FitArguments[][][] {
  const areLarge = runs.some(([model, , { batchSize = 32 }]) =>
    [...model.parameters].some(([, { value }]) => value.rank > 2 || batchSize * value.size >= largeProduct),
  );
  if (!areLarge) return [[[...runs]]];
  const count = threads();
  return Array.from({ length: Math.ceil(runs.length / count) }, (_, i) =>
    runs.slice(i * count, (i + 1) * count).map((run) => [run]),
  );
}

/** Trains networks in step, or one after the other where that cannot be. */
async function inStep(stacks: readonly (readonly FitArguments[])[]): Promise<History[]> {
  const runs = stacks.flat();
  let steps: CommonSteps;
  try {
    steps = new CommonSteps(stacks);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    announce(`fitAll trains one network after the other: ${error.message}`);
    return oneByOne(runs);
  }
  return train(runs, steps);
}

async function oneByOne(runs: readonly FitArguments[]): Promise<History[]> {
  const histories: History[] = [];
  for (const run of runs) histories.push(await fitOne(...run));
  return histories;
}

/** Refuses runs that cannot go in step. */
function checkSame(runs: readonly FitArguments[]): void {
  const told = runs.map(([model, data, options]) => {
    expectTraining("fitAll", model, data, options);
    const { callbacks, history }: Partial<FitOptions> = options;
    if (callbacks !== undefined || history !== undefined) {
      const received = callbacks === undefined ? "history" : "callbacks";
      throw new TypeError(`fitAll: expected options without callbacks and history, received ${received}: use fit.`);
    }
    expectRun("fitAll", options);
    const { epochs, steps, valEpochs = 1, valSteps = 0, metrics = {}, validation, replacement = false } = options;
    const { jit = false } = options;
    if ((epochs === undefined) === (steps === undefined)) {
      const received = epochs === undefined ? "neither" : "both";
      throw new RangeError(`fitAll: expected either epochs or steps in the options, received ${received}.`);
    }
    data.checkFinite("training data");
    validation?.checkFinite("validation data");
    return {
      "number of examples": data.length,
      "batch size": options.batchSize ?? 32,
      "number of batches": data.batchCount({ ...options, shuffle: options.shuffle ?? false, replacement: false }),
      replacement,
      epochs,
      steps,
      valEpochs,
      valSteps,
      jit,
      metrics: Object.keys(metrics).join(),
      "kind of weights": data.weights ? "some" : "none",
      "kind of validation weights": validation?.weights ? "some" : "none",
      "number of validation examples": validation?.length,
    };
  });
  for (const one of told) {
    for (const [what, value] of Object.entries(one)) {
      const expected = told[0]![what as keyof (typeof told)[0]];
      if (value === expected) continue;
      throw new RangeError(`fitAll: expected the same ${what} for all networks, received ${expected} and ${value}.`);
    }
  }
}

/** The loop of `fit`, for all networks in step. */
async function train(runs: readonly FitArguments[], steps: CommonSteps): Promise<History[]> {
  const [, data, options] = runs[0]!;
  const { epochs = Number.POSITIVE_INFINITY, steps: all = Number.POSITIVE_INFINITY, batchSize = 32 } = options;
  const { valEpochs = 1, valSteps = 0, metrics = {}, validation, progress } = options;
  const batchCount = data.batchCount(options);
  const histories = runs.map(() => {
    const history = newHistory();
    prepareHistory(history, Object.keys(metrics), validation !== undefined);
    return history;
  });
  const bar = progress === undefined ? undefined : new Progress(progress, options.epochs ?? all);
  let [step, recorded, turn, isInterrupted] = [0, 0, performance.now(), false];
  const interrupt = () => {
    isInterrupted = true;
  };
  const begin = performance.now();
  /** Of the last validation. */
  const predictions: Float32Array[] = [];

  const record = () => {
    for (const [k, scores] of steps.evaluate().entries()) {
      const history = histories[k]!;
      history.loss.push(history.lossSum / (step - recorded));
      history.lossSum = 0;
      history.steps.push(step);
      for (const name of Object.keys(metrics)) {
        history.metrics[name]!.push(scores.metrics[name]!);
        if (scores.validation) history.valMetrics[name]!.push(scores.validation.metrics[name]!);
      }
      if (scores.validation) {
        history.valLoss.push(scores.validation.loss);
        predictions[k] = scores.validation.predictions;
      }
      runs[k]![2].optimizer.observe((scores.validation ? history.valLoss : history.loss).at(-1)!);
    }
    recorded = step;
  };

  process.on("SIGINT", interrupt);
  try {
    for (let epoch = 0; epoch < epochs && step < all; epoch++) {
      const orders = runs.map(([, own, ownOptions]) => own.order(ownOptions, epoch));
      for (let batch = 0; batch < batchCount && step < all; ) {
        checkInterrupt();
        if (isInterrupted) throw new Error(`fitAll: expected to train on, received an interrupt after step ${step}.`);
        const toStop = Math.min(all - step, valSteps > 0 ? valSteps - (step % valSteps) : batchCount);
        const losses = steps.take(orders, batch * batchSize, Math.min(toStop, batchCount - batch));
        for (const [k, history] of histories.entries()) {
          for (const loss of losses[k]!) history.lossSum += loss;
        }
        batch += losses[0]!.length;
        step += losses[0]!.length;
        for (const history of histories) Object.assign(history, { step, epoch, batch });
        if (valSteps > 0 && step % valSteps === 0) record();
        if (performance.now() - turn > turnMs) {
          bar?.update(
            options.epochs ? epoch : step,
            `loss ${(histories[0]!.loss.at(-1) ?? Number.NaN).toPrecision(4)}`,
          );
          await setImmediate();
          turn = performance.now();
        }
        if (batch < batchCount) continue;
        for (const history of histories) Object.assign(history, { epoch: epoch + 1, batch: 0 });
        if (valSteps === 0 && (epoch + 1) % valEpochs === 0) record();
      }
    }
    if (step > recorded) record();
  } finally {
    process.off("SIGINT", interrupt);
    steps.end();
    bar?.end();
    for (const [k, history] of histories.entries()) {
      history.valPredictions = Array.from(predictions[k] ?? []);
      history.seconds = (performance.now() - begin) / 1000;
    }
  }
  return histories;
}
