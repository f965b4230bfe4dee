/** The last step of preprocessing: a table of numbers becomes a tensor. */

import { type Tensor2D, tf } from "../tensor.js";
import { isMissing } from "./column.js";
import { untouchedColumns } from "./column-frame.js";
import type { DataFrame } from "./data-frame.js";
import { show } from "./messages.js";

/**
 * The cells of `table` as a float32 tensor of shape [rows, columns].
 * @throws TypeError for a cell that is text, missing or not finite
 */
export function toTensor(table: DataFrame): Tensor2D {
  const [rows, width] = table.shape as [number, number];
  const cells = new Float32Array(rows * width);
  const columns = untouchedColumns(table) ?? table.columns.map((name, j) => ({ name, values: cellsAt(table, j) }));
  for (const [j, { name, values }] of columns.entries()) {
    const numbers = values instanceof Float64Array ? values : Float64Array.from(values, numberIn);
    // This loop sees arrays of one kind only, which makes it many times as fast as one over cells of any type.
    for (let i = 0; i < rows; i++) {
      const number = numbers[i]!;
      if (!Number.isFinite(number)) fail(i, name, values[i]);
      cells[i * width + j] = number;
    }
  }
  return tf.tensor2d(cells, [rows, width]);
}

const numberIn = (cell: unknown): number => (typeof cell === "number" ? cell : Number.NaN);

const cellsAt = (table: DataFrame, j: number): unknown[] => (table.values as unknown[][]).map((row) => row[j]);

function fail(row: number, column: string, cell: unknown): never {
  const encode = typeof cell === "string" ? " Encode text first, with OneHotEncoder." : "";
  const advice = isMissing(cell) ? " Fill missing values first, with SimpleImputer." : encode;
  throw new TypeError(
    `toTensor: row ${row}, column ${show(column)}: expected a finite number, received ${show(cell)}.${advice}`,
  );
}
