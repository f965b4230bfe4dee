/** Each transformer: its formula on a small table by hand, its properties on any table, its errors. */
import type { DataFrame } from "danfojs-node";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Random } from "../../../engine/random.js";
import { danfo } from "../../../lib/danfo/loader.js";
import {
  ColumnTransformer,
  categoricalColumns,
  numericColumns,
} from "../../../lib/preprocessing/column-transformer.js";
import { frameOf } from "../../../lib/preprocessing/frame.js";
import { LabelEncoder } from "../../../lib/preprocessing/label-encoder.js";
import { MinMaxScaler } from "../../../lib/preprocessing/min-max-scaler.js";
import { OneHotEncoder } from "../../../lib/preprocessing/one-hot-encoder.js";
import { Pipeline } from "../../../lib/preprocessing/pipeline.js";
import { SimpleImputer } from "../../../lib/preprocessing/simple-imputer.js";
import { StandardScaler } from "../../../lib/preprocessing/standard-scaler.js";
import { toTensor } from "../../../lib/preprocessing/to-tensor.js";
import type { Fitted } from "../../../lib/preprocessing/transformer.js";
import "../../helpers/tensors.js";

const NA = Number.NaN;
const frame = (columns: Record<string, (number | string)[]>, index?: string[]): DataFrame => {
  const names = Object.keys(columns);
  const rows = columns[names[0]!]!.map((_, i) => names.map((name) => columns[name]![i]!));
  return new (danfo().DataFrame)(rows, index === undefined ? { columns: names } : { columns: names, index });
};
const column = (table: DataFrame, j = 0): number[] => (table.values as number[][]).map((row) => row[j]!);

/** Columns of numbers of ordinary size, some missing, at least two present. */
const numbers = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) }, fc.constant(NA)), {
    maxLength: 30,
  })
  .filter((values) => values.filter((x) => !Number.isNaN(x)).length >= 2);

afterEach(() => vi.restoreAllMocks());

