/** Putting tables below each other, and a table into a tensor. */
import { describe, expect, it } from "vitest";
import { danfo } from "../../../lib/danfo/loader.js";
import { concat } from "../../../lib/preprocessing/concat.js";
import { toTensor } from "../../../lib/preprocessing/to-tensor.js";
import "../../helpers/tensors.js";

const NA = Number.NaN;
const frame = (columns: string[], rows: (number | string)[][]) => new (danfo().DataFrame)(rows, { columns });

describe("concat", () => {
  it("puts the rows below each other, columns by name, rows numbered anew", () => {
    const result = concat([
      frame(["a", "b"], [[1, "x"]]),
      frame(
        ["b", "a"],
        [
          ["y", NA],
          [NA, 4],
        ],
      ),
    ]);
    expect(result.columns).toEqual(["a", "b"]);
    expect(result.values).toEqual([
      [1, "x"],
      [NA, "y"],
      [4, NA],
    ]);
    expect(result.index).toEqual([0, 1, 2]);
  });

  it("takes a column without any value for what it is in the other tables", () => {
    expect(concat([frame(["a"], [[NA]]), frame(["a"], [["x"]])]).values).toEqual([[NA], ["x"]]);
    expect(concat([frame(["a"], [[NA]]), frame(["a"], [[1]])]).values).toEqual([[NA], [1]]);
  });

  it("refuses no table, other columns, and numbers below text", () => {
    expect(() => concat([])).toThrow("concat: expected at least one table, received none.");
    expect(() => concat([frame(["a", "b"], [[1, 2]]), frame(["a", "c"], [[1, 2]])])).toThrow(
      'concat: expected the columns of the first table, received table 2 without "b" and with "c".',
    );
    expect(() => concat([frame(["a"], [[1]]), frame(["a"], [["x"]])])).toThrow(
      'concat: expected column "a" to hold the same in every table, received numbers in one and text in another.',
    );
  });
});

describe("toTensor", () => {
  it("gives the cells as float32, rows by columns", () => {
    const tensor = toTensor(
      frame(
        ["a", "b", "c"],
        [
          [1, 2, 3],
          [4, 5, 0.1],
        ],
      ),
    );
    expect([tensor.dtype, tensor.shape, [...tensor.dataSync()]]).toEqual([
      "float32",
      [2, 3],
      [1, 2, 3, 4, 5, Math.fround(0.1)],
    ]);
    tensor.dispose();
  });

  it.each([
    [NA, "received NaN. Fill missing values first, with SimpleImputer."],
    [Number.POSITIVE_INFINITY, "received Infinity."],
    ["x", 'received "x". Encode text first, with OneHotEncoder.'],
    ["12", 'received "12". Encode text first, with OneHotEncoder.'],
  ])("refuses %s, naming row and column", (cell, message) => {
    expect(() =>
      toTensor(
        frame(
          ["a", "b"],
          [
            [1, 2],
            [3, cell],
          ],
        ),
      ),
    ).toThrow(`toTensor: row 1, column "b": expected a finite number, ${message}`);
  });
});
