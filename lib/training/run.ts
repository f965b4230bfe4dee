/** Run: one run of `fit` under way: what it was told, how far it is, what is due, and the callbacks that look at it. */
import { setImmediate } from "node:timers/promises";
import { type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import type { Layer } from "../layers/layer.js";
import type { Metric } from "../metrics.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { BatchOptions, Dataset } from "./dataset.js";
import type { History } from "./history.js";
import type { Progress } from "./progress.js";
import { modelVariables } from "./states.js";
import type { StepOptions } from "./step-options.js";

/**
 * `shuffle` is here by default the stream governed by `seed`. Of `epochs` and `steps` exactly one is given; a history that is
 * continued counts toward it.
 */
export interface FitOptions<Name extends string = string> extends StepOptions, BatchOptions {
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
  metrics?: Record<Name, Metric>;
  callbacks?: readonly Callback[];
  /** A history to append to, so that it is not lost when the run is interrupted, and to continue from. Default a new one. */
  history?: History<Name>;
  /** A label: shows a progress bar under it. */
  progress?: string;
  /**
   * Whether steps and evaluations run as graphs, many to a call, where the engine has graphs. Default true. With false they run
   * operation by operation, with the same outcome up to rounding: to look into a layer with a debugger or `console.log`.
   */
  compile?: boolean;
  /**
   * Whether XLA, TensorFlow's own compiler, makes machine code of the graphs. Default false: compiling takes .3 to 1.5 s for
   * each kind of run, which pays after some thousands of steps; convolutions are slower with it (figures: README, "jit"). The outcome is that without up to rounding:
   * sums add up in another order; dropout draws the same masks, and runs with and without continue each other. What XLA cannot
   * compile is said once, by the operation's name, and runs as with false, as does everything on WebAssembly.
   */
  jit?: boolean;
  /**
   * Every so many steps, from the first on, the step is computed both ways, operation by operation and as a graph, and the run ends
   * with an error where they differ by more than rounding: it names the first output of a layer, gradient or update that does. Slow:
   * to try a layer, loss, regularizer or optimizer of one's own. Default never. Does nothing where steps are not graphs.
   */
  verify?: number;
}

/** What `fit` takes, but for callbacks and a history to be continued: what `fitAll` is told of each of its networks. */
export type FitAllOptions<Name extends string = string> = Omit<FitOptions<Name>, "callbacks" | "history">;

/** The arguments of `fit` for one of the networks of `fitAll`. */
export type FitArguments<Name extends string = string> = readonly [
  model: Layer,
  data: Dataset,
  options: FitAllOptions<Name>,
];

/**
 * Functions to be called at events of a run, all optional; what they return is awaited. The validation events come only with
 * validation data, and before the `epochEnd` of the epoch that they close. An error thrown ends the run.
 */
export interface Callback {
  /**
   * A promise that it only looks, and changes no value that training computes with (parameters and the learning rate it may). After
   * other callbacks the graphs are compared with the values of now, which takes about a millisecond for a small network.
   */
  readonly onlyLooks?: boolean;
  /**
   * A promise of its `valEnd` to look at `run.history` alone, and to have the model's values from `run.copyModel()`: steps that come
   * later may then be computed already, in the same native call.
   */
  readonly followsHistory?: boolean;
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

/** What callbacks can listen to. */
export type RunEvent = Exclude<keyof Callback, "onlyLooks" | "followsHistory">;

/** How long a run computes, in ms, before other work of the process (an interrupt, a timer) has its turn. */
export const turnMs = 20;

/** Throws when the notebook's cell was interrupted; a kernel that knows this name puts `check` there. */
export const checkInterrupt = () => {
  const { [Symbol.for("gradbook.interrupt")]: kernel } = globalThis as Record<symbol, { check?(): void } | undefined>;
  kernel?.check?.();
};

/** How far a run is. Its history says so. */
export type Place = Pick<History, "epoch" | "batch" | "step">;

/** Counts a step; `endEpoch` counts an epoch whose batches are all taken. */
export function endStep(place: Place): void {
  place.step += 1;
  place.batch += 1;
}

export function endEpoch(place: Place): void {
  place.epoch += 1;
  place.batch = 0;
}

/** The run under way: what it works on, how far it is, and how to end it. */
export class Run {
  /** Loss of the last batch; NaN before the first. */
  loss = Number.NaN;
  /** How often other code has had its turn, callbacks and timers: it may have changed any value. */
  turns = 0;
  /** Who may have computed more than the history tells of. */
  ahead?: { copyModel(): [Variable, Tensor][] };
  #looked = performance.now();
  #isStopped = false;
  #isInterrupted = false;

  /** Made by `fit`, which has checked the options. */
  constructor(
    readonly model: Layer,
    readonly data: Dataset,
    readonly options: FitOptions,
    /** What happened so far; `history.epoch` and `history.step` count what is done. */
    readonly history: History,
    readonly progress?: Progress,
  ) {}

  get optimizer(): Optimizer {
    return this.options.optimizer;
  }

  get validation(): Dataset | undefined {
    return this.options.validation;
  }

  /** Ends the run after the step, validation or epoch that is under way. */
  stopFit(): void {
    this.#isStopped = true;
  }

  /** Ends the run with an error after the step that is under way. */
  interrupt(): void {
    this.#isInterrupted = true;
  }

  /** Throws when the run, or the notebook's cell, was interrupted. */
  checkInterrupt(): void {
    checkInterrupt();
    if (!this.#isInterrupted) return;
    throw new Error(
      `fit: expected to train on, received an interrupt after step ${this.history.step}: call fit again with the same history to continue.`,
    );
  }

  /** Whether the run ends at `place`: by `stopFit`, or because all epochs or steps are done. */
  isOver({ epoch, step }: Place = this.history): boolean {
    const { epochs = Number.POSITIVE_INFINITY, steps = Number.POSITIVE_INFINITY } = this.options;
    return this.#isStopped || epoch >= epochs || step >= steps;
  }

  /** Whether the history gets an entry at `place`; the last step gets one in any case. */
  isEntryDue({ epoch, batch, step }: Place = this.history): boolean {
    const { valEpochs = 1, valSteps = 0 } = this.options;
    return valSteps > 0 ? step % valSteps === 0 : batch === 0 && epoch % valEpochs === 0;
  }

  /** Steps taken since the last entry of the history. */
  get stepsSinceEntry(): number {
    return this.history.step - (this.history.steps.at(-1) ?? 0);
  }

  /** The values of the model's parameters and buffers at this point of the run; the caller disposes them. */
  copyModel(): [Variable, Tensor][] {
    if (this.ahead) return this.ahead.copyModel();
    return modelVariables(this.model).map((variable) => [variable, tf.keep(tf.clone(variable))]);
  }

  /** Whether a callback listens to one of `events`. */
  hears(...events: RunEvent[]): boolean {
    return (this.options.callbacks ?? []).some((callback) => events.some((event) => callback[event]));
  }

  /** Calls the callbacks that listen to `event`, one after the other. */
  async emit(event: RunEvent): Promise<void> {
    for (const callback of this.options.callbacks ?? []) {
      if (!callback[event]) continue;
      await callback[event](this);
      if (!callback.onlyLooks) this.turns += 1;
    }
  }

  /**
   * Lets timers and whoever else waits for the process do their work. What they change is looked for once a second: to look through
   * a deep network's graph takes some ms, which 40 times a second would be felt.
   */
  async giveTurn(): Promise<void> {
    await setImmediate();
    const now = performance.now();
    if (now - this.#looked < 1000) return;
    this.#looked = now;
    this.turns += 1;
  }
}
