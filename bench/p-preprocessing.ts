/**
 * P: the preprocessing of the house-price tables, from the two CSV files to tensors: read, standardise, fill, encode. Beside
 * it pandas, and danfo, which does not arrive at the same columns (439 instead of 331, see `readCsv`): it is timed only.
 */

import type { Tensor } from "gradbook-engine/tensor";
import {
  ColumnTransformer,
  categoricalColumns,
  concat,
  loadHousePrices,
  numericColumns,
  OneHotEncoder,
  Pipeline,
  SimpleImputer,
  StandardScaler,
  tf,
  toTensor,
} from "../entry/index.js";
import * as dfd from "../lib/danfo/danfo.js";
import { amesFile } from "../lib/datasets/ames.js";
import type { Engine, Workload } from "./compare.js";

const files = { train: amesFile("train.csv"), test: amesFile("test.csv") };

/** As the notebook has it. */
function preprocess(): Tensor[] {
  const { train, test } = loadHousePrices(files);
  const trainFeatures = train.drop({ columns: ["Id", "SalePrice"] });
  const testFeatures = test.drop({ columns: ["Id"] });
  const scaled = new Pipeline([
    new StandardScaler({ ddof: 1 }),
    new SimpleImputer({ strategy: "constant", fillValue: 0 }),
  ]);
  const both = new ColumnTransformer([
    [scaled, numericColumns],
    [new OneHotEncoder({ dummyNa: true }), categoricalColumns],
  ]).fit(concat([trainFeatures, testFeatures]));
  const x = toTensor(both.transform(trainFeatures));
  const xTest = toTensor(both.transform(testFeatures));
  const y = toTensor(train.loc({ columns: ["SalePrice"] }));
  return [x, xTest, y];
}

/** The same steps with danfo's own functions. */
async function preprocessByDanfo(): Promise<Tensor[]> {
  const [train, test] = [await dfd.readCSV(files.train), await dfd.readCSV(files.test)];
  const features = dfd.concat({
    dfList: [train.drop({ columns: ["Id", "SalePrice"] }), test.drop({ columns: ["Id"] })],
    axis: 0,
  }) as dfd.DataFrame;
  const numeric = features.columns.filter((_, j) => features.dtypes[j] !== "string");
  const scaled = new dfd.StandardScaler().fitTransform(features.loc({ columns: numeric }).fillNa(0));
  const encoded = dfd.getDummies(features.drop({ columns: numeric }));
  const table = dfd.concat({ dfList: [scaled, encoded], axis: 1 }) as dfd.DataFrame;
  return [table.tensor as Tensor, train.loc({ columns: ["SalePrice"] }).tensor as Tensor];
}

async function time(work: () => Tensor[] | Promise<Tensor[]>): Promise<number> {
  const begin = performance.now();
  const tensors = await work();
  const ms = performance.now() - begin;
  tf.dispose(tensors);
  return ms;
}

/** Columns of x, and the mean absolute value of each tensor, those of y in 100,000 dollars. */
function summarise(): number[] {
  const tensors = preprocess();
  const means = tensors.map((tensor) => {
    let sum = 0;
    for (const value of tensor.dataSync()) sum += Math.abs(value);
    return sum / tensor.size;
  });
  const columns = tensors[0]!.shape[1]!;
  tf.dispose(tensors);
  return [columns / 1000, means[0]!, means[1]!, means[2]! / 1e5];
}

export const p: Workload = {
  name: "P",
  title: "preprocessing of the house-price tables",
  unit: "ms in all",
  tolerance: 1e-6,
  engines: async (python) => {
    const engines: Engine[] = [
      { name: "gradbook", peer: false, check: async () => summarise(), time: () => time(preprocess) },
      { name: "danfo", peer: false, time: () => time(preprocessByDanfo) },
    ];
    if (python) {
      engines.push({
        name: "pandas",
        peer: true,
        check: () => python.call("tables.check", files),
        time: () => python.call("tables.run", files),
      });
    }
    return engines;
  },
};
