/** Reading CSV files, the errors first. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import type { ReadCsvOptions } from "../../../lib/preprocessing/csv-options.js";
import { readCsv } from "../../../lib/preprocessing/read-csv.js";
import { temporaryFolder } from "../../helpers/folder.js";

const read = (text: string, options: ReadCsvOptions = {}) =>
  readCsv(temporaryFolder().write("table.csv", text), options);

/** What is said beside the table, without the folder of the file. */
let warn: MockInstance<typeof console.warn>;
const said = () => warn.mock.calls.flat().map((text) => String(text).replace(/^.*table\.csv/, ""));
beforeEach(() => {
  warn = vi.spyOn(console, "warn").mockReturnValue();
});
afterEach(() => vi.restoreAllMocks());

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

  it("takes None for missing, as pandas does, unless the list is the caller's own", () => {
    const table = read("veneer\nNone\nNA\nBrick\n");
    expect(table.values).toEqual([[Number.NaN], [Number.NaN], ["Brick"]]);
    expect(table.dtypes).toEqual(["string"]);
    expect(read("a\nNone\nNA\n", { keepDefaultNa: false, naValues: ["NA"] }).values).toEqual([["None"], [Number.NaN]]);
  });

  it.each(["0x10", "1e", "1_000", "T"])("takes %s for text", (cell) => {
    expect(read(`a\n${cell}\n`).values).toEqual([[cell]]);
  });

  it("looks once at each letter of a cell, however many it has", () => {
    const [digits, spaces] = ["1".repeat(300_000), " ".repeat(300_000)];
    expect(read(`a\n${digits}x\n`).values).toEqual([[`${digits}x`]]);
    expect(read(`a,b\n1${spaces},1${spaces}x\n`).values).toEqual([[1, `1${spaces}x`]]);
  });

  it("takes its list of missing values from the caller, and pandas' beside it unless told otherwise", () => {
    const text = "a,b\n-,NA\n2,x\n";
    expect(read(text, { naValues: ["-"] }).values).toEqual([
      [Number.NaN, Number.NaN],
      [2, "x"],
    ]);
    expect(read(text, { naValues: ["-"], keepDefaultNa: false }).values).toEqual([
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
      ["two\r\nlines", 2],
    ]);
  });
});

