/**
 * The house prices of Ames, Iowa: the two tables of the course's main example, checked while they are read. The tables that
 * ship with the package are in `data/ames`; any two files with the same columns can take their place.
 */
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { expectOptions } from "../checks/expect-options.js";
import { type Column, type ColumnType, firstValue, isMissing } from "../preprocessing/column.js";
import { defaultNaValues, type ReadCsvOptions } from "../preprocessing/csv-options.js";
import { type CsvTable, readCsvTable } from "../preprocessing/csv-table.js";
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

/** In these tables `None` is a category: a house without a masonry veneer. */
const missing: ReadCsvOptions = { keepDefaultNa: false, naValues: defaultNaValues.filter((word) => word !== "None") };

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
 *
 * @example
 * ```ts
 * import { loadHousePrices } from "gradbook";
 *
 * const { train, test } = loadHousePrices();
 * console.log(train.shape, test.shape); // [ 1460, 81 ] [ 1459, 80 ]
 * ```
 */
export function loadHousePrices(options: HousePricesOptions = {}): HousePrices {
  const { data, train, test } = expectOptions("loadHousePrices", options, ["data", "train", "test"]);
  const files = { train: resolve(train || fileIn(data, "train")), test: resolve(test || fileIn(data, "test")) };
  const tables = { train: readCsvTable(files.train, missing), test: readCsvTable(files.test, missing) };
  requireColumns(tables.train, ["Id", "SalePrice"]);
  requireColumns(tables.test, ["Id"]);
  const [features, testFeatures] = [featuresOf(tables.train), featuresOf(tables.test)];
  requireSame(tables.test, testFeatures, tables.train, features);
  requireSame(tables.train, features, tables.test, testFeatures);

  const read = readAlike(tables, features);
  const columns = {
    train: ["Id", ...features, "SalePrice"].map((name) => columnIn(read.train, name)),
    test: ["Id", ...features].map((name) => columnIn(read.test, name)),
  };
  checkIds(tables.train, columns.train[0]!);
  checkIds(tables.test, columns.test[0]!);
  checkPrices(tables.train, columns.train.at(-1)!);
  return { train: frameOf(columns.train), test: frameOf(columns.test), files };
}

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

const featuresOf = (table: CsvTable): string[] =>
  namesOf(table).filter((name) => name !== "Id" && name !== "SalePrice");

function requireColumns(table: CsvTable, names: readonly string[]): void {
  const absent = names.filter((name) => !namesOf(table).includes(name));
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

/** Both tables with numbers in `Id` and `SalePrice`, and the features of one type in both. */
function readAlike(tables: { train: CsvTable; test: CsvTable }, features: readonly string[]): typeof tables {
  const types = new Map<string, ColumnType>([
    ["Id", "number"],
    ["SalePrice", "number"],
  ]);
  for (const name of features) {
    const [a, b] = [columnIn(tables.train, name), columnIn(tables.test, name)];
    if (a.type !== b.type) types.set(name, firstValue(a) < 0 ? b.type : firstValue(b) < 0 ? a.type : commonType(a, b));
  }
  const again = (table: CsvTable, other: CsvTable) => {
    const wrong = [...types].filter(
      ([name, type]) => namesOf(table).includes(name) && columnIn(table, name).type !== type,
    );
    return wrong.length === 0
      ? table
      : readCsvTable(table.file, { ...missing, dtypes: Object.fromEntries(wrong) }, (name) =>
          features.includes(name) ? `, as in ${other.file}` : "",
        );
  };
  return { train: again(tables.train, tables.test), test: again(tables.test, tables.train) };
}

/** Numbers where one column holds them, else text. */
const commonType = (a: Column, b: Column): ColumnType =>
  a.type === "number" || b.type === "number" ? "number" : "string";

const namesOf = (table: CsvTable): string[] => table.columns.map(({ name }) => name);
const columnIn = (table: CsvTable, name: string): Column => table.columns.find((column) => column.name === name)!;

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
    if (!(Number(price) > 0 && Number.isFinite(price))) {
      throw new Error(
        `${table.file}, line ${table.line(i)}, column "SalePrice": expected a positive number, received ${show(isMissing(price) ? "NA" : price)}.`,
      );
    }
  });
}
