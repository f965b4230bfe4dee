/** Writing CSV files: what is written is read back, and nothing is lost when writing fails. */

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { danfo } from "../../../lib/danfo/loader.js";
import { columnsOf, frameOf } from "../../../lib/preprocessing/frame.js";
import { readCsv } from "../../../lib/preprocessing/read-csv.js";
import { writeCsv } from "../../../lib/preprocessing/write-csv.js";
import { temporaryFolder } from "../../helpers/folder.js";

const table = () =>
  new (danfo().DataFrame)(
    [
      [1, "x"],
      [2.5, Number.NaN],
    ],
    { columns: ["a", "b"] },
  );

describe("writeCsv", () => {
  it("writes a header, one line a row, NA for a missing cell, and makes missing folders", () => {
    const file = join(temporaryFolder().path, "new", "folder", "table.csv");
    writeCsv(table(), file);
    expect(readFileSync(file, "utf8")).toBe("a,b\n1,x\n2.5,NA\n");
  });

  it("leaves only the file, and replaces an earlier one", () => {
    const folder = temporaryFolder();
    writeCsv(table(), folder.write("table.csv", "earlier"));
    expect(folder.names()).toEqual(["table.csv"]);
    expect(readFileSync(join(folder.path, "table.csv"), "utf8")).toMatch(/^a,b\n/);
  });

  it("refuses a path below a file", () => {
    const folder = temporaryFolder();
    const file = join(folder.write("a", "kept"), "table.csv");
    expect(() => writeCsv(table(), file)).toThrow(
      /table\.csv: expected to write this file, received \w+: a part of the path is a file/,
    );
    expect(folder.names()).toEqual(["a"]);
    expect(readFileSync(join(folder.path, "a"), "utf8")).toBe("kept");
  });

  it("refuses a path that is a folder", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder.path, "out"));
    expect(() => writeCsv(table(), join(folder.path, "out"))).toThrow(/out: expected to write this file, received/);
    expect(folder.names()).toEqual(["out"]);
  });

  it("writes large whole numbers and truth values so that they are read back as such", () => {
    const file = join(temporaryFolder().path, "table.csv");
    const columns = [
      { name: "large", type: "number", values: Float64Array.of(2 ** 60, -(2 ** 53) - 2, 2 ** 53) },
      { name: "true", type: "boolean", values: [true, undefined, false] },
    ] as const;
    writeCsv(frameOf(columns), file);
    expect(columnsOf(readCsv(file))).toEqual(columns);
  });

  it("refuses an infinite number, which CSV has no common name for", () => {
    const folder = temporaryFolder();
    const infinite = new (danfo().DataFrame)([[1], [Number.POSITIVE_INFINITY]], { columns: ["a"] });
    expect(() => writeCsv(infinite, join(folder.path, "table.csv"))).toThrow(
      'writeCsv: row 1, column "a": expected a finite or a missing number, received Infinity.',
    );
    expect(folder.names()).toEqual([]);
  });

  it("writes what readCsv reads back, whatever the cells", () => {
    const file = join(temporaryFolder().path, "table.csv");
    const number = fc.double({ noDefaultInfinity: true }).map((x) => x + 0); // −0 is written as 0
    // A CSV file does not tell text from numbers, nor "\r" from "\n"; some letter makes it text.
    const text = fc.string({ unit: "grapheme" }).map((cell) => `§${cell.replaceAll("\r", "\n")}`);
    const missing = fc.constant(undefined);
    const tables = fc.integer({ min: 1, max: 8 }).chain((rows) => {
      const cells = <T>(cell: fc.Arbitrary<T>) => fc.array(cell, { minLength: rows, maxLength: rows });
      return fc.record({
        numbers: cells(number),
        texts: cells(fc.oneof(text, missing)),
        name: fc.string({ minLength: 1 }).map((name) => `§${name.replaceAll("\r", "")}`),
      });
    });
    fc.assert(
      fc.property(tables, ({ numbers, texts, name }) => {
        const written = frameOf([
          { name: "numbers", type: "number", values: Float64Array.from(numbers) },
          { name, type: "string", values: texts },
        ]);
        writeCsv(written, file);
        const read = readCsv(file);
        expect(read.columns).toEqual(written.columns);
        expect(read.values).toEqual(written.values);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
