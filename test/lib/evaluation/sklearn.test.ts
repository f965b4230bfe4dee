/** Splits, scalers, labels and scores beside scikit-learn's: see test/goldens/evaluation-sklearn.py. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "gradbook-engine/random";
import { describe, expect, it } from "vitest";
import { ConfusionMatrix } from "../../../lib/evaluation/confusion-matrix.js";
import { rocAuc } from "../../../lib/evaluation/roc-auc.js";
import type { Value } from "../../../lib/preprocessing/column.js";
import { frameOf } from "../../../lib/preprocessing/frame.js";
import { LabelEncoder } from "../../../lib/preprocessing/label-encoder.js";
import { MinMaxScaler } from "../../../lib/preprocessing/min-max-scaler.js";
import { trainTestSplit } from "../../../lib/preprocessing/train-test-split.js";
import { root } from "../../helpers/needs.js";

type Rows = (number | null)[][];
interface Golden {
  splits: { count: number; testSize: number; train: number; test: number }[];
  stratified: { labels: string[]; testSize: number; train: Record<string, number>; test: Record<string, number> }[];
  scalers: {
    table: Rows;
    other: Rows;
    cases: { options: { featureRange: [number, number]; clip: boolean }; fitted: Rows; other: Rows }[];
  };
  labels: { labels: Value[]; classes: Value[]; numbers: number[] }[];
  matrices: {
    actual: Value[];
    predicted: Value[];
    labels: Value[];
    counts: number[][];
    precision: number[];
    recall: number[];
    f1: number[];
    support: number[];
    accuracy: number;
    macro: number[];
  }[];
  curves: { actual: number[]; scores: number[]; auc: number }[];
}
const golden = JSON.parse(readFileSync(join(root, "test/goldens/evaluation-sklearn.json"), "utf8")) as Golden;

const tableOf = (rows: Rows) =>
  frameOf(
    rows[0]!.map((_, j) => ({
      name: `c${j}`,
      type: "number",
      values: Float64Array.from(rows, (row) => row[j] ?? Number.NaN),
    })),
  );
const counted = (labels: string[], rows: Int32Array) => {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[labels[row]!] = (counts[labels[row]!] ?? 0) + 1;
  return counts;
};

describe("trainTestSplit", () => {
  it.each(golden.splits)(
    "gives $train and $test of $count rows for a testSize of $testSize",
    ({ count, testSize, ...sizes }) => {
      for (const shuffle of [undefined, new Random(1)]) {
        const { train, test } = trainTestSplit(count, shuffle ? { testSize, shuffle } : { testSize });
        expect({ train: train.length, test: test.length }).toEqual(sizes);
        expect([...train, ...test].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, row) => row));
      }
    },
  );

  it.each(golden.stratified)("gives each label its share: $train and $test", ({ labels, testSize, train, test }) => {
    const split = trainTestSplit(labels.length, { testSize, stratify: labels, shuffle: new Random(3) });
    expect([counted(labels, split.train), counted(labels, split.test)]).toEqual([train, test]);
    expect(new Set([...split.train, ...split.test]).size).toBe(labels.length);
  });

  it("draws rows by the seed alone, and every row in some split", () => {
    const labels = Array.from({ length: 40 }, (_, row) => row % 4 === 0);
    const split = (seed: number) => trainTestSplit(40, { stratify: labels, shuffle: new Random(seed) });
    expect(split(5)).toEqual(split(5));
    expect(split(5)).not.toEqual(split(6));
    const tested = new Set(Array.from({ length: 60 }, (_, seed) => [...split(seed).test]).flat());
    expect(tested.size).toBe(40);
  });

  it("keeps the order without shuffle", () => {
    expect(trainTestSplit(5, { testSize: 2 })).toEqual({ train: Int32Array.of(0, 1, 2), test: Int32Array.of(3, 4) });
  });

  it.each([
    [
      "no test rows",
      () => trainTestSplit(10, { testSize: 0 }),
      "between 0 and 1, or fewer rows than there are, at least 1, received 0",
    ],
    ["no training rows", () => trainTestSplit(10, { testSize: 10 }), "received 10 of 10 rows"],
    ["a part of a row", () => trainTestSplit(10, { testSize: 1.5 }), "received 1.5"],
    ["a single row", () => trainTestSplit(1), "received 0.25 of 1 rows"],
    ["labels in order", () => trainTestSplit(4, { stratify: ["a", "a", "b", "b"] }), "expected shuffle with stratify"],
    [
      "a lonely label",
      () => trainTestSplit(4, { stratify: ["a", "a", "a", "b"], shuffle: new Random(0) }),
      'expected at least two rows of every label, received one of "b"',
    ],
    [
      "too few rows",
      () => trainTestSplit(6, { testSize: 1, stratify: [1, 1, 2, 2, 3, 3], shuffle: new Random(0) }),
      "expected at least 3 rows in both parts, one for each label, received 5 and 1",
    ],
    ["labels of other rows", () => trainTestSplit(3, { stratify: [1], shuffle: new Random(0) }), "expected 3 labels"],
  ])("refuses %s", (_, split, message) => {
    expect(split).toThrow(message);
  });
});

describe("MinMaxScaler", () => {
  it.each(golden.scalers.cases)("scales as scikit-learn with $options", ({ options, fitted, other }) => {
    const scaler = new MinMaxScaler(options).fit(tableOf(golden.scalers.table));
    for (const [given, expected] of [
      [golden.scalers.table, fitted],
      [golden.scalers.other, other],
    ] as const) {
      const rows = scaler.transform(tableOf(given)).values as number[][];
      const wanted = expected.flat().map((z) => z ?? Number.NaN);
      for (const [k, z] of rows.flat().entries()) {
        if (Number.isNaN(wanted[k])) expect(z).toBeNaN();
        else expect(Math.abs(z - wanted[k]!)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(wanted[k]!)));
      }
    }
  });

  it("refuses text, a column without values, an infinite value, a range that is none", () => {
    const column = (...values: number[]) => frameOf([{ name: "x", type: "number", values: Float64Array.from(values) }]);
    expect(() => new MinMaxScaler().fit(frameOf([{ name: "x", type: "string", values: ["a"] }]))).toThrow(
      'MinMaxScaler: expected columns of numbers, received the text column "x"',
    );
    expect(() => new MinMaxScaler().fit(column(Number.NaN))).toThrow('finite values in column "x", received none');
    expect(() => new MinMaxScaler().fit(column(1, Number.POSITIVE_INFINITY))).toThrow("received Infinity");
    expect(() => new MinMaxScaler({ featureRange: [1, 1] })).toThrow(
      "expected a featureRange of [low, high] with low < high",
    );
  });
});

describe("LabelEncoder", () => {
  it.each(golden.labels)("numbers $labels", ({ labels, classes, numbers }) => {
    const encoder = new LabelEncoder();
    expect(encoder.fitTransform(labels)).toEqual(Int32Array.from(numbers));
    expect(encoder.classes).toEqual(classes);
    expect(encoder.inverseTransform(numbers)).toEqual(labels);
    expect(new LabelEncoder(encoder.classes).transform(labels)).toEqual(Int32Array.from(numbers));
  });

  it("takes a column of a table", () => {
    const table = frameOf([{ name: "y", type: "string", values: ["no", "yes", "no"] }]);
    expect(new LabelEncoder().fitTransform(table.column("y"))).toEqual(Int32Array.of(0, 1, 0));
  });

  it("refuses unknown and missing labels, several types, numbers of no class, and use before fit", () => {
    const encoder = new LabelEncoder().fit(["a", "b"]);
    expect(() => encoder.transform(["a", "c"])).toThrow(
      'row 1: expected a label seen in fit ("a", "b"), received "c".',
    );
    expect(() => encoder.inverseTransform([0, 2])).toThrow("row 1: expected a class number from 0 to 1, received 2.");
    expect(() => encoder.inverseTransform([0.5])).toThrow("received 0.5");
    expect(() => new LabelEncoder().fit(["a", Number.NaN])).toThrow("received a missing one");
    expect(() => new LabelEncoder().fit(["a", 1])).toThrow("expected labels of one type, received string and number");
    expect(() => new LabelEncoder().fit([])).toThrow("expected at least one label, received none");
    expect(() => new LabelEncoder().transform(["a"])).toThrow("Call fit first.");
  });
});

describe("ConfusionMatrix", () => {
  it.each(golden.matrices)("counts and scores as scikit-learn: $labels", (one) => {
    const matrix = new ConfusionMatrix(one.actual, one.predicted);
    expect([matrix.labels, matrix.counts]).toEqual([one.labels, one.counts]);
    const { scores, macro } = matrix;
    for (const name of ["precision", "recall", "f1"] as const) {
      scores.forEach((score, k) => void expect(score[name]).toBeCloseTo(one[name][k]!, 12));
    }
    expect(scores.map(({ support }) => support)).toEqual(one.support);
    expect(matrix.accuracy).toBeCloseTo(one.accuracy, 12);
    [macro.precision, macro.recall, macro.f1].forEach((value, k) => void expect(value).toBeCloseTo(one.macro[k]!, 12));
  });

  it("takes the order that is wanted, typed arrays and columns, and becomes a table", () => {
    const table = frameOf([{ name: "y", type: "string", values: ["b", "a", "b"] }]);
    const matrix = new ConfusionMatrix(table.column("y"), ["b", "b", "a"], ["b", "a"]);
    expect(matrix.counts).toEqual([
      [1, 1],
      [1, 0],
    ]);
    const frame = matrix.toFrame();
    expect([frame.columns, frame.index, frame.values]).toEqual([["b", "a"], ["b", "a"], matrix.counts]);
    expect(new ConfusionMatrix(Int32Array.of(0, 1), Float32Array.of(0, 1)).accuracy).toBe(1);
  });

  it("refuses other numbers of examples, none, and labels that it was not given", () => {
    expect(() => new ConfusionMatrix([1], [1, 2])).toThrow("received 1 examples and 2 predictions");
    expect(() => new ConfusionMatrix([], [])).toThrow("received 0 examples");
    expect(() => new ConfusionMatrix(["a", "c"], ["a", "a"], ["a", "b"])).toThrow(
      'row 1: expected one of the labels "a", "b", received "c".',
    );
  });
});

describe("rocAuc", () => {
  it.each(golden.curves)("is scikit-learn's: $auc", ({ actual, scores, auc }) => {
    expect(rocAuc(actual, scores)).toBeCloseTo(auc, 12);
    expect(
      rocAuc(
        actual.map(Boolean),
        Float64Array.from(scores, (score) => 2 * score - 7),
      ),
    ).toBeCloseTo(auc, 12);
  });

  it("refuses one kind of examples, other labels, NaN and other numbers of scores", () => {
    expect(() => rocAuc([1, 1], [0, 1])).toThrow(
      "expected examples of both kinds, received 2 of the class and 0 others",
    );
    expect(() => rocAuc([1, 2], [0, 1])).toThrow("row 1: expected 0 or 1, true or false, received 2");
    expect(() => rocAuc([1, 0], [0, Number.NaN])).toThrow("row 1: expected a score, received NaN");
    expect(() => rocAuc([1, 0], [0])).toThrow("received 2 examples and 1 scores");
  });
});
