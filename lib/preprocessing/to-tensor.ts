/** The last step of preprocessing: a table of numbers becomes a tensor. */
import type { DataFrame } from "danfojs-node";
import { type Tensor2D, tf } from "../tensor.js";
import { columnsOf, show } from "./column.js";
import { requireNumbers } from "./transformer.js";

/**
 * The cells of `table` as a float32 tensor of shape [rows, columns].
 * @throws TypeError for a column of text; RangeError for a cell that is missing or not finite
 */
export function toTensor(table: DataFrame): Tensor2D {
  const [rows, width] = table.shape as [number, number];
  const cells = new Float32Array(rows * width);
  columnsOf(table).forEach((column, j) => {
    requireNumbers(column, "toTensor").forEach((value, i) => {
      if (!Number.isFinite(value)) {
        throw new RangeError(
          `toTensor: row ${i}, column ${show(column.name)}: expected a finite number, received ${value}. Fill missing values first, with SimpleImputer.`,
        );
      }
      cells[i * width + j] = value;
    });
  });
  return tf.tensor2d(cells, [rows, width]);
}
