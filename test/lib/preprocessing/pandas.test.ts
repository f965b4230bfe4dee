/** The preprocessing of the house prices, cell by cell against pandas. */
import type { DataFrame } from "danfojs-node";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loadHousePrices } from "../../../lib/datasets/house-prices.js";
import { concat } from "../../../lib/preprocessing/concat.js";
import { toTensor } from "../../../lib/preprocessing/to-tensor.js";
import { originalPreprocessing, pandasGolden } from "../../helpers/ames.js";
import { kaggleFolder, needing } from "../../helpers/needs.js";
import "../../helpers/tensors.js";

const golden = pandasGolden();
const featuresOf = ({ train, test }: { train: DataFrame; test: DataFrame }) =>
  concat([train.drop({ columns: ["Id", "SalePrice"] }), test.drop({ columns: ["Id"] })]);

/** The largest |a − b| over all cells of the rows of train, then test. */
function largestDifference(tables: DataFrame[], values: Float64Array[]): number {
  const rows = tables.flatMap((table) => table.values as number[][]);
  return Math.max(
    ...values.map((column, j) => column.reduce((max, x, i) => Math.max(max, Math.abs(x - rows[i]![j]!)), 0)),
  );
}

afterEach(() => vi.restoreAllMocks());

describe("the Ames tables", () => {
  const prices = loadHousePrices();

  it("give pandas' 331 columns and cells when train and test are fitted together", () => {
    const transformer = originalPreprocessing().fit(featuresOf(prices));
    const tables = [transformer.transform(prices.train), transformer.transform(prices.test)];
    expect(golden.together.columns.length).toBe(331);
    for (const table of tables) expect(table.columns).toEqual(golden.together.columns);
    expect(tables.map(({ shape }) => shape[0])).toEqual([1460, 1459]);
    expect(largestDifference(tables, golden.together.values)).toBeLessThan(1e-12);
  });

  it("give pandas' columns and cells when train alone is fitted, with a warning for what only test has", () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const transformer = originalPreprocessing().fit(prices.train.drop({ columns: ["Id", "SalePrice"] }));
    const tables = [transformer.transform(prices.train), transformer.transform(prices.test)];
    for (const table of tables) expect(table.columns).toEqual(golden.train.columns);
    expect(largestDifference(tables, golden.train.values)).toBeLessThan(1e-12);
    expect(warn.mock.calls.flat()).toMatchInlineSnapshot(`
      [
        "OneHotEncoder: 25 cells hold categories not seen in fit and became zeros: Condition2 1 ("RRAe"); RoofMatl 9 ("WdShngl", "Membran", "Metal"); Exterior2nd 1 ("Other"); ExterCond 3 ("Po"); Electrical 1 ("Mix"); GarageQual 3 ("Ex"); GarageCond 3 ("Ex"); PoolQC 4 ("Ex").",
      ]
    `);
  });

  it("become a float32 tensor of the same cells", () => {
    const transformer = originalPreprocessing().fit(featuresOf(prices));
    const tensor = toTensor(transformer.transform(prices.test));
    expect([tensor.dtype, tensor.shape]).toEqual(["float32", [1459, 331]]);
    const cells = Float32Array.from(tensor.dataSync());
    const expected = Float32Array.from(cells, (_, k) => golden.together.values[k % 331]![1460 + Math.floor(k / 331)]!);
    expect(cells.reduce((max, x, k) => Math.max(max, Math.abs(x - expected[k]!)), 0)).toBeLessThan(1e-6);
    tensor.dispose();
  });
});

needing("the Kaggle files")("Kaggle's own tables give the same 331 columns", () => {
  const prices = loadHousePrices({ data: kaggleFolder });
  const table = originalPreprocessing().fitTransform(featuresOf(prices));
  expect(table.shape).toEqual([2919, 331]);
  expect(table.columns).toEqual(golden.together.columns);
});
