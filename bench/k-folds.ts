/** K: the cross-validation of the house prices: five folds, 100 epochs, both metrics after each. */
import {
  ColumnTransformer,
  categoricalColumns,
  concat,
  Dataset,
  Dense,
  kFold,
  loadHousePrices,
  logRmse,
  numericColumns,
  OneHotEncoder,
  Pipeline,
  Random,
  SimpleImputer,
  StandardScaler,
  toTensor,
  uniform,
} from "../entry/index.js";
import { type Many, manyWorkload } from "./many.js";

const [rows, columns, count, batchSize, epochs] = [1460, 331, 5, 64, 100];

/** As the notebook has them. */
function houses(): Dataset {
  const { train, test } = loadHousePrices();
  const features = train.drop({ columns: ["Id", "SalePrice"] });
  const zero = new SimpleImputer({ strategy: "constant", fillValue: 0 });
  const both = new ColumnTransformer([
    [new Pipeline([new StandardScaler({ ddof: 1 }), zero]), numericColumns],
    [new OneHotEncoder({ dummyNa: true }), categoricalColumns],
  ]).fit(concat([features, test.drop({ columns: ["Id"] })]));
  return new Dataset(toTensor(both.transform(features)), toTensor(train.loc({ columns: ["SalePrice"] })));
}

const folds = kFold(rows, count);

export const crossValidation: Many = {
  groups: [
    { name: "linear", model: (fold) => new Dense(columns, 1, { weight: uniform(0.07), random: new Random(fold) }) },
  ],
  count,
  data: houses,
  folds,
  loss: { name: "halfSquaredError", divisor: batchSize },
  optimizer: { name: "Adam", learningRate: 5 },
  batchSize,
  replacement: false,
  steps: epochs * Math.ceil(folds[0]!.train.length / batchSize),
  every: 0,
  metric: { name: "logRmse", compute: logRmse },
};

export const k = manyWorkload("K", "five folds of the house prices, 100 epochs with metrics", crossValidation);
