/** Writing and scoring submissions. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { amesFile } from "../../../lib/datasets/ames.js";
import { scoreSubmission, writeSubmission } from "../../../lib/datasets/submission.js";
import { temporaryFolder } from "../../helpers/folder.js";

describe("writeSubmission", () => {
  it("writes Id,SalePrice in the order given", () => {
    const file = join(temporaryFolder().path, "out", "submission.csv");
    writeSubmission(file, [1462, 1461], Float32Array.of(100.5, 200000));
    expect(readFileSync(file, "utf8")).toBe("Id,SalePrice\n1462,100.5\n1461,200000\n");
  });

  it.each([
    [
      "a prediction that is not finite",
      [1461, 1462],
      [1, Number.NaN],
      'Submission: row 1 (Id 1462), column "SalePrice": expected a finite prediction, received NaN. Nothing was written.',
    ],
    ["an infinite prediction", [1461], [Number.POSITIVE_INFINITY], "received Infinity. Nothing was written."],
    [
      "fewer prices than Ids",
      [1461, 1462],
      [1],
      "Submission: expected one price for each Id, received 2 Ids and 1 prices.",
    ],
    ["no row", [], [], "received 0 Ids and 0 prices."],
    ["a doubled Id", [1461, 1461], [1, 2], "Submission: expected every Id once, received 1461 more than once."],
  ])("refuses %s, and leaves the earlier file", (_, ids, prices, message) => {
    const folder = temporaryFolder();
    const file = folder.write("submission.csv", "kept");
    expect(() => writeSubmission(file, ids, prices)).toThrow(message);
    expect(readFileSync(file, "utf8")).toBe("kept");
    expect(folder.names()).toEqual(["submission.csv"]);
  });
});

describe("scoreSubmission", () => {
  const solution = "Id,SalePrice\n1,100\n2,200\n3,400\n";
  const score = (submission: string) => {
    const folder = temporaryFolder();
    return scoreSubmission(folder.write("submission.csv", submission), folder.write("solution.csv", solution));
  };

  it("is the root mean square of the differences of logarithms, whatever the order", () => {
    expect(score("Id,SalePrice\n3,800\n1,100\n2,100\n")).toBeCloseTo(Math.sqrt((2 * Math.log(2) ** 2) / 3), 12);
    expect(score(solution)).toBe(0);
  });

  it("takes the shipped solution unless told otherwise", () => {
    expect(scoreSubmission(amesFile("solution.csv"))).toBe(0);
  });

  it.each([
    ["a missing Id", "Id,SalePrice\n1,100\n3,1\n", "received none for 2."],
    ["an unknown Id", `${solution}4,1\n`, "received unknown 4."],
    [
      "a doubled Id",
      `${solution}3,1\n`,
      'submission.csv, column "Id": expected every Id once, received 3 more than once.',
    ],
    [
      "another header",
      "Id,Price\n1,100\n",
      'submission.csv: expected the columns "Id", "SalePrice", received "Id", "Price".',
    ],
    [
      "text for a price",
      "Id,SalePrice\n1,100\n2,much\n3,1\n",
      'submission.csv, line 3, column "SalePrice": expected a number, received "much".',
    ],
    [
      "no price",
      "Id,SalePrice\n1,100\n2,\n3,1\n",
      'submission.csv, line 3, column "SalePrice": expected a number, received "".',
    ],
    [
      "a price below zero",
      "Id,SalePrice\n1,100\n2,-5\n3,1\n",
      'submission.csv, line 3, column "SalePrice": expected a positive number, received -5.',
    ],
    ["an empty table", "Id,SalePrice\n", "submission.csv: expected a table with a header and at least one row"],
    ["a ragged row", "Id,SalePrice\n1,100,5\n", "submission.csv, line 2: expected 2 cells, received 3."],
  ])("refuses %s", (_, submission, message) => {
    expect(() => score(submission)).toThrow(message);
  });
});
