/** From DataFrames to columns and back. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { bundleOf } from "../../../kernel/interpreter/formatters.js";
import * as dfd from "../../../lib/danfo/danfo.js";
import { danfo } from "../../../lib/danfo/loader.js";
import type { DataFrame } from "../../../lib/preprocessing/data-frame.js";
import { columnsOf, frameOf } from "../../../lib/preprocessing/frame.js";

const NA = Number.NaN;
const frame = (rows: unknown[][], columns: string[], index?: string[]) =>
  new (danfo().DataFrame)(rows, index ? { columns, index } : { columns });

describe("columnsOf", () => {
  it("gives numbers as float64 and text as strings, missing values of any kind as NaN and undefined", () => {
    const rows = [
      [0.1, "x"],
      [null, undefined],
      [NA, NA],
    ];
    expect(columnsOf(frame(rows, ["a", "b"]))).toEqual([
      { name: "a", type: "number", values: Float64Array.of(0.1, NA, NA) },
      { name: "b", type: "string", values: ["x", undefined, undefined] },
    ]);
  });

  it("looks beyond the first rows, which may all be missing", () => {
    const rows = Array.from({ length: 1000 }, (_, i) => [i < 900 ? NA : "x"]);
    expect(columnsOf(frame(rows, ["a"]))[0]!.type).toBe("string");
  });

  it.each([
    [
      "text among numbers",
      [[1], [NA], ["x"]],
      'Table, row 2, column "a": expected a number, as in row 0, received "x".',
    ],
    ["a number among text", [["x"], [1]], 'Table, row 1, column "a": expected text, as in row 0, received 1.'],
    [
      "text among truth values",
      [[true], ["x"]],
      'Table, row 1, column "a": expected true or false, as in row 0, received "x".',
    ],
    [
      "another type",
      [[NA], [new Date(0)]],
      /Table, row 1, column "a": expected a number, text, true or false, received Thu Jan 01 1970/,
    ],
  ])("refuses %s", (_, rows, message) => {
    expect(() => columnsOf(frame(rows, ["a"]))).toThrow(message);
  });
});

describe("frameOf", () => {
  const columns = [
    { name: "a", type: "number", values: Float64Array.of(3, 1, NA) },
    { name: "b", type: "string", values: ["x", undefined, "y"] },
  ] as const;

  it("gives a DataFrame of the cells, on which danfo's methods work", () => {
    const table = frameOf(columns, ["p", "q", "r"]);
    expect(table.values).toEqual([
      [3, "x"],
      [1, NA],
      [NA, "y"],
    ]);
    expect([table.index, table.dtypes]).toEqual([
      ["p", "q", "r"],
      ["float32", "string"],
    ]);
    expect(table.column("b").values).toEqual(["x", NA, "y"]);
    expect(table.fillNa(0).values).toEqual([
      [3, "x"],
      [1, 0],
      [0, "y"],
    ]);
    expect(table.sortValues("a").column("a").values).toEqual([1, 3, NA]);
    const gaps = frameOf([{ name: "w", type: "number", values: Float64Array.of(1.5, NA, 4, 0.5, NA, -1) }]);
    expect(gaps.sortValues("w").index).toEqual([5, 3, 0, 2, 1, 4]);
    gaps.sortValues("w", { ascending: false, inplace: true });
    expect([gaps.index, gaps.column("w").values]).toEqual([
      [2, 0, 3, 5, 1, 4],
      [4, 1.5, 0.5, -1, NA, NA],
    ]);
    expect(table.drop({ columns: ["a"] }).columns).toEqual(["b"]);
  });

  it("is undone by columnsOf, also after danfo has changed the table", () => {
    const table = frameOf(columns);
    expect(columnsOf(table)).toEqual(columns);
    table.addColumn("c", [1, 2, 3], { inplace: true });
    expect(columnsOf(table)).toEqual([...columns, { name: "c", type: "number", values: Float64Array.of(1, 2, 3) }]);
  });

  it("gives a table that is the same before and after danfo has asked for its rows", () => {
    const make = () => frameOf(columns, ["p", "q", "r"]);
    const touched = make();
    expect(touched.values).toHaveLength(3);
    for (const table of [make(), touched]) {
      expect([table.shape, table.columns, table.index]).toEqual([
        [3, 2],
        ["a", "b"],
        ["p", "q", "r"],
      ]);
      const dropped = table.drop({ columns: ["a"] });
      expect([dropped.shape, dropped.columns, dropped.dtypes, dropped.index, dropped.values]).toEqual([
        [3, 1],
        ["b"],
        ["string"],
        ["p", "q", "r"],
        [["x"], [NA], ["y"]],
      ]);
      expect(table.drop({ index: ["q"] }).values).toEqual([
        [3, "x"],
        [NA, "y"],
      ]);
      expect(() => table.drop({ columns: ["c"] })).toThrow('column "c" not found');
    }
  });

  it("gives columns in the order asked for, before and after danfo has asked for its rows", () => {
    const touched = frameOf(columns, ["p", "q", "r"]);
    expect(touched.values).toHaveLength(3);
    for (const table of [frameOf(columns, ["p", "q", "r"]), touched]) {
      const chosen = table.loc({ columns: ["b", "a"] });
      expect([chosen.shape, chosen.columns, chosen.dtypes, chosen.index, chosen.values]).toEqual([
        [3, 2],
        ["b", "a"],
        ["string", "float32"],
        ["p", "q", "r"],
        [
          ["x", 3],
          [NA, 1],
          ["y", NA],
        ],
      ]);
      expect(table.loc({ rows: ["q", "p"], columns: ["a"] }).values).toEqual([[1], [3]]);
      expect(() => table.loc({ columns: ["a", "c"] })).toThrow('expected columns among "a", "b", received "c"');
    }
  });

  it("follows what danfo changes in place: names, cells, columns left out", () => {
    const renamed = frameOf(columns);
    renamed.rename({ a: "z" }, { inplace: true });
    expect(columnsOf(renamed).map(({ name }) => name)).toEqual(["z", "b"]);
    expect(renamed.drop({ columns: ["z"] }).columns).toEqual(["b"]);
    const filled = frameOf([columns[0]]);
    filled.fillNa(0, { inplace: true });
    expect(columnsOf(filled)[0]!.values).toEqual(Float64Array.of(3, 1, 0));
    const narrow = frameOf(columns);
    narrow.drop({ columns: ["a"], inplace: true });
    expect(columnsOf(narrow)).toEqual([columns[1]]);
    const assigned = frameOf(columns);
    Object.assign(assigned, { a: [7, 8, 9] });
    expect(columnsOf(assigned)[0]!.values).toEqual(Float64Array.of(7, 8, 9));
  });

  it.each(["drop", "loc"])("lets a column be called %s", (name) => {
    const table = frameOf([{ ...columns[0], name }, columns[1]]);
    expect([table.shape, table.column(name).values]).toEqual([
      [3, 2],
      [3, 1, NA],
    ]);
  });

  it("gives a table that danfo's own functions take, as its own and of its type", () => {
    const table = frameOf(columns);
    expect(dfd.concat({ dfList: [table, table], axis: 0 }).shape).toEqual([6, 2]);
    expect(table.addColumn("c", table.column("a")).columns).toEqual(["a", "b", "c"]);
    expect(table.loc({ rows: table.column("a").gt(2) }).values).toEqual([[3, "x"]]);
    expect(dfd.toJSON(table.head(1))).toEqual([{ a: 3, b: "x" }]);
    expect(dfd.getDummies(table.loc({ columns: ["b"] })).columns).toEqual(["b_x", "b_NaN", "b_y"]);
  });

  it("gives a table of truth values, which danfo knows too", () => {
    const table = frameOf([{ name: "t", type: "boolean", values: [true, undefined, false] }]);
    expect([table.dtypes, table.values]).toEqual([["boolean"], [[true], [NA], [false]]]);
    expect(table.fillNa(true).values).toEqual([[true], [true], [false]]);
    expect(columnsOf(table.tail(1) as unknown as DataFrame)).toEqual([{ name: "t", type: "boolean", values: [false] }]);
  });

  it("gives a table and columns that a notebook shows as it shows danfo's", async () => {
    const table = frameOf(columns, ["p", "q", "r"]);
    expect(await bundleOf(table)).toEqual(
      await bundleOf(frame(table.values as unknown[][], ["a", "b"], ["p", "q", "r"])),
    );
    const [again, { $data }] = [frameOf(columns), frameOf(columns) as unknown as { $data: unknown[][] }];
    expect([$data.length, $data[1], $data[3], $data.map((row) => row), $data.slice(-1)]).toEqual([
      3,
      again.values[1],
      undefined,
      again.values,
      [again.values[2]],
    ]);
    expect(inspect(table)).toBe('Table, 3 × 2: "a", "b"');
    expect((await bundleOf(table.column("b")))["text/plain"]).toContain("3 rows × 1 columns");
  });

  it("lets a column have any name, and says which ones danfo cannot have once danfo is asked for", () => {
    const table = frameOf([{ ...columns[0], name: "values" }, columns[1]]);
    expect(table.column("values").values).toEqual([3, 1, NA]);
    expect(() => table.groupby(["b"])).toThrow(
      'expected column names that danfo does not use itself, received "values": rename them.',
    );
  });

  it("gives columns by their names, as properties and one by one, with danfo's methods", () => {
    const table = frameOf(columns);
    expect([table.a.values, table.a.mean(), table.column("a").max()]).toEqual([[3, 1, NA], 2, 3]);
    expect(table.column("b").index).toEqual([0, 1, 2]);
    expect(() => table.column("c")).toThrow();
  });

  it("refuses two columns of one name", () => {
    expect(() => frameOf([columns[0], columns[0]])).toThrow(
      'Table: expected every column name once, received "a" more than once.',
    );
  });
});
