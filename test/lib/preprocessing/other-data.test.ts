/** Tables and arguments as others bring them: nothing is computed in silence that nobody meant, and each error says what to write. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import type { Column } from "../../../lib/preprocessing/column.js";
import { ColumnTransformer, numericColumns } from "../../../lib/preprocessing/column-transformer.js";
import { concat } from "../../../lib/preprocessing/concat.js";
import type { DataFrame } from "../../../lib/preprocessing/data-frame.js";
import { frameOf } from "../../../lib/preprocessing/frame.js";
import { LabelEncoder } from "../../../lib/preprocessing/label-encoder.js";
import { OneHotEncoder } from "../../../lib/preprocessing/one-hot-encoder.js";
import { Pipeline } from "../../../lib/preprocessing/pipeline.js";
import { readCsv } from "../../../lib/preprocessing/read-csv.js";
import { sampleWeights } from "../../../lib/preprocessing/sample-weights.js";
import { SimpleImputer } from "../../../lib/preprocessing/simple-imputer.js";
import { StandardScaler } from "../../../lib/preprocessing/standard-scaler.js";
import { toTensor } from "../../../lib/preprocessing/to-tensor.js";
import { trainTestSplit } from "../../../lib/preprocessing/train-test-split.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { temporaryFolder } from "../../helpers/folder.js";
import "../../helpers/tensors.js";

const numbers = (name: string, ...values: number[]): Column => ({
  name,
  type: "number",
  values: Float64Array.from(values),
});
const table = frameOf([
  numbers("area", 50, 100, 150),
  { name: "street", type: "string", values: ["Pave", "Grvl", "Pave"] },
]);
const scaler = new StandardScaler();

describe("what is not meant is refused, and the error says what to write:", () => {
  it.each<[string, () => unknown, string]>([
    [
      "infinite numbers to scale",
      () => scaler.fit(frameOf([numbers("a", 1, Number.NEGATIVE_INFINITY)])),
      'StandardScaler: expected finite values with finite squares in column "a", received -Infinity. Drop the column, or the rows.',
    ],
    ["numbers whose squares are infinite", () => scaler.fit(frameOf([numbers("a", 1, -1e200)])), "received 1e+200"],
    [
      "a mean that is infinite",
      () => new SimpleImputer().fit(frameOf([numbers("a", 1.5e308, 1.5e308)])),
      'expected a finite mean of column "a", received Infinity: some of its values are infinite or too large.',
    ],
    [
      "a median of opposite infinities",
      () => new SimpleImputer({ strategy: "median" }).fit(frameOf([numbers("a", -1 / 0, 1 / 0)])),
      "expected a finite median",
    ],
    [
      "a column for a table",
      () => new OneHotEncoder().fit(table.column("street") as never),
      'OneHotEncoder: expected a table, received the column "street": write table.loc({ columns: ["street"] }).',
    ],
    [
      "a column to be a tensor",
      () => toTensor(table.column("area") as never),
      'toTensor: expected a table, received the column "area"',
    ],
    [
      "a number beyond float32",
      () => toTensor(frameOf([numbers("a", 1, 1e39)])),
      'row 1, column "a": expected a finite number, received 1e+39. Numbers beyond 3.4e38 are infinite in float32: scale them first.',
    ],
    [
      "a class twice",
      () => new LabelEncoder(["a", "b", "a"]),
      'LabelEncoder: expected every class once, received "a" more than once.',
    ],
    [
      "a tensor of class numbers",
      () => new LabelEncoder(["a"]).inverseTransform(tf.tensor1d([0]) as never),
      "expected class numbers in an array, received a Tensor: of a tensor write await tensor.data().",
    ],
    [
      "one transformer for two steps",
      () => new Pipeline([scaler, scaler]),
      "Pipeline: expected a transformer of its own for every part, received the same StandardScaler twice: write new StandardScaler() for each.",
    ],
    [
      "one transformer for two parts",
      () =>
        new ColumnTransformer([
          [scaler, ["area"]],
          [scaler, numericColumns],
        ]),
      "received the same StandardScaler twice",
    ],
    [
      "a name for a list of names",
      () => new ColumnTransformer([[scaler, "area" as never]]),
      'ColumnTransformer: expected columns as a list of names or a selector, received "area": write ["area"]',
    ],
    ["no columns", () => new ColumnTransformer([[scaler] as never]), "received none: write"],
    [
      "tables without a list",
      () => concat(table as never),
      "concat: expected a list of tables, received a Table: write concat([some, more]).",
    ],
    [
      "a table to be split",
      () => trainTestSplit(table as never),
      "trainTestSplit: expected the number of rows, received a Table: of a table write table.shape[0].",
    ],
    [
      "gaps to stratify by",
      () => trainTestSplit(4, { shuffle: new Random(0), stratify: ["a", "a", Number.NaN, Number.NaN] }),
      "trainTestSplit: row 2: expected a label to stratify by, received a missing one.",
    ],
    [
      "gaps to weigh",
      () => sampleWeights(["a", Number.NaN]),
      "sampleWeights: row 1: expected a label, received a missing one.",
    ],
    [
      "a column that is not there",
      () => table.column("b"),
      'Table: expected one of the columns "area", "street", received "b".',
    ],
    [
      "columns that are not there",
      () => table.loc({ columns: ["area", "b"] }),
      'Table: expected columns among "area", "street", received "b".',
    ],
    ["a row from the end", () => table.iloc({ rows: [-1] }), "Table: expected row numbers in 0 … 2, received -1."],
    [
      "a row beyond the end",
      () => table.iloc({ rows: Int32Array.of(0, 3) }),
      "expected row numbers in 0 … 2, received 3.",
    ],
    [
      "a target by its name",
      () => new Dataset(frameOf([numbers("a", 1)]), "a" as never),
      'Dataset: expected y as a tensor, numbers, a table or a column of one, received "a": write table.column("a").',
    ],
    [
      "no targets",
      () => new Dataset([[1]], undefined as never),
      "Dataset: expected y as a tensor, numbers, a table or a column of one, received none.",
    ],
    ["a promise", () => new Dataset([[1]], Promise.resolve([1]) as never), "received a Promise"],
    [
      "labels for numbers",
      () => new Dataset([[1], [2]], ["yes", "no"] as never),
      'received "yes" in row 0: number labels with LabelEncoder',
    ],
    ["a bigint", () => new Dataset([[1]], [[1n]] as never), "received 1n in row 0"],
  ])("%s", (_, use, message) => {
    expect(use).toThrow(message);
  });

  it.each([
    ["gzip", [0x1f, 0x8b, 8, 0, 0], "received a gzip archive: unpack it first."],
    [
      "zip",
      [0x50, 0x4b, 3, 4, 20, 0],
      "received a zip archive: unpack it first, or, of a spreadsheet, save the sheet as CSV.",
    ],
  ])("a file of %s for a CSV file", (_, bytes, message) => {
    const file = temporaryFolder().write("table.csv", Uint8Array.from(bytes));
    expect(() => readCsv(file, { encoding: "latin-1" })).toThrow(message);
  });
});

describe("what is meant is taken:", () => {
  it("the rows of a split, as they come", () => {
    const { train, test } = trainTestSplit(3, { testSize: 1, shuffle: new Random(1) });
    const parts: DataFrame[] = [table.iloc({ rows: train }), table.iloc({ rows: test })];
    expect(parts.map(({ index }) => index)).toEqual([Array.from(train), Array.from(test)]);
    expect(parts[0]!.column("area").values).toEqual(Array.from(train, (row) => 50 + 50 * row));
    expect(parts[0]!.loc({ rows: train }).values).toEqual(parts[0]!.values);
  });

  it("a column of any name, as a property too", () => {
    const named = frameOf([numbers("labels", 5), numbers("cells", 6)]);
    const values = (name: string) => (Reflect.get(named, name) as { values: number[] }).values;
    expect([values("labels"), values("cells")]).toEqual([[5], [6]]);
  });

  it("numbers of float64, in lists as well", () => {
    const data = new Dataset([Float64Array.of(1, 2), Float64Array.of(3, 4)], Float64Array.of(0.5, -0));
    expect([data.x.shape, Array.from(data.x.dataSync()), Array.from(data.y.dataSync())]).toEqual([
      [2, 2],
      [1, 2, 3, 4],
      [0.5, -0],
    ]);
    expect(data.x.dtype).toBe("float32");
  });

  it("a column whose copied cells were changed, and labels that were", () => {
    const part = table.iloc({ rows: [2, 0] });
    const area = part.column("area");
    area.values[0] = 7;
    expect(new LabelEncoder().fit(area).classes).toEqual([7, 50]);
    const narrow = part.loc({ columns: ["street"] });
    part.index[0] = "changed";
    expect([narrow.index, part.column("area").index, part.column("area").values]).toEqual([
      [2, 0],
      ["changed", 0],
      [150, 50],
    ]);
  });
});
