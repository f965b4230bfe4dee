/** Run: one run of `fit` under way, what it was told, and the callbacks that look at it. */
import type { Layer } from "../layers/layer.js";
import type { Metric } from "../metrics.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { BatchOptions, Dataset } from "./dataset.js";
import { type Evaluation, Evaluator } from "./evaluate.js";
import type { History } from "./history.js";
import type { Progress } from "./progress.js";
import { Steps } from "./steps.js";
import type { StepOptions } from "./train-step.js";
import { UpcomingRows } from "./upcoming-rows.js";

/**
 * `shuffle` is here by default the stream governed by `seed`. Of `epochs` and `steps` exactly one is given; a history that is
 * continued counts toward it.
 */
export interface FitOptions extends StepOptions, BatchOptions {
  /** Passes over the data, a positive integer. */
  epochs?: number;
  /** Steps instead of epochs, a positive integer. */
  steps?: number;
  /** Examples that are not trained on. */
  validation?: Dataset;
  /** An entry is made, with validation, after every so many epochs. Default 1. */
  valEpochs?: number;
  /** When above 0: after every so many steps instead, whatever `valEpochs` says. Default 0. */
  valSteps?: number;
  /** Computed for each entry on the whole training and validation data, with `training` false. */
  metrics?: Record<string, Metric>;
  callbacks?: readonly Callback[];
  /** A history to append to, so that it is not lost when the run is interrupted, and to continue from. Default a new one. */
  history?: History;
  /** A label: shows a progress bar under it. */
  progress?: string;
}

/**
 * Functions to be called at events of a run, all optional; what they return is awaited. The validation events come only with
 * validation data, and before the `epochEnd` of the epoch that they close. An error thrown ends the run.
 */
export interface Callback {
  fitStart?(run: Run): unknown;
  epochStart?(run: Run): unknown;
  batchStart?(run: Run): unknown;
  batchEnd?(run: Run): unknown;
  valStart?(run: Run): unknown;
  valEnd?(run: Run): unknown;
  /** Not called for an epoch that was cut short. */
  epochEnd?(run: Run): unknown;
  /** When the run ends by itself or by `stopFit`, not by an error. */
  fitEnd?(run: Run): unknown;
}

/** How long a run computes, in ms, before other work of the process (an interrupt, a timer) has its turn. */
export const turnMs = 20;

/** Throws when the notebook's cell was interrupted; a kernel that knows this name puts `check` there. */
export const checkInterrupt = () => {
  const { [Symbol.for("gradbook.interrupt")]: kernel } = globalThis as Record<symbol, { check?(): void } | undefined>;
  kernel?.check?.();
};

/** The run under way: what it works on, how far it is, and how to end it. */
export class Run {
  /** Loss of the last batch; NaN before the first. */
  loss = Number.NaN;
  readonly #evaluator: Evaluator;
  #turn = performance.now();
  #stopped = false;
  #interrupted = false;

  /** Made by `fit`, which has checked the options. */
  constructor(
    readonly model: Layer,
    readonly data: Dataset,
    readonly options: FitOptions,
    /** What happened so far; `history.epoch` and `history.step` count what is done. */
    readonly history: History,
    readonly progress?: Progress,
  ) {
    const { loss, metrics } = options;
    this.#evaluator = Evaluator.of(model, { loss, metrics });
  }

  get optimizer(): Optimizer {
    return this.options.optimizer;
  }

  get validation(): Dataset | undefined {
    return this.options.validation;
  }

  /** Ends the run after the step, validation or epoch that is under way. */
  stopFit(): void {
    this.#stopped = true;
  }

  /** Ends the run with an error after the step that is under way. */
  interrupt(): void {
    this.#interrupted = true;
  }

  /** The loop. */
  async train(): Promise<void> {
    const steps = Steps.of(this.model, this.options);
    try {
      await this.#train(steps);
    } finally {
      steps.rest();
    }
  }

