/** CSV files of every bad habit, read as pandas reads them, or refused: see test/goldens/csv-pandas.py. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cellsOf } from "../../../lib/preprocessing/column.js";
import type { ReadCsvOptions } from "../../../lib/preprocessing/csv-options.js";
import { columnsOf } from "../../../lib/preprocessing/frame.js";
import { readCsv } from "../../../lib/preprocessing/read-csv.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { root } from "../../helpers/needs.js";

interface Case {
  name: string;
  bytes: string;
  options: ReadCsvOptions;
  columns?: { name: string; type: string; values: unknown[] }[];
  index?: unknown[];
  fails?: string;
}

const { cases } = JSON.parse(readFileSync(join(root, "test/goldens/csv-pandas.json"), "utf8")) as { cases: Case[] };

/** Where pandas goes on by a guess (it fills short rows, makes names up, cuts cells, or gives a table without rows), this library asks. */
const asked: Record<string, string> = {
  "short rows": "line 3: expected 3 cells, received 2",
  "a separator more in each row": "line 2: expected 2 cells, received 3",
  "doubled names": 'expected every column once, received "a" more than once',
  "a column without a name": "expected a name for every column, received none for column 1",
  "a byte 0 in a cell": "line 2: expected text in the encoding utf-8, received the byte 0x00 at position 5",
  "a header only": "received a header without rows",
};

function read({ bytes, options }: Case) {
  const file = join(temporaryFolder().path, "table.csv");
  writeFileSync(file, Buffer.from(bytes, "base64"));
  return readCsv(file, options);
}

/** A cell as the golden file has it. */
const cell = (value: unknown) => {
  if (value === undefined || Number.isNaN(value)) return null;
  return value === Number.POSITIVE_INFINITY ? "inf" : value === Number.NEGATIVE_INFINITY ? "-inf" : value;
};

beforeEach(() => void vi.spyOn(console, "warn").mockReturnValue());
afterEach(() => vi.restoreAllMocks());

describe("readCsv and pandas", () => {
  it("are compared on more than a hundred files", () => {
    expect(cases.length).toBeGreaterThan(100);
    expect(cases.filter(({ columns }) => columns).length).toBeGreaterThan(90);
  });

  it.each(cases.filter(({ name, columns }) => columns && !asked[name]).map((one) => [one.name, one] as const))(
    "read the same: %s",
    (_, one) => {
      const table = read(one);
      const columns = columnsOf(table).map((column) => ({
        name: column.name,
        type: column.type,
        values: cellsOf(column).map(cell),
      }));
      expect(columns).toEqual(one.columns);
      if (one.index) expect(table.index).toEqual(one.index);
    },
  );

  it.each(cases.filter(({ name, fails }) => fails || asked[name]).map((one) => [one.name, one] as const))(
    "refused: %s",
    (name, one) => {
      expect(() => read(one)).toThrow(/expected .*, received/);
      if (asked[name]) expect(() => read(one)).toThrow(asked[name]);
    },
  );
});
