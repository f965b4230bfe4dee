/**
 * History: what happened in a training run, entry by entry, and how far it came. Plain data: it goes to JSON and back (which
 * turns the NaN of a run that diverged into null), and `fit` continues from it.
 */

import type { Evaluation } from "./evaluation.js";

/** The lists hold one value for each entry; `steps` says when it was made. `Name`: the names of the metrics. */
export interface History<Name extends string = string> {
  /** Steps taken when the entry was made. */
  steps: number[];
  /** Mean of the batches' losses since the entry before, each before its update, penalties of regularizers included. */
  loss: number[];
  /** Loss on the validation data, without penalties; empty without validation data. */
  valLoss: number[];
  /** Metrics on the training data, by name. */
  metrics: Record<Name, number[]>;
  /** Metrics on the validation data, by name. */
  valMetrics: Record<Name, number[]>;
  /** The last validation's predictions, row after row; empty without validation data. */
  valPredictions: number[];
  /** Seconds spent in `fit`. */
  seconds: number;
  /** Epochs completed. */
  epoch: number;
  /** Batches already taken of the epoch that is not completed. */
  batch: number;
  /** Steps taken in all. */
  step: number;
  /** Sum of the losses of the steps since the last entry. */
  lossSum: number;
}

/** The history of a run that has not begun: give it to `fit` to keep it when the run is interrupted. */
export function newHistory<Name extends string = string>(): History<Name> {
  const none = {} as Record<Name, number[]>; // `fit` makes the lists
  const lists = { steps: [], loss: [], valLoss: [], metrics: none, valMetrics: { ...none }, valPredictions: [] };
  return { ...lists, seconds: 0, epoch: 0, batch: 0, step: 0, lossSum: 0 };
}

/** Makes an entry for the steps since the last one, all of it at once. */
export function addEntry(history: History, trained?: Evaluation, validated?: Evaluation): void {
  const append = (lists: Record<string, number[]>, { metrics }: Evaluation) => {
    for (const [name, value] of Object.entries(metrics)) lists[name]!.push(value);
  };
  history.loss.push(history.lossSum / (history.step - (history.steps.at(-1) ?? 0)));
  history.lossSum = 0;
  history.steps.push(history.step);
  if (trained) append(history.metrics, trained);
  if (!validated) return;
  history.valLoss.push(validated.loss);
  append(history.valMetrics, validated);
  history.valPredictions = Array.from(validated.predictions);
}

/** Whether `value`, read from a file, is a history; its numbers may be null, as JSON has them for NaN. */
export function isHistory(value: unknown): value is History {
  const isNumbers = (list: unknown) =>
    Array.isArray(list) && list.every((each) => typeof each === "number" || each === null);
  const isRecord = (lists: unknown) => typeof lists === "object" && lists !== null && !Array.isArray(lists);
  const history = Object(value) as Record<string, unknown>;
  const { steps, loss, valLoss, valPredictions, metrics, valMetrics, epoch, batch, step, seconds, lossSum } = history;
  return (
    [steps, loss, valLoss, valPredictions].every(isNumbers) &&
    [metrics, valMetrics].every((lists) => isRecord(lists) && Object.values(Object(lists)).every(isNumbers)) &&
    [epoch, batch, step].every((count) => Number.isSafeInteger(count) && Number(count) >= 0) &&
    [seconds, lossSum].every((number) => typeof number === "number" || number === null)
  );
}

/** Makes room for `metrics`. @throws RangeError when `history` has entries with other metrics, or with and without validation. */
export function prepareHistory(history: History, metrics: string[], validates: boolean): void {
  const entries = history.steps.length;
  if (entries === 0) {
    for (const name of metrics) {
      history.metrics[name] = [];
      if (validates) history.valMetrics[name] = [];
    }
  }
  const known = Object.keys(history.metrics);
  if (known.toSorted().join() !== metrics.toSorted().join()) {
    throw new RangeError(
      `fit: expected the metrics of the history to be continued (${known.join(", ") || "none"}), received ${metrics.join(", ") || "none"}.`,
    );
  }
  if (entries > 0 && history.valLoss.length > 0 !== validates) {
    const [had, has] = validates ? ["without", "with"] : ["with", "without"];
    throw new RangeError(
      `fit: expected to continue a history ${had} validation ${had} it, received options ${has} it.`,
    );
  }
}
