/** The last step of preprocessing: a table of numbers becomes a tensor. */

import { type Tensor2D, tf } from "gradbook-engine/tensor";
import { isMissing } from "./column.js";
import type { DataFrame } from "./data-frame.js";
import { expectTable } from "./frame.js";
import { show } from "./messages.js";
import { Table } from "./table.js";

/**
 * The cells of `table` as a float32 tensor of shape [rows, columns]; true becomes 1, false 0.
 * @throws TypeError for a cell that is text, missing or not finite in float32
 *
 * @example
 * ```ts
 * import { toTensor } from "gradbook";
 * import { DataFrame } from "gradbook/danfo";
 *
 * const houses = new DataFrame({ area: [50, 100, 150], rooms: [2, 4, 5] });
 * console.log(toTensor(houses).arraySync()); // [ [ 50, 2 ], [ 100, 4 ], [ 150, 5 ] ]
 * ```
 */
export function toTensor(table: DataFrame): Tensor2D {
  if (!(table instanceof Table)) expectTable("toTensor", table);
  const [rows, width] = table.shape as [number, number];
  const cells = new Float32Array(rows * width);
  const columns: readonly { name: string; values: ArrayLike<unknown> }[] =
    table instanceof Table ? table.parts : table.columns.map((name, j) => ({ name, values: cellsAt(table, j) }));
  // Arrays of one kind only make the loop many times as fast as cells of any type would.
  const numbers = columns.map(({ values }) =>
    values instanceof Float64Array ? values : Float64Array.from(values, numberIn),
  );
  // Some rows at a time, so that the cells that are written stay in the processor's cache.
  for (let first = 0; first < rows; first += 1024) {
    const end = Math.min(rows, first + 1024);
    for (let j = 0; j < width; j++) {
      const column = numbers[j]!;
      for (let i = first; i < end; i++) {
        const number = column[i]!;
        cells[i * width + j] = number;
        if (!Number.isFinite(cells[i * width + j])) fail(i, columns[j]!.name, columns[j]!.values[i]);
      }
    }
  }
  return tf.tensor2d(cells, [rows, width]);
}

const numberIn = (cell: unknown): number =>
  typeof cell === "number" || typeof cell === "boolean" ? Number(cell) : Number.NaN;

const cellsAt = (table: DataFrame, j: number): unknown[] => (table.values as unknown[][]).map((row) => row[j]);

function fail(row: number, column: string, cell: unknown): never {
  const encode = typeof cell === "string" ? " Encode text first, with OneHotEncoder." : "";
  const scale = Number.isFinite(cell) ? " Numbers beyond 3.4e38 are infinite in float32: scale them first." : encode;
  const advice = isMissing(cell) ? " Fill missing values first, with SimpleImputer." : scale;
  throw new TypeError(
    `toTensor: row ${row}, column ${show(column)}: expected a finite number, received ${show(cell)}.${advice}`,
  );
}
