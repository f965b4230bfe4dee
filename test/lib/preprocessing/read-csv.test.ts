/** Reading CSV files, the errors first. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../../lib/preprocessing/read-csv.js";
import { temporaryFolder } from "../../helpers/folder.js";

const read = (text: string, options = {}) => readCsv(temporaryFolder().write("table.csv", text), options);

describe("readCsv refuses", () => {
  it("a missing file, naming it", () => {
    const file = join(temporaryFolder().path, "absent.csv");
    expect(() => readCsv(file)).toThrow(`${file}: expected a CSV file, received no such file. Check the path.`);
  });

  it("a path below a file", () => {
    const file = join(temporaryFolder().write("a", ""), "table.csv");
    expect(() => readCsv(file)).toThrow(`${file}: expected a CSV file, received no such file.`);
  });

  it("a folder", () => {
    expect(() => readCsv(temporaryFolder().path)).toThrow("expected a CSV file, received a folder.");
  });

  it.each([
    ["", "an empty file"],
    ["\n\n", "an empty file"],
    ["a,b\n", "a header without rows"],
  ])("a table without rows: %j", (text, received) => {
    expect(() => read(text)).toThrow(
      `table.csv: expected a table with a header and at least one row, received ${received}.`,
    );
  });

  it.each([
    [
      "a short row",
      "a,b,c\n1,2,3\n4,5\n",
      'table.csv, line 3: expected 3 cells, received 2: column "c" and those after it are missing.',
    ],
    ["a long row", "a,b\n1,2\n\n3,4,5\n", "table.csv, line 4: expected 2 cells, received 3."],
    ["a ragged row after a cell of two lines", 'a,b\n"x\ny",2\n3\n', "table.csv, line 4: expected 2 cells, received 1"],
    [
      "a doubled column",
      "a,b,a,b,a\n1,2,3,4,5\n",
      'table.csv, line 1: expected every column once, received "a", "b" more than once.',
    ],
    [
      "a nameless column",
      "a,,b\n1,2,3\n",
      "table.csv, line 1: expected a name for every column, received none for column 2.",
    ],
    [
      "an open quote",
      'a,b\n1,2\n"3,4\n',
      "table.csv, line 3: expected a quote after every quoted cell, received: Quoted field unterminated.",
    ],
    [
      "names that danfo needs itself",
      "a,values,$data,count\n1,2,3,4\n",
      'expected column names that danfo does not use itself, received "values", "$data": rename them.',
    ],
  ])("%s", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it("text in a column said to hold numbers, naming line and column", () => {
    expect(() => read("a,b\n1,2\n3,NA\n5,six\n", { dtypes: { b: "number" } })).toThrow(
      'table.csv, line 4, column "b": expected a number, received "six".',
    );
  });

  it("a dtype for a column that is not there", () => {
    expect(() => read("a\n1\n", { dtypes: { b: "number" } })).toThrow(
      'table.csv: expected the columns named in dtypes, received a table without "b".',
    );
  });
});

describe("readCsv", () => {
  it("takes a column whose only non-numbers are NA for numbers", () => {
    const table = read("whole,fraction,gaps\n1,.5,NA\n-2,1e3,4\n");
    expect(table.values).toEqual([
      [1, 0.5, Number.NaN],
      [-2, 1000, 4],
    ]);
    expect(table.dtypes).toEqual(["int32", "float32", "float32"]);
  });

  it("takes None for a category, and a missing text for NaN", () => {
    const table = read("veneer\nNone\nNA\nBrick\n");
    expect(table.values).toEqual([["None"], [Number.NaN], ["Brick"]]);
    expect(table.dtypes).toEqual(["string"]);
  });

  it.each(["0x10", "Infinity", "1e999", "1_000", "true"])("takes %s for text", (cell) => {
    expect(read(`a\n${cell}\n`).values).toEqual([[cell]]);
  });

  it("looks once at each letter of a cell, however many it has", () => {
    const [digits, spaces] = ["1".repeat(300_000), " ".repeat(300_000)];
    expect(read(`a\n${digits}x\n`).values).toEqual([[`${digits}x`]]);
    expect(read(`a,b\n1${spaces},1${spaces}x\n`).values).toEqual([[1, `1${spaces}x`]]);
  });

  it("takes its list of missing values from the caller", () => {
    expect(read("a,b\n-,NA\n2,x\n", { naValues: ["-"] }).values).toEqual([
      [Number.NaN, "NA"],
      [2, "x"],
    ]);
  });

  it("keeps digits as text where told so", () => {
    expect(read("code\n007\n", { dtypes: { code: "string" } }).values).toEqual([["007"]]);
  });

  it("reads a byte order mark, line ends of any system, blank lines, quotes and commas in cells", () => {
    expect(read('\uFEFFa,b\r\n"x, ""y""",1\r\n\n"two\r\nlines",2\r').values).toEqual([
      ['x, "y"', 1],
      ["two\nlines", 2],
    ]);
  });
});
