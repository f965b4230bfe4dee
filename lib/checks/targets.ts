/** Targets: what losses and metrics ask of the shapes and values that predictions are compared with. */
import { knownValues } from "gradbook-engine/live";
import { type Tensor, tf } from "gradbook-engine/tensor";
import { shown } from "./shown.js";

/** Throws where `value`, called `name`, is no tensor. */
export function expectTensor(where: string, name: string, value: unknown): void {
  if (value instanceof tf.Tensor) return;
  const remedy = "x" in Object(value) ? "take its x or y" : "write toTensor(…) or tf.tensor(…)";
  throw new TypeError(`${where}: expected ${name} as a tensor, received ${shown(value)}: ${remedy}.`);
}

/** Throws where `targets` do not have the shape of `predictions`: they would be broadcast in silence. */
export function checkSameShape(where: string, predictions: Tensor, targets: Tensor): void {
  expectTensor(where, "predictions", predictions);
  expectTensor(where, "targets", targets);
  if (!tf.util.arraysEqual(predictions.shape, targets.shape)) {
    const remedy =
      predictions.shape.join() === [...targets.shape, 1].join() ? ": give them the axis, tf.expandDims(y, -1)" : "";
    throw new RangeError(
      `${where}: expected targets of shape [${predictions.shape}], like the predictions, received [${targets.shape}]${remedy}.`,
    );
  }
}

/**
 * Whether `targets` are class numbers, [batch, …] for predictions [batch, …, classes], rather than one value for each class,
 * of the shape of `predictions` (or of which this is the shape). Throws where they are neither.
 */
export function areClassNumbers(where: string, predictions: Tensor | readonly number[], targets: Tensor): boolean {
  if (!Array.isArray(predictions)) expectTensor(where, "predictions", predictions);
  expectTensor(where, "targets", targets);
  const shape = predictions instanceof tf.Tensor ? predictions.shape : predictions;
  if (shape.length < 2)
    throw new RangeError(`${where}: expected predictions of shape [batch, classes], received [${shape}].`);
  if (shape.join() === targets.shape.join()) return false;
  if (shape.slice(0, -1).join() === targets.shape.join()) return true;
  const column = [...shape.slice(0, -1), 1].join() === targets.shape.join();
  throw new RangeError(
    `${where}: expected targets of shape [${shape.slice(0, -1)}] (class numbers) or [${shape}] (one value for each class), ` +
      `received [${targets.shape}]${column ? ": take the axis of length 1 away, tf.squeeze(y, [-1])" : ""}.`,
  );
}

/** Throws at the first of the class numbers `targets` (int32, or float32 with integer values) not in 0 … classes − 1. */
export function checkClassNumbers(where: string, targets: Tensor, classes: number): void {
  const numbers = knownValues(targets) ?? [];
  for (let row = 0; row < numbers.length; row++) {
    const number = numbers[row]!;
    if (Number.isInteger(number) && number >= 0 && number < classes) continue;
    throw new RangeError(
      `${where}: expected class numbers in 0 … ${classes - 1} (the predictions have ${classes} columns), received ${number} at index ${row}.`,
    );
  }
}

/**
 * Checks targets that are to be probabilities; throws at the first that is not in [0, 1], and, where `classes` is given (the
 * length of the last axis), at the first row whose sum is further than 0.001 from 1.
 */
export function checkProbabilities(where: string, targets: Tensor, classes?: number): void {
  const values = knownValues(targets) ?? [];
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= 0 && value <= 1)) {
      throw new RangeError(`${where}: expected targets in [0, 1], received ${value} at index ${i}.`);
    }
    sum += value;
    if (classes === undefined || (i + 1) % classes !== 0) continue;
    if (Math.abs(sum - 1) > 1e-3) {
      const row = Math.floor(i / classes);
      throw new RangeError(
        `${where}: expected targets whose rows are probabilities with the sum 1, received the sum ${sum} in row ${row}.`,
      );
    }
    sum = 0;
  }
}
