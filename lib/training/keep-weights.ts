/** Keep weights: a model as it was after earlier epochs, to go back to one of them. */
import { type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import { expectNumbers } from "../checks/expect-numbers.js";
import { expectOptions } from "../checks/expect-options.js";
import type { Callback, Run } from "./run.js";

/** What is kept. */
export interface KeepWeightsOptions {
  /** Every so many epochs the model is kept; a positive integer. Default 1. */
  every?: number;
  /** So many times at most, the last ones; a positive integer. Default 10. */
  most?: number;
}

/**
 * A callback of `fit` that copies the model's parameters and buffers after epochs:
 *
 *     const kept = new KeepWeights();
 *     await fit(model, data, { ...options, epochs: 20, callbacks: [kept] });
 *     kept.restore(17); // the model as it was after 17 epochs
 *
 * To end with the best ones by itself is what `EarlyStopping` does.
 *
 * @example
 * ```ts
 * import { Dataset, Dense, fit, KeepWeights, meanSquaredError, SGD, tf } from "gradbook";
 *
 * const x = tf.tensor2d([[0], [1], [2], [3]]);
 * const kept = new KeepWeights({ every: 10 });
 * const options = { loss: meanSquaredError(), optimizer: new SGD({ learningRate: 0.1 }), callbacks: [kept] };
 * await fit(new Dense(1, 1), new Dataset(x, tf.mul(x, 2)), { ...options, epochs: 30 });
 * kept.restore(20); // the model as it was after 20 epochs
 * console.log(kept.epochs); // [ 10, 20, 30 ]
 * ```
 */
export class KeepWeights implements Callback {
  readonly onlyLooks = true;
  readonly every: number;
  readonly most: number;
  readonly #kept = new Map<number, [Variable, Tensor][]>();

  constructor(options: KeepWeightsOptions = {}) {
    const { every = 1, most = 10 } = expectOptions("KeepWeights", options, ["every", "most"]);
    expectNumbers("KeepWeights", "to be a positive integer", { every, most });
    this.every = every;
    this.most = most;
  }

  /** After how many epochs the model was as it is kept, in order. */
  get epochs(): number[] {
    return [...this.#kept.keys()];
  }

  /** Another run begins: what was kept of the one before goes. */
  fitStart(run: Run): void {
    if (run.history.step === 0) this.dispose();
  }

  epochEnd(run: Run): void {
    const { epoch } = run.history;
    if (epoch % this.every > 0) return;
    this.#forget(epoch);
    this.#kept.set(epoch, run.copyModel());
    for (const old of this.epochs.slice(0, -this.most)) this.#forget(old);
  }

  /** Gives the model what it was after so many epochs; the copy stays. @throws RangeError for an epoch that is not kept */
  restore(epoch: number): void {
    const values = this.#kept.get(epoch);
    if (!values) {
      throw new RangeError(
        `KeepWeights: expected an epoch that is kept (${this.epochs.join(", ") || "none"}), received ${epoch}.`,
      );
    }
    for (const [variable, value] of values) variable.assign(value);
  }

  /** Frees the copies. */
  dispose(): void {
    for (const epoch of this.epochs) this.#forget(epoch);
  }

  #forget(epoch: number): void {
    tf.dispose((this.#kept.get(epoch) ?? []).map(([, value]) => value));
    this.#kept.delete(epoch);
  }
}