describe("StandardScaler", () => {
  it("subtracts the mean and divides by the standard deviation of the values that are there", () => {
    const table = frame({ x: [1, NA, 3, 8] }, ["a", "b", "c", "d"]);
    const scaler = new StandardScaler().fit(table);
    const [mean, std] = [4, Math.sqrt(26 / 3)];
    expect(scaler.state).toEqual([{ name: "x", mean, std }]);
    const scaled = scaler.transform(table);
    expect(column(scaled)).toEqual([(1 - mean) / std, NA, (3 - mean) / std, (8 - mean) / std]);
    expect([scaled.columns, scaled.index]).toEqual([["x"], ["a", "b", "c", "d"]]);
    expect(new StandardScaler({ ddof: 1 }).fit(table).state).toEqual([{ name: "x", mean, std: Math.sqrt(26 / 2) }]);
  });

  it("gives mean 0 and standard deviation 1, or zeros for equal values", () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom<0 | 1>(0, 1), (values, ddof) => {
        const scaled = column(new StandardScaler({ ddof }).fitTransform(frame({ x: values }))).filter(
          (x) => !Number.isNaN(x),
        );
        const n = scaled.length;
        const present = values.filter((x) => !Number.isNaN(x));
        const spread = Math.max(...present) - Math.min(...present);
        if (spread === 0) expect(scaled).toEqual(scaled.map(() => 0));
        else if (spread > 1e-3) {
          expect(scaled.reduce((sum, z) => sum + z, 0) / n).toBeCloseTo(0, 6);
          expect(scaled.reduce((sum, z) => sum + z * z, 0) / (n - ddof)).toBeCloseTo(1, 6);
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("finds that equal values are equal, where their rounded sum has another mean", () => {
    for (const value of [0.1, 0.7, 3.3]) {
      const scaler = new StandardScaler();
      const scaled = scaler.fitTransform(frame({ x: [value, value, value] }));
      expect(scaler.state).toEqual([{ name: "x", mean: value, std: 0 }]);
      expect(column(scaled)).toEqual([0, 0, 0]);
    }
  });

  it("gives the same whatever the unit", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2 }), (values) => {
        const scale = (f: (x: number) => number) =>
          column(new StandardScaler().fitTransform(frame({ x: values.map(f) })));
        const plain = scale((x) => x);
        scale((x) => 12 * x + 7).forEach((z, i) => void expect(z).toBeCloseTo(plain[i]!, 9));
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("refuses text, too few values and another ddof", () => {
    expect(() => new StandardScaler().fit(frame({ x: ["a", "b"] }))).toThrow(
      'StandardScaler: expected columns of numbers, received the text column "x". Select columns with numericColumns.',
    );
    expect(() => new StandardScaler({ ddof: 1 }).fit(frame({ x: [NA, 3] }))).toThrow(
      'StandardScaler: expected more than 1 values in column "x", received 1. Drop the column.',
    );
    expect(() => new StandardScaler({ ddof: 2 as 1 })).toThrow(
      "StandardScaler: expected a ddof of 0 or 1, received 2.",
    );
  });
});

describe("SimpleImputer", () => {
  it.each([
    ["mean", [1, NA, 2, 2, 7], 3],
    ["median", [9, NA, 1, 2, 4], 3],
    ["median", [9, NA, 1, 2], 2],
    ["mostFrequent", [5, 3, NA, 5, 3], 3],
  ] as const)("puts the %s of %j in", (strategy, values, fill) => {
    const imputer = new SimpleImputer({ strategy });
    const table = frame({ x: [...values] });
    expect(column(imputer.fitTransform(table))).toEqual(values.map((x) => (Number.isNaN(x) ? fill : x)));
    expect(imputer.state).toEqual([{ name: "x", value: fill }]);
  });

  it("puts the most frequent text, or a constant, in", () => {
    const table = frame({ x: ["b", "a", NA, "b"] });
    expect(new SimpleImputer({ strategy: "mostFrequent" }).fitTransform(table).values).toEqual([
      ["b"],
      ["a"],
      ["b"],
      ["b"],
    ]);
    const constant = new SimpleImputer({ strategy: "constant", fillValue: "none" });
    expect(constant.fitTransform(table).values).toEqual([["b"], ["a"], ["none"], ["b"]]);
  });

  it("fills other tables with what it learned, and leaves no value missing", () => {
    fc.assert(
      fc.property(numbers, numbers, fc.constantFrom("mean", "median", "mostFrequent"), (seen, other, strategy) => {
        const imputer = new SimpleImputer({ strategy: strategy as "mean" }).fit(frame({ x: seen }));
        const filled = column(imputer.transform(frame({ x: other })));
        expect(filled).toEqual(other.map((x) => (Number.isNaN(x) ? imputer.state[0]!.value : x)));
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("finds the median and the most frequent value whatever the order and the number of values", () => {
    const random = new Random(7);
    for (const n of [2, 3, 4000, 4001]) {
      const some = Array.from(random.uniforms(n), (u) => Math.round(u * 3000) / 7);
      const sorted = some.toSorted((a, b) => a - b);
      const median = (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2;
      const counts = new Map<number, number>();
      for (const value of sorted) counts.set(value, (counts.get(value) ?? 0) + 1);
      const most = Math.max(...counts.values());
      for (const values of [some, sorted, sorted.toReversed(), [...sorted, ...sorted.toReversed()]]) {
        const x = { name: "x", type: "number" as const, values: Float64Array.of(...values, NA) };
        const of = (strategy: "median" | "mostFrequent") =>
          new SimpleImputer({ strategy }).fit(frameOf([x])).state[0]!.value;
        expect(of("median")).toBe(median);
        expect(of("mostFrequent")).toBe(sorted.find((value) => counts.get(value) === most));
      }
    }
  });

  it("refuses a mean of text, a fill of another type, a column without values, an unknown strategy", () => {
    expect(() => new SimpleImputer().fit(frame({ x: ["a"] }))).toThrow('received the text column "x"');
    expect(() => new SimpleImputer({ strategy: "constant", fillValue: 0 }).fit(frame({ x: ["a"] }))).toThrow(
      'SimpleImputer: expected a fillValue of type string for column "x", received 0.',
    );
    expect(() => new SimpleImputer({ strategy: "constant", fillValue: NA })).toThrow("expected a fillValue");
    expect(() => new SimpleImputer().fit(frame({ x: [NA, NA] }))).toThrow(
      'SimpleImputer: expected at least one value in column "x", received only missing ones.',
    );
    expect(() => new SimpleImputer({ strategy: "mode" as "mean" })).toThrow('received "mode"');
  });
});

describe("OneHotEncoder", () => {
  const table = () => frame({ roof: ["Hip", NA, "Flat", "Hip"], zone: [20, 5, 20, NA] });

  it("gives a column for each category, sorted, 0 everywhere for a missing one", () => {
    const encoder = new OneHotEncoder();
    const encoded = encoder.fitTransform(table());
    expect(encoded.columns).toEqual(["roof_Flat", "roof_Hip", "zone_5", "zone_20"]);
    expect(encoded.values).toEqual([
      [0, 1, 0, 1],
      [0, 0, 1, 0],
      [1, 0, 0, 1],
      [0, 1, 0, 0],
    ]);
    expect(encoder.state).toEqual([
      { name: "roof", values: ["Flat", "Hip"] },
      { name: "zone", values: [5, 20] },
    ]);
  });

  it("gives every feature a column for missing values on demand, also one without any", () => {
    const encoded = new OneHotEncoder({ dummyNa: true }).fitTransform(
      frame({ roof: ["Hip", NA], street: ["Pave", "Pave"] }),
    );
    expect(encoded.columns).toEqual(["roof_Hip", "roof_nan", "street_Pave", "street_nan"]);
    expect(encoded.values).toEqual([
      [1, 0, 1, 0],
      [0, 1, 1, 0],
    ]);
  });

  it("gives rows that sum to the number of features", () => {
    const cell = fc.oneof(fc.constantFrom("a", "b", "c", "d e"), fc.constant(NA));
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rows, (cells) => {
        const features = frame({ x: cells.map(([x]) => x), y: cells.map(([, y]) => y) });
        const encoded = new OneHotEncoder({ dummyNa: true }).fitTransform(features).values as number[][];
        for (const row of encoded) expect(row.reduce((sum, value) => sum + value, 0)).toBe(2);
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("warns about unknown categories, with counts, and makes them zeros", () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const encoder = new OneHotEncoder({ dummyNa: true }).fit(table());
    const encoded = encoder.transform(frame({ roof: ["Dome", "Hip", "Dome"], zone: [20, 7, NA] }));
    expect(encoded.values).toEqual([
      [0, 0, 0, 0, 1, 0],
      [0, 1, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 1],
    ]);
    expect(warn.mock.calls).toEqual([
      ['OneHotEncoder: 3 cells hold categories not seen in fit and became zeros: roof 2 ("Dome"); zone 1 (7).'],
    ]);
  });

  it("refuses unknown categories on demand, naming row and column", () => {
    const encoder = new OneHotEncoder({ handleUnknown: "error" }).fit(table());
    expect(() => encoder.transform(frame({ roof: ["Hip", "Dome"], zone: [5, 5] }))).toThrow(
      'OneHotEncoder: row 1, column "roof": expected a category seen in fit ("Flat", "Hip"), received "Dome".',
    );
    expect(() => new OneHotEncoder({ handleUnknown: "skip" as "error" })).toThrow('received "skip"');
  });
});

describe("LabelEncoder", () => {
  it("numbers thousands of numbers, −0 and 0 being one, and text, and gives them back", () => {
    const numbers = Array.from(new Random(8).uniforms(9000), (u) => Math.round(u * 5000) / 3);
    for (const labels of [numbers, Float64Array.from(numbers), numbers.map(String), numbers.map((x) => x > 500)]) {
      const encoder = new LabelEncoder();
      expect(encoder.inverseTransform(encoder.fitTransform(labels))).toEqual(Array.from<unknown>(labels));
      const { classes } = encoder;
      expect(classes.length).toBe(new Set<unknown>(labels).size);
      expect(classes.slice(1).every((one, k) => classes[k]! < one)).toBe(true);
    }
    expect(Array.from(new LabelEncoder().fitTransform([1, -0, 0, -1]))).toEqual([2, 1, 1, 0]);
  });

  it("refuses missing, mixed and unknown labels", () => {
    expect(() => new LabelEncoder().fit(["a", NA as unknown as string])).toThrow("received a missing one");
    expect(() => new LabelEncoder().fit(["a", 1])).toThrow("expected labels of one type, received string and number");
    expect(() => new LabelEncoder().fit([])).toThrow("expected at least one label");
    const encoder = new LabelEncoder().fit([1, 2]);
    expect(() => encoder.transform([1, 2, 5])).toThrow("row 2: expected a label seen in fit (1, 2), received 5");
    expect(() => encoder.transform([1, NA])).toThrow("row 1: expected a label seen in fit (1, 2), received NaN");
  });
});

describe("Pipeline", () => {
  it("fits each step on what the step before it made", () => {
    const steps = [new SimpleImputer({ strategy: "constant", fillValue: 6 }), new StandardScaler()] as const;
    const pipeline = new Pipeline(steps).fit(frame({ x: [0, NA, 0] }));
    expect(steps[1].state).toEqual([{ name: "x", mean: 2, std: Math.sqrt(8) }]);
    expect(column(pipeline.transform(frame({ x: [2, NA] })))).toEqual([0, 4 / Math.sqrt(8)]);
    expect(pipeline.state).toEqual([[{ name: "x", value: 6 }], steps[1].state]);
    expect(() => new Pipeline([])).toThrow("Pipeline: expected at least one step, received none.");
  });
});

describe("ColumnTransformer", () => {
  const table = () => frame({ Id: [7, 8], area: [100, 300], roof: ["Hip", "Flat"] });
  const transformer = () =>
    new ColumnTransformer([
      [new StandardScaler(), ["area"]],
      [new OneHotEncoder(), categoricalColumns],
    ]);

  it("treats each kind of column its own way, in the order of the parts, and leaves the others out", () => {
    const fitted = transformer().fit(table());
    const result = fitted.transform(table());
    expect(result.columns).toEqual(["area", "roof_Flat", "roof_Hip"]);
    expect(result.values).toEqual([
      [-1, 0, 1],
      [1, 1, 0],
    ]);
    expect(fitted.state).toEqual([["area"], ["roof"]]);
  });

  it("finds columns by name, whatever their order, and needs only those it chose", () => {
    const fitted = transformer().fit(table());
    expect(fitted.transform(frame({ roof: ["Flat"], more: [1], area: [200] })).values).toEqual([[0, 1, 0]]);
  });

  it("takes a column without any value for what it was in fit", () => {
    const fitted = transformer().fit(table());
    expect(fitted.transform(frame({ area: [200, 200], roof: [NA, NA] })).values).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("refuses a missing column, naming it", () => {
    const fitted = transformer().fit(table());
    expect(() => fitted.transform(frame({ area: [1], rouf: ["Hip"] }))).toThrow(
      'ColumnTransformer: expected the columns it was fitted on, received a table without "roof".',
    );
    expect(() => new ColumnTransformer([[new StandardScaler(), ["are"]]]).fit(table())).toThrow(
      'ColumnTransformer: expected the columns of every part, received a table without "are".',
    );
    expect(() => new ColumnTransformer([[new StandardScaler(), numericColumns]]).fit(frame({ x: ["a"] }))).toThrow(
      'ColumnTransformer: expected the columns of every part, received no such column among "x".',
    );
  });

  it("refuses text where fit saw numbers, and the reverse, naming row and column", () => {
    const fitted = transformer().fit(table());
    expect(() => fitted.transform(frame({ area: [NA, "big"], roof: ["Hip", "Hip"] }))).toThrow(
      'ColumnTransformer: row 1, column "area": expected a number, as in fit, received text ("big").',
    );
    expect(() => fitted.transform(frame({ area: [1], roof: [3] }))).toThrow(
      'ColumnTransformer: row 0, column "roof": expected text, as in fit, received a number (3).',
    );
    expect(() => fitted.transform(frame({ area: [1, "big"], roof: ["Hip", "Hip"] }))).toThrow(
      'Table, row 1, column "area": expected a number, as in row 0, received "big".',
    );
  });
});

describe("every transformer", () => {
  const all = [
    new StandardScaler(),
    new SimpleImputer(),
    new OneHotEncoder(),
    new Pipeline([new StandardScaler()]),
    new ColumnTransformer([[new StandardScaler(), numericColumns]]),
    new MinMaxScaler(),
  ].map((transformer) => [transformer.constructor.name, transformer] as const);

  it.each(all)("%s refuses to transform before it is fitted", (name, transformer) => {
    expect(() => transformer.transform(frame({ x: [1] }))).toThrow(
      `${name}: expected a fitted transformer, received one that has seen no table. Call fit first.`,
    );
    expect(() => transformer.state).toThrow("Call fit first.");
  });

  it.each(all)("%s refuses a table without rows", (_, transformer) => {
    const empty = new (danfo().DataFrame)([], { columns: ["x"] });
    expect(() => transformer.fit(empty)).toThrow(
      /expected at least one column and one row to fit, received none|expected the columns/,
    );
  });

  it.each(all)("%s gives the same from fitTransform as from fit and transform", (_, transformer) => {
    const table = frame({ x: [1, 5, NA] });
    const once = transformer.fitTransform(table);
    expect(transformer.fit(table).transform(table).values).toEqual(once.values);
  });
});

describe("what was learned", () => {
  const made = () =>
    new ColumnTransformer([
      [new Pipeline([new SimpleImputer(), new MinMaxScaler()]), numericColumns],
      [new OneHotEncoder({ dummyNa: true }), categoricalColumns],
    ]);
  const table = frame({ x: [1, NA, 4], kind: ["a", "b", NA], y: [0.1, 0.2, 0.3] });

  it("is kept by JSON and restored, with the steps inside", () => {
    const first = made().fit(table);
    const second = made().restore(JSON.parse(JSON.stringify(first.fitted)) as Fitted);
    const other = frame({ y: [7, 8], kind: ["b", "a"], x: [NA, 3] });
    expect(second.transform(other).values).toEqual(first.transform(other).values);
    expect(second.state).toEqual(first.state);
    expect(() => second.transform(frame({ x: [1] }))).toThrow('received a table without "kind", "y"');
  });

  it("is not taken from another class, other steps or something else", () => {
    const { fitted } = new Pipeline([new StandardScaler()]).fit(frame({ x: [1, 2] }));
    expect(() => new StandardScaler().restore(fitted)).toThrow(
      "StandardScaler: expected what a StandardScaler of 0 steps has learned, received Pipeline of 1 steps.",
    );
    expect(() => new Pipeline([new StandardScaler(), new StandardScaler()]).restore(fitted)).toThrow("of 2 steps");
    expect(() => new Pipeline([new MinMaxScaler()]).restore(fitted)).toThrow("received StandardScaler of 0 steps");
    expect(() => new StandardScaler().restore({} as Fitted)).toThrow("received [object Object] of no steps");
    expect(() => new StandardScaler().fitted).toThrow("Call fit first.");
  });
});

describe("truth values", () => {
  const table = frameOf([{ name: "t", type: "boolean", values: [true, undefined, false, true] }]);

  it("are categories, false before true", () => {
    expect(numericColumns({ type: "boolean" })).toBe(false);
    const encoded = new ColumnTransformer([[new OneHotEncoder(), categoricalColumns]]).fitTransform(table);
    expect([encoded.columns, encoded.values]).toEqual([
      ["t_false", "t_true"],
      [
        [0, 1],
        [0, 0],
        [1, 0],
        [0, 1],
      ],
    ]);
  });

  it("are filled by the most frequent one or a constant, not by a mean", () => {
    const filled = new SimpleImputer({ strategy: "mostFrequent" }).fitTransform(table);
    expect(filled.values).toEqual([[true], [true], [false], [true]]);
    const constant = new SimpleImputer({ strategy: "constant", fillValue: false }).fitTransform(table);
    expect(constant.values).toEqual([[true], [false], [false], [true]]);
    expect(() => new SimpleImputer().fit(table)).toThrow("received truth values. Use the strategy mostFrequent.");
  });

  it("are 1 and 0 where numbers are needed", () => {
    expect(new MinMaxScaler().fitTransform(table).values).toEqual([[1], [NA], [0], [1]]);
    const tensor = toTensor(new SimpleImputer({ strategy: "mostFrequent" }).fitTransform(table));
    expect([...tensor.dataSync()]).toEqual([1, 1, 0, 1]);
    tensor.dispose();
  });
});
