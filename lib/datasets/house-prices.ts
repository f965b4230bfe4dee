/**
 * The house prices of Ames, Iowa: the two tables of the course's main example, checked while they are read. The tables that
 * ship with the package are in `data/ames`; any two files with the same columns can take their place.
 */
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { DataFrame } from "danfojs-node";
import { type Column, type ColumnType, isMissing, list, show } from "../preprocessing/column.js";
import { type CsvTable, defaultNaValues, inferType, readColumn, readCsvTable } from "../preprocessing/csv-table.js";
import { frameOf } from "../preprocessing/frame.js";
import { amesFile } from "./ames.js";

export interface HousePricesOptions {
  /** A folder with `train.csv` and `test.csv`, or `kaggle_house_pred_train.csv` and `kaggle_house_pred_test.csv`. */
  data?: string;
  /** The table with prices; outranks `data`. */
  train?: string;
  /** The table to predict prices for; outranks `data`. */
  test?: string;
}

export interface HousePrices {
  /** `Id`, the features and `SalePrice`. */
  train: DataFrame;
  /** `Id` and the same features, in the same order. */
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

  const types = new Map<string, ColumnType>(features.map((name) => [name, jointType(name, tables.train, tables.test)]));
  const read = (table: CsvTable, name: string, reason: string) =>
    readColumn(table, name, types.get(name) ?? "number", missing, types.has(name) ? reason : "");
  const columns = {
    train: ["Id", ...features, "SalePrice"].map((name) => read(tables.train, name, ` as in ${files.test}`)),
    test: ["Id", ...features].map((name) => read(tables.test, name, ` as in ${files.train}`)),
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
  if (found === undefined)
    throw new Error(`${resolve(data)}: expected ${names.join(" or ")} in this folder, received neither.`);
  return join(data, found);
}

const featuresOf = (table: CsvTable): string[] => table.header.filter((name) => name !== "Id" && name !== "SalePrice");

function requireColumns(table: CsvTable, names: readonly string[]): void {
  const absent = names.filter((name) => !table.header.includes(name));
  if (absent.length > 0)
    throw new Error(`${table.file}: expected the columns ${list(names)}, received a table without ${list(absent)}.`);
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

function jointType(name: string, train: CsvTable, test: CsvTable): ColumnType {
  const types = [inferType(train, name, missing), inferType(test, name, missing)];
  return types.includes("number") || !types.includes("string") ? "number" : "string";
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
