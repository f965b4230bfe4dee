/** Tensors in files: one, a list, or a dictionary of them, in the safetensors format, which Python's `safetensors` shares. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { readSafetensors, type SafetensorsContent } from "./safetensors-reader.js";
import { writeSafetensors } from "./safetensors-writer.js";

/** A dictionary of tensors. */
export type NamedTensors = Record<string, Tensor>;

/** The name of a tensor that is saved alone. */
const alone = "tensor";

/**
 * Writes tensors (float32, int32 or bool, any shape) to `file`: a dictionary under its names, a list under "0", "1" …, a single
 * one under "tensor". The file is written whole or not at all; an earlier one stays when something goes wrong.
 *
 * @example
 * ```ts
 * import { loadTensors, saveTensors, tf } from "gradbook";
 *
 * saveTensors("tensors.safetensors", { x: tf.zeros([2, 3]), y: tf.ones([2]) });
 * console.log(loadTensors("tensors.safetensors").y!.arraySync()); // [ 1, 1 ]
 * ```
 */
export function saveTensors(file: string, tensors: Tensor | readonly Tensor[] | Readonly<NamedTensors>): void {
  if (typeof tensors !== "object" || tensors === null) {
    throw new TypeError(
      `saveTensors: expected a tensor, a list or a dictionary of tensors, received ${typeof tensors}.`,
    );
  }
  writeSafetensors(file, tensors instanceof tf.Tensor ? { [alone]: tensors } : { ...(tensors as NamedTensors) });
}

/** What was read, as tensors by name; the caller disposes them. */
export const toTensors = ({ tensors }: SafetensorsContent): NamedTensors =>
  Object.fromEntries(
    Array.from(tensors, ([name, { dtype, shape, values }]) => [name, tf.tensor(values, shape, dtype)]),
  );

/**
 * The tensors of any safetensors file by name; the caller disposes them. float32, int32 and bool come as they are, float16 and
 * bfloat16 exactly as float32, float64 rounded to float32, other integers as int32 where they fit.
 * @throws when the file is missing, truncated, something else, or has an integer that does not fit.
 *
 * @example
 * ```ts
 * import { loadTensors, saveTensors, tf } from "gradbook";
 *
 * saveTensors("tensors.safetensors", { x: tf.zeros([2, 3]), y: tf.ones([2]) });
 * const loaded = loadTensors("tensors.safetensors");
 * console.log(Object.keys(loaded), loaded.x!.shape); // [ 'x', 'y' ] [ 2, 3 ]
 * ```
 */
export const loadTensors = (file: string): NamedTensors => toTensors(readSafetensors(file));

/** The list of tensors that `saveTensors` wrote, in its order; the caller disposes them. */
export function loadTensorList(file: string): Tensor[] {
  const tensors = loadTensors(file);
  const names = Object.keys(tensors);
  const list = names.map((_, i) => tensors[i]);
  if (!list.every((tensor) => tensor !== undefined)) {
    tf.dispose(tensors);
    throw new RangeError(`${file}: expected a list (names "0", "1" …), received ${names.join(", ")}: use loadTensors.`);
  }
  return list;
}

/** The only tensor of a file, whatever its name; the caller disposes it. */
export function loadTensor(file: string): Tensor {
  const tensors = loadTensors(file);
  const [tensor, ...others] = Object.values(tensors);
  if (!tensor || others.length > 0) {
    tf.dispose(tensors);
    throw new RangeError(`${file}: expected one tensor, received ${Object.keys(tensors).length}: use loadTensors.`);
  }
  return tensor;
}
