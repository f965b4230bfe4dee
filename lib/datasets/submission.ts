/** A submission to the house-price competition: `Id,SalePrice`, one row for each row of the test table. */

import { writeFileWhole } from "../persistence/write-file.js";
import { readCsvTable } from "../preprocessing/csv-table.js";
import { csvText } from "../preprocessing/csv-text.js";
import { list, repeated } from "../preprocessing/messages.js";
import { amesFile } from "./ames.js";

/**
 * Writes a submission, or nothing at all; folders that are missing are made.
 * @param ids of the test rows, in their order
 * @param prices predicted, in dollars, in the same order
 * @throws RangeError when the numbers of ids and prices differ, an Id is doubled, or a price is not finite; Error when the file
 * cannot be written whole: an earlier file is then unchanged
 */
export function writeSubmission(file: string, ids: ArrayLike<number>, prices: ArrayLike<number>): void {
  if (ids.length !== prices.length || ids.length === 0) {
    throw new RangeError(
      `Submission: expected one price for each Id, received ${ids.length} Ids and ${prices.length} prices.`,
    );
  }
  const doubled = repeated(Array.from(ids));
  if (doubled.length > 0) {
    throw new RangeError(`Submission: expected every Id once, received ${list(doubled)} more than once.`);
  }
  const row = Array.from(prices).findIndex((price) => !Number.isFinite(price));
  if (row >= 0) {
    throw new RangeError(
      `Submission: row ${row} (Id ${ids[row]}), column "SalePrice": expected a finite prediction, received ${prices[row]}. Nothing was written.`,
    );
  }
  const columns = [
    { name: "Id", type: "number", values: Float64Array.from(ids) },
    { name: "SalePrice", type: "number", values: Float64Array.from(prices) },
  ] as const;
  writeFileWhole(file, csvText(columns));
}

/**
 * The competition's error of a submission: √mean((log ŷ − log y)²), natural logarithm, over all rows of the solution.
 * @param solution `Id,SalePrice` with the true prices; default the one that ships with the package
 * @throws when a file is missing or is no such table, a price is not a positive number, or the Ids are not those of the solution,
 * each once
 */
export function scoreSubmission(submission: string, solution: string = amesFile("solution.csv")): number {
  const predicted = readPrices(submission);
  const actual = readPrices(solution);
  const absent = [...actual.keys()].filter((id) => !predicted.has(id));
  const extra = [...predicted.keys()].filter((id) => !actual.has(id));
  if (absent.length > 0 || extra.length > 0) {
    const parts = [
      absent.length > 0 ? `none for ${list(absent)}` : "",
      extra.length > 0 ? `unknown ${list(extra)}` : "",
    ];
    throw new Error(
      `${submission}: expected a row for each Id of ${solution}, received ${parts.filter(Boolean).join(" and ")}.`,
    );
  }
  const squares = [...actual].map(([id, price]) => (Math.log(predicted.get(id)!) - Math.log(price)) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

/** The prices in a file with the columns Id and SalePrice, by Id. */
function readPrices(file: string): Map<number, number> {
  const names = ["Id", "SalePrice"];
  const table = readCsvTable(file, { keepDefaultNa: false });
  const header = table.columns.map(({ name }) => name);
  if (header.join() !== names.join()) {
    throw new Error(`${table.file}: expected the columns "Id", "SalePrice", received ${list(header)}.`);
  }
  const numbers = readCsvTable(file, { keepDefaultNa: false, dtypes: { Id: "number", SalePrice: "number" } });
  const [ids, prices] = numbers.columns.map(({ values }) => values as Float64Array);
  const wrong = prices!.findIndex((price) => !(price > 0 && Number.isFinite(price)));
  if (wrong >= 0) {
    throw new Error(
      `${table.file}, line ${table.line(wrong)}, column "SalePrice": expected a positive number, received ${prices![wrong]}.`,
    );
  }
  const doubled = repeated([...ids!]);
  if (doubled.length > 0) {
    throw new Error(`${table.file}, column "Id": expected every Id once, received ${list(doubled)} more than once.`);
  }
  return new Map([...ids!].map((id, i) => [id, prices![i]!]));
}