describe("readCsv says", () => {
  it("nothing about files that mean one thing", () => {
    read("a,b\n0.5,9007199254740993\n9007199254740993,1e3\n");
    read("a,b,c\n1,x,True\n2,NA,False\nNA,12,NA\n,y,True\n");
    expect(said()).toEqual([]);
  });

  it("which cells make a column text, with the first of them", () => {
    expect(read("a,b\n1,x\n\n2,y\nsix,z\n4,w\nseven,v\n").dtypes).toEqual(["string", "string"]);
    expect(said()).toEqual([
      ', line 5 (row 2), column "a": text because of 2 cells among 3 numbers, the first "six". If it stands for a missing value, ' +
        'add it to naValues; if text is meant, say { dtypes: { a: "string" } }.',
    ]);
  });

  it("so too where the first of them stands among rows that are read a second time, and not where text was asked for", () => {
    const text = `a,b\n${"1,2\n".repeat(40_000)}?,3\n${"4,5\n".repeat(10)}x,6\n`;
    expect(read(text).shape).toEqual([40_012, 2]);
    expect(said()).toEqual([
      expect.stringMatching(/^, line 40002 \(row 40000\), column "a": text because of 2 cells among 40010/),
    ]);
    warn.mockClear();
    read(text, { dtypes: { a: "string" } });
    read(text, { naValues: ["?", "x"] });
    expect(said()).toEqual([]);
  });

  it("that whole numbers beyond 2⁵³ stay text, which is the whole column", () => {
    const text = `id,x\n${"7,1\n".repeat(40_000)}9007199254740993,2\n`;
    const table = read(text);
    expect(table.dtypes).toEqual(["string", "int32"]);
    const ids = table.column("id").values;
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([40_001, "7", "9007199254740993"]);
    expect(said()).toEqual([
      ', line 40002 (row 40000), column "id": 9007199254740993 is beyond 2⁵³, where float64 leaves whole numbers out; the column ' +
        'stays text. If that is meant, say { dtypes: { id: "string" } }.',
    ]);
    expect(read(text, { dtypes: { id: "number" } }).dtypes[0]).toBe("float32");
  });

  it("that numbers are too large for a float64 and become infinite ones, where pandas makes text of the column", () => {
    const text = "a,b,c\n2,inf,0.5\n1e400,-Infinity,9".concat("9".repeat(400), "\n-1e400,1,1\n");
    expect(read(text).values).toEqual([
      [2, Number.POSITIVE_INFINITY, 0.5],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      [Number.NEGATIVE_INFINITY, 1, 1],
    ]);
    expect(said()).toEqual([
      ', line 3 (row 1), column "a": "1e400" is too large for a float64 and became infinite. If it stands for a missing value, add ' +
        'it to naValues; if text is meant, say { dtypes: { a: "string" } }.',
      expect.stringMatching(/^, line 3 \(row 1\), column "c": "9999.*… is too large for a float64 and became infinite/),
    ]);
    warn.mockClear();
    read(text, { dtypes: { a: "string", c: "string" } });
    expect(said()).toEqual([]);
  });

  it("that a single column may be several, and by which option", () => {
    expect(read("a;b\n1;2\n").columns).toEqual(["a;b"]);
    expect(said()).toEqual([': one column, "a;b". Is ";" the separator? Then say { sep: ";" }.']);
    expect(read("a;b\n1;2\n", { sep: ";" }).values).toEqual([[1, 2]]);
    expect(() => read("a;b\n1,5;2\n")).toThrow('received 2. Is ";" the separator? Then say { sep: ";" }.');
  });
});

describe("readCsv in another encoding", () => {
  const file = (bytes: number[]) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder.path, "table.csv"), Buffer.from(bytes));
    return join(folder.path, "table.csv");
  };
  const [a, newline, e] = [97, 10, 0xe9];

  it.each([
    [
      "within a line",
      [a, newline, a, e, a, newline],
      "line 2: expected text in the encoding utf-8, received the byte 0xE9 at position 3.",
    ],
    ["before a line end", [a, newline, e, newline], "received the byte 0xE9 at position 2."],
    ["at the end of the file", [a, newline, a, 0xe2, 0x82], "received the byte 0xE2 at position 3."],
    ["that begins nothing", [a, newline, 0xff], "received the byte 0xFF at position 2."],
    [
      "that continues nothing",
      [0x80, newline, a],
      "line 1: expected text in the encoding utf-8, received the byte 0x80 at position 0.",
    ],
    ["of an overlong letter", [a, newline, 0xc0, 0xaf], "received the byte 0xC0 at position 2."],
  ])("refuses a byte %s", (_, bytes, message) => {
    expect(() => readCsv(file(bytes))).toThrow(message);
    expect(() => readCsv(file(bytes))).toThrow(
      'Name the file\'s encoding: { encoding: "latin-1" or "cp1252" }, perhaps.',
    );
  });

  it("takes latin-1 and cp1252 for what they are", () => {
    expect(readCsv(file([a, newline, e, 0x92]), { encoding: "latin-1" }).values).toEqual([["é\u0092"]]);
    expect(readCsv(file([a, newline, e, 0x92]), { encoding: "cp1252" }).values).toEqual([["é’"]]);
    expect(readCsv(file([a, newline, e, 0x92]), { encoding: "ISO_8859_1" }).values).toEqual([["é\u0092"]]);
    expect(() => readCsv(file([a, newline, 0x81]), { encoding: "cp1252" })).toThrow("the byte 0x81 at position 2");
  });

  it("refuses a byte 0, which pandas cuts a cell at, and names the encodings that have one in every letter", () => {
    expect(() => readCsv(file([a, newline, a, 0, a, newline]))).toThrow(
      "line 2: expected text in the encoding utf-8, received the byte 0x00 at position 3. Name the file's encoding: " +
        '{ encoding: "utf-16-le" }, perhaps. Or the file is damaged: write it anew, without such bytes.',
    );
    expect(() => readCsv(file([a, 0, newline, 0, a, 0]))).toThrow("the byte 0x00 at position 1");
    expect(readCsv(file([a, 0, newline, 0, a, 0]), { encoding: "utf-16-le" }).values).toEqual([["a"]]);
    expect(() => readCsv(file([a, newline, a, 0]), { encoding: "latin-1" })).toThrow("the byte 0x00 at position 3");
  });

  it("takes ascii for what it is, not for cp1252", () => {
    expect(readCsv(file([a, newline, a]), { encoding: "ascii" }).values).toEqual([["a"]]);
    expect(() => readCsv(file([a, newline, e]), { encoding: "us-ascii" })).toThrow("the byte 0xE9 at position 2");
  });

  it("refuses an encoding that there is not", () => {
    expect(() => readCsv(file([a, newline, a]), { encoding: "klingon" })).toThrow(
      'readCsv: expected an encoding such as "utf-8", "latin-1", "cp1252" or "utf-16", received "klingon".',
    );
  });
});

describe("readCsv refuses options", () => {
  it.each<[string, ReadCsvOptions, string]>([
    ["that there are not", { delimiter: ";" } as ReadCsvOptions, 'received one called "delimiter"'],
    ["of several characters", { sep: "::" }, 'expected sep to be one ASCII character, received "::"'],
    ["of another script", { sep: "§" }, 'expected sep to be one ASCII character, received "§"'],
    [
      "that are one sign",
      { sep: "#", comment: "#" },
      'expected different signs for sep and comment, received "#" for both',
    ],
    [
      "of numbers that are one sign",
      { decimal: ",", thousands: "," },
      "expected different signs for decimal and thousands",
    ],
    ["that count below nothing", { nrows: -1 }, "expected nrows to be a whole number of 0 or more, received -1"],
    [
      "about columns that are not there",
      { usecols: ["a", "c"] },
      'expected usecols to name columns among "a", "b", received "c"',
    ],
    [
      "about a place that is not there",
      { indexCol: 7 },
      'expected indexCol to name columns among "a", "b", received 7',
    ],
    ["about no column", { usecols: [] }, "expected usecols to name a column, received none"],
    [
      "with types that there are not",
      { dtypes: { a: "int" as "number" } },
      'expected dtypes of "number", "string" or "boolean", received "int" for column "a"',
    ],
    ["with too few names", { names: ["x"], header: 0 }, "expected names for its 2 columns, received 1"],
    ["with a name twice", { names: ["x", "x"] }, 'expected every column once, received "x" more than once'],
    [
      "that a cell does not keep to",
      { dtypes: { b: "boolean" } },
      'line 2, column "b": expected true or false, received "2"',
    ],
  ])("%s", (_, options, message) => {
    expect(() => read("a,b\n1,2\n", options)).toThrow(message);
  });
});