  async #train(steps: Steps): Promise<void> {
    const { data, options, history } = this;
    const { valSteps = 0, callbacks = [] } = options;
    const batchCount = data.batchCount(options);
    const rows = new UpcomingRows(data, options);
    const watched = callbacks.some(({ batchStart, batchEnd }) => batchStart ?? batchEnd);
    const spans = this.#nobodySeesEpochs();
    await this.#emit("fitStart");
    if (!this.#isOver()) this.#prepare(steps, rows.sizes);
    while (!this.#isOver()) {
      await this.#emit("epochStart");
      while (history.batch < batchCount) {
        if (watched) await this.#emit("batchStart");
        const most = watched ? 1 : Math.min(steps.pace, this.#stepsToStop(valSteps));
        for (const loss of Array.from(steps.take(data, rows.next(history, most, spans)))) {
          if (history.batch === batchCount) await this.#endEpoch();
          this.loss = loss;
          history.lossSum += loss;
          history.batch += 1;
          history.step += 1;
        }
        if (watched) await this.#emit("batchEnd");
        if (valSteps > 0 && history.step % valSteps === 0) await this.#record();
        if (performance.now() - this.#turn > turnMs) await this.#giveTurn();
        if (this.#isOver()) break;
      }
      if (history.batch === batchCount) await this.#endEpoch();
    }
    if (this.#stepsSinceEntry > 0) await this.#record();
    await this.#emit("fitEnd");
  }

  /** Makes the graphs of the run before the first one is loaded, so that all are loaded at once. */
  #prepare(steps: Steps, sizes: readonly number[]): void {
    const { data, options, validation } = this;
    steps.prepare(data, sizes);
    if (Object.keys(options.metrics ?? {}).length > 0) this.#evaluator.prepare(data);
    if (validation) this.#evaluator.prepare(validation);
  }

  async #endEpoch(): Promise<void> {
    const { history } = this;
    const { valEpochs = 1, valSteps = 0 } = this.options;
    history.epoch += 1;
    history.batch = 0;
    if (valSteps === 0 && history.epoch % valEpochs === 0) await this.#record();
    await this.#emit("epochEnd");
  }

  /** Whether the ends of epochs may be made up for after steps of the next: nobody looks at the model, or acts, there. */
  #nobodySeesEpochs(): boolean {
    const { validation, metrics = {}, callbacks = [] } = this.options;
    return (
      validation === undefined &&
      Object.keys(metrics).length === 0 &&
      callbacks.length === 0 &&
      this.optimizer.schedules.every(({ observe }) => observe === undefined)
    );
  }

  /** So many steps until the run ends or an entry is due. */
  #stepsToStop(valSteps: number): number {
    const { step } = this.history;
    const { steps = Number.POSITIVE_INFINITY } = this.options;
    return Math.min(steps - step, valSteps > 0 ? valSteps - (step % valSteps) : steps);
  }

  get #stepsSinceEntry(): number {
    return this.history.step - (this.history.steps.at(-1) ?? 0);
  }

  #isOver(): boolean {
    checkInterrupt();
    if (this.#interrupted) {
      throw new Error(
        `fit: expected to train on, received an interrupt after step ${this.history.step}: call fit again with the same history to continue.`,
      );
    }
    const { epochs = Number.POSITIVE_INFINITY, steps = Number.POSITIVE_INFINITY } = this.options;
    return this.#stopped || this.history.epoch >= epochs || this.history.step >= steps;
  }

  async #emit(event: keyof Callback): Promise<void> {
    for (const callback of this.options.callbacks ?? []) await callback[event]?.(this);
  }

  /** Makes an entry of the history, all of it at once. */
  async #record(): Promise<void> {
    const { data, options, history, validation } = this;
    const metrics = Object.keys(options.metrics ?? {});
    const trained = metrics.length > 0 ? this.#evaluator.evaluate(data) : undefined;
    if (validation) await this.#emit("valStart");
    const validated = validation && this.#evaluator.evaluate(validation);
    const append = (lists: Record<string, number[]>, { metrics: values }: Evaluation) => {
      for (const name of metrics) lists[name]!.push(values[name]!);
    };
    history.loss.push(history.lossSum / this.#stepsSinceEntry);
    history.lossSum = 0;
    history.steps.push(history.step);
    if (trained) append(history.metrics, trained);
    if (validated) {
      history.valLoss.push(validated.loss);
      append(history.valMetrics, validated);
      history.valPredictions = Array.from(validated.predictions);
    }
    this.optimizer.observe((validated ? history.valLoss : history.loss).at(-1)!);
    this.#report();
    if (validation) await this.#emit("valEnd");
  }

  #report(): void {
    const { epoch, step, loss, valLoss } = this.history;
    const text = (name: string, values: number[]) =>
      values.length > 0 ? [`${name} ${values.at(-1)!.toPrecision(4)}`] : [];
    const done = this.options.steps === undefined ? epoch : step;
    this.progress?.update(done, [...text("loss", loss), ...text("valLoss", valLoss)].join(" "));
  }

  async #giveTurn(): Promise<void> {
    this.#report();
    await new Promise(setImmediate);
    this.#turn = performance.now();
  }
}
