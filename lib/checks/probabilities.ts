/**
 * Probabilities: the outputs of `Sigmoid` and `Softmax`, remembered as such, so that a loss or metric that takes logits can refuse
 * them. By the layer that made them, never by their values: logits may lie between 0 and 1 too.
 */
import type { Tensor } from "gradbook-engine/tensor";

const makers = new WeakMap<Tensor, string>();

/** Notes that a layer of this kind made `y`; nothing where there is none. Returns `y`. */
export function noteProbabilities<T extends Tensor>(y: T, kind: string | undefined): T {
  if (kind !== undefined) makers.set(y, kind);
  return y;
}

/** "Sigmoid" or "Softmax" where that made `y`. */
export const probabilitiesFrom = (y: Tensor): string | undefined => makers.get(y);

/** Refuses predictions that are probabilities. */
export function expectLogits(where: string, predictions: Tensor, remedy: string): void {
  const kind = makers.get(predictions);
  if (kind === undefined) return;
  throw new RangeError(
    `${where}: expected logits, received the output of a ${kind}: leave out the ${kind} at the end of the model, ${remedy}.`,
  );
}
