/**
 * The house prices of Ames, Iowa: the two tables of the course's main example, checked while they are read. The tables that
 * ship with the package are in `data/ames`; any two files with the same columns can take their place.
 */
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Column, firstValue, isMissing } from "../preprocessing/column.js";
import { type CsvTable, defaultNaValues, readColumn, readCsvTable } from "../preprocessing/csv-table.js";
import type { DataFrame } from "../preprocessing/data-frame.js";
import { frameOf } from "../preprocessing/frame.js";
import { list, show } from "../preprocessing/messages.js";
import { amesFile } from "./ames.js";

/** Where `loadHousePrices` looks for its tables. */
export interface HousePricesOptions {
  /** A folder with `train.csv` and `test.csv`, or `kaggle_house_pred_train.csv` and `kaggle_house_pred_test.csv`. */
  data?: string;
  /** The table with prices; outranks `data`. */
  train?: string;
  /** The table to predict prices for; outranks `data`. */
  test?: string;
}

/** The two tables of the house-price competition, and the files they came from. */
export interface HousePrices {
  /** `Id`, the features and `SalePrice`. */
  train: DataFrame;
  /** `Id` and the same features, in the same order; prices, should the file have them, are left out. */
  test: DataFrame;
  /** Where the tables were read from; absolute. */
  files: { train: string; test: string };
}

/**
 * Reads the two tables. An empty option counts as none, so that a notebook's parameters can be passed on as they are.
 *
 * A column holds numbers when it does so in one of the two tables: text in the other one is an error.
 * @throws when a file is missing or is not a table (see `readCsv`), when `Id` or `SalePrice` is missing, doubled or not a
 * number, when a price is not positive, or when the tables have different features; the message names file, line and column
 */
export function loadHousePrices({ data, train, test }: HousePricesOptions = {}): HousePrices {
  const files = { train: resolve(train || fileIn(data, "train")), test: resolve(test || fileIn(data, "test")) };
  const tables = { train: readCsvTable(files.train), test: readCsvTable(files.test) };
  requireColumns(tables.train, ["Id", "SalePrice"]);
  requireColumns(tables.test, ["Id"]);
  const [features, testFeatures] = [featuresOf(tables.train), featuresOf(tables.test)];
  requireSame(tables.test, testFeatures, tables.train, features);
  requireSame(tables.train, features, tables.test, testFeatures);

  const pairs = features.map((name) => readPair(tables.train, tables.test, name));
  const read = (table: CsvTable, name: string) => readColumn(table, name, missing, "number");
  const columns = {
    train: [read(tables.train, "Id"), ...pairs.map(([column]) => column), read(tables.train, "SalePrice")],
    test: [read(tables.test, "Id"), ...pairs.map(([, column]) => column)],
  };
  checkIds(tables.train, columns.train[0]!);
  checkIds(tables.test, columns.test[0]!);
  checkPrices(tables.train, columns.train.at(-1)!);
  return { train: frameOf(columns.train), test: frameOf(columns.test), files };
}

const missing: ReadonlySet<string> = new Set(defaultNaValues);

function fileIn(data: string | undefined, part: "train" | "test"): string {
  if (!data) return amesFile(`${part}.csv`);
  if (!existsSync(data) || !statSync(data).isDirectory()) {
    throw new Error(`${resolve(data)}: expected a folder with train.csv and test.csv, received no such folder.`);
  }
  const names = [`${part}.csv`, `kaggle_house_pred_${part}.csv`];
  const found = names.find((name) => existsSync(join(data, name)));
  if (found === undefined) {
    throw new Error(`${resolve(data)}: expected ${names.join(" or ")} in this folder, received neither.`);
  }
  return join(data, found);
}

const featuresOf = (table: CsvTable): string[] => table.header.filter((name) => name !== "Id" && name !== "SalePrice");

function requireColumns(table: CsvTable, names: readonly string[]): void {
  const absent = names.filter((name) => !table.header.includes(name));
  if (absent.length > 0) {
    throw new Error(`${table.file}: expected the columns ${list(names)}, received a table without ${list(absent)}.`);
  }
}

/** Every feature of `other` is in `table`. */
function requireSame(table: CsvTable, features: string[], other: CsvTable, otherFeatures: string[]): void {
  const absent = otherFeatures.filter((name) => !features.includes(name));
  if (absent.length > 0) {
    throw new Error(
      `${table.file}: expected the features of ${other.file}, received a table without the columns ${list(absent)}.`,
    );
  }
}

/** A feature of both tables, of one type. */
function readPair(train: CsvTable, test: CsvTable, name: string): [Column, Column] {
  const [a, b] = [readColumn(train, name, missing), readColumn(test, name, missing)];
  if (a.type === b.type) return [a, b];
  const type = firstValue(a) < 0 ? b.type : firstValue(b) < 0 ? a.type : "number";
  return [
    readColumn(train, name, missing, type, `, as in ${test.file}`),
    readColumn(test, name, missing, type, `, as in ${train.file}`),
  ];
}

function checkIds(table: CsvTable, { values }: Column): void {
  const seen = new Map<unknown, number>();
  values.forEach((id, i) => {
    const where = () => `${table.file}, line ${table.line(i)}, column "Id"`;
    if (isMissing(id)) throw new Error(`${where()}: expected a number, received none.`);
    const first = seen.get(id);
    if (first !== undefined) {
      throw new Error(`${where()}: expected every Id once, received ${id} again, after line ${table.line(first)}.`);
    }
    seen.set(id, i);
  });
}

function checkPrices(table: CsvTable, { values }: Column): void {
  values.forEach((price, i) => {
    if (!(Number(price) > 0)) {
      throw new Error(
        `${table.file}, line ${table.line(i)}, column "SalePrice": expected a positive number, received ${show(isMissing(price) ? "NA" : price)}.`,
      );
    }
  });
}
