/** Loading the house prices: the shipped tables, other people's, and broken ones. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { amesFile } from "../../../lib/datasets/ames.js";
import { loadHousePrices } from "../../../lib/datasets/house-prices.js";
import { temporaryFolder } from "../../helpers/folder.js";
import { kaggleFolder, needing, root } from "../../helpers/needs.js";

const train = "Id,area,roof,SalePrice\n1,100,Hip,1000\n2,200,NA,2000\n3,NA,Flat,3000\n";
const test = "Id,area,roof\n4,300,Hip\n5,400,Flat\n";

/** Loads tables from a folder of their own. */
function load(trainText: string, testText: string) {
  const folder = temporaryFolder();
  folder.write("train.csv", trainText);
  folder.write("test.csv", testText);
  return loadHousePrices({ data: folder.path });
}

describe("the shipped tables", () => {
  it("are those their README describes", () => {
    const readme = readFileSync(join(root, "data/ames/README.md"), "utf8");
    for (const name of ["train.csv", "test.csv", "solution.csv"] as const) {
      const hash = createHash("sha256")
        .update(readFileSync(amesFile(name)))
        .digest("hex");
      expect(readme.split("\n").find((line) => line.includes(`\`${name}\` |`))).toContain(hash);
    }
  });

  it("load with 79 features, 36 of them numbers", () => {
    const prices = loadHousePrices();
    expect(prices.files).toEqual({ train: amesFile("train.csv"), test: amesFile("test.csv") });
    expect([prices.train.shape, prices.test.shape]).toEqual([
      [1460, 81],
      [1459, 80],
    ]);
    expect(prices.test.columns).toEqual(prices.train.columns.slice(0, -1));
    const text = (dtypes: string[]) => dtypes.filter((dtype) => dtype === "string").length;
    expect([text(prices.train.dtypes), text(prices.test.dtypes)]).toEqual([43, 43]);
  });
});

needing("the Kaggle files")("Kaggle's files load from their folder, or one by one", () => {
  const byFolder = loadHousePrices({ data: kaggleFolder });
  const files = {
    train: join(kaggleFolder, "kaggle_house_pred_train.csv"),
    test: join(kaggleFolder, "kaggle_house_pred_test.csv"),
  };
  expect(byFolder.files).toEqual(files);
  expect(byFolder.train.shape).toEqual([1460, 81]);
  expect(loadHousePrices({ data: "", ...files }).files).toEqual(files);
});

describe("loadHousePrices", () => {
  it("reads other tables; options that are empty count as none", () => {
    const prices = load(train, test);
    expect(prices.train.values).toEqual([
      [1, 100, "Hip", 1000],
      [2, 200, Number.NaN, 2000],
      [3, Number.NaN, "Flat", 3000],
    ]);
    expect(loadHousePrices({ data: "", train: "", test: "" }).files.train).toBe(amesFile("train.csv"));
  });

  it("orders the features of test as in train", () => {
    expect(load(train, "roof,Id,area\nHip,4,300\n").test.columns).toEqual(["Id", "area", "roof"]);
  });

  it("takes a column without any value in one table for what it is in the other", () => {
    expect(load(train, "Id,area,roof\n4,300,NA\n").test.dtypes).toEqual(["int32", "int32", "string"]);
    expect(load(train, "Id,area,roof\n4,NA,Hip\n").test.values).toEqual([[4, Number.NaN, "Hip"]]);
  });

  it.each([
    [
      "a missing folder",
      { data: "no-such-folder" },
      /no-such-folder: expected a folder with train\.csv and test\.csv, received no such folder/,
    ],
    [
      "a folder without the tables",
      { data: root },
      /expected train\.csv or kaggle_house_pred_train\.csv in this folder, received neither/,
    ],
    ["a missing file", { train: "no-such.csv" }, /no-such\.csv: expected a CSV file, received no such file/],
  ])("refuses %s", (_, options, message) => {
    expect(() => loadHousePrices(options)).toThrow(message);
  });

  it.each([
    [
      "train without prices",
      "Id,area,roof\n1,2,Hip\n",
      test,
      'train.csv: expected the columns "Id", "SalePrice", received a table without "SalePrice".',
    ],
    [
      "test without Ids",
      train,
      "area,roof\n1,Hip\n",
      'test.csv: expected the columns "Id", received a table without "Id".',
    ],
    ["test without a feature", train, "Id,area\n4,300\n", 'received a table without the columns "roof".'],
    [
      "train without a feature",
      "Id,area,SalePrice\n1,100,1000\n",
      test,
      'received a table without the columns "roof".',
    ],
    [
      "a doubled column",
      train,
      "Id,area,roof,area\n4,1,Hip,1\n",
      'test.csv, line 1: expected every column once, received "area" more than once.',
    ],
    [
      "a ragged row",
      "Id,area,roof,SalePrice\n1,100,Hip,1000\n2,200\n",
      test,
      "train.csv, line 3: expected 4 cells, received 2",
    ],
    [
      "text in a numeric column of test",
      train,
      "Id,area,roof\n4,300,Hip\n5,many,Hip\n",
      'test.csv, line 3, column "area": expected a number, as in ',
    ],
    [
      "text in a numeric column of train",
      train.replace("200", "20O"),
      test,
      'train.csv, line 3, column "area": expected a number, as in ',
    ],
    [
      "text for a price",
      train.replace("2000", "cheap"),
      test,
      'train.csv, line 3, column "SalePrice": expected a number, received "cheap".',
    ],
    [
      "a missing price",
      train.replace("2000", "NA"),
      test,
      'train.csv, line 3, column "SalePrice": expected a positive number, received "NA".',
    ],
    [
      "a price of 0",
      train.replace("2000", "0"),
      test,
      'train.csv, line 3, column "SalePrice": expected a positive number, received 0.',
    ],
    [
      "a missing Id",
      train,
      test.replace("5,", "NA,"),
      'test.csv, line 3, column "Id": expected a number, received none.',
    ],
    [
      "a doubled Id",
      train,
      test.replace("5,", "4,"),
      'test.csv, line 3, column "Id": expected every Id once, received 4 again, after line 2.',
    ],
    [
      "an empty table",
      train,
      "Id,area,roof\n",
      "test.csv: expected a table with a header and at least one row, received a header without rows.",
    ],
  ])("refuses %s", (_, trainText, testText, message) => {
    expect(() => load(trainText, testText)).toThrow(message);
  });
});
