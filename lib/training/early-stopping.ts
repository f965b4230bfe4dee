/** Early stopping: ends a run when validation brings no improvement any more, and restores the best parameters. */

import { type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { expectOptions } from "../checks/expect-options.js";
import type { Callback, Run } from "./run.js";

/** When a run is ended, and with which parameters. */
export interface EarlyStoppingOptions {
  /** Validations in a row without a lower `valLoss` after which the run ends; a positive integer. Default 10. */
  patience?: number;
  /** The first validations, which do not count toward `patience`. Default 0. */
  start?: number;
  /** Gives the model its best parameters and buffers back when the run ends, by whatever reason. Default true. */
  restoreBest?: boolean;
}

/**
 * A callback of `fit`: stops after validation k when k − max(best, start) ≥ patience, `best` being the number of the validation
 * with the lowest loss. (Prechelt 1998, "Early stopping – but when?", third class of criteria.) Ties and NaN are no improvement.
 *
 * @example
 * ```ts
 * import { Dataset, Dense, EarlyStopping, fit, meanSquaredError, seed, SGD, tf } from "gradbook";
 *
 * seed(0);
 * const x = tf.linspace(-1, 1, 64).reshape([64, 1]);
 * const data = new Dataset(x, tf.mul(x, 3));
 * const stop = new EarlyStopping({ patience: 5 });
 * const options = { loss: meanSquaredError(), optimizer: new SGD({ learningRate: 0.2 }), validation: data };
 * const history = await fit(new Dense(1, 1), data, { ...options, epochs: 5000, callbacks: [stop] });
 * console.log(history.epoch < 5000); // true
 * ```
 */
export class EarlyStopping implements Callback {
  readonly patience: number;
  readonly start: number;
  readonly restoreBest: boolean;
  /** Lowest `valLoss` so far; Infinity before the first validation. */
  bestLoss = Number.POSITIVE_INFINITY;
  /** Steps taken when it was reached. */
  bestStep = 0;
  #validations = 0;
  #best = 0;
  #values: [Variable, Tensor][] = [];

  constructor(options: EarlyStoppingOptions = {}) {
    expectOptions("EarlyStopping", options, ["patience", "start", "restoreBest"]);
    const { patience = 10, start = 0, restoreBest = true } = options;
    expectNumbers("EarlyStopping", "to be a positive integer", { patience });
    if (!Number.isInteger(start) || start < 0) {
      throw new RangeError(`EarlyStopping: expected start to be an integer of at least 0, received ${start}.`);
    }
    this.patience = patience;
    this.start = start;
    this.restoreBest = restoreBest;
  }

  /** A subclass may do what it likes. */
  get onlyLooks(): boolean {
    return this.constructor === EarlyStopping && this.valEnd === EarlyStopping.prototype.valEnd;
  }

  get followsHistory(): boolean {
    return this.onlyLooks;
  }

  fitStart({ validation }: Run): void {
    if (!validation) throw new Error("EarlyStopping: expected validation data in the options of fit, received none.");
  }

  valEnd(run: Run): void {
    this.#validations += 1;
    const loss = run.history.valLoss.at(-1)!;
    if (loss < this.bestLoss) {
      this.bestLoss = loss;
      this.bestStep = run.history.step;
      this.#best = this.#validations;
      if (this.restoreBest) this.#keep(run);
    } else if (this.#validations - Math.max(this.#best, this.start) >= this.patience) run.stopFit();
  }

  fitEnd(): void {
    for (const [variable, value] of this.#values) variable.assign(value);
    this.dispose();
  }

  /** Frees the kept copies; only needed after a run that an error has ended. */
  dispose(): void {
    tf.dispose(this.#values.map(([, value]) => value));
    this.#values = [];
  }

  #keep(run: Run): void {
    this.dispose();
    this.#values = run.copyModel();
  }
}
