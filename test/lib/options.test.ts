/** Options are known by their names: one that is misspelled, or stands without braces, is refused and not passed over. */
import { describe, expect, it } from "vitest";
import { compile } from "../../engine/compile/compile.js";
import { Random } from "../../engine/random.js";
import { tf } from "../../engine/tensor.js";
import { ConfusionMatrix } from "../../lib/evaluation/confusion-matrix.js";
import { rocAuc } from "../../lib/evaluation/roc-auc.js";
import { checkGradients } from "../../lib/inspection/check-gradients.js";
import { AveragePool } from "../../lib/layers/average-pool.js";
import { BatchNorm } from "../../lib/layers/batch-norm.js";
import { Conv2D } from "../../lib/layers/conv2d.js";
import { Dense } from "../../lib/layers/dense.js";
import { Dropout } from "../../lib/layers/dropout.js";
import { MaxPool } from "../../lib/layers/max-pool.js";
import { freeze } from "../../lib/layers/parameters.js";
import { Residual } from "../../lib/layers/residual.js";
import { Sequential } from "../../lib/layers/sequential.js";
import { huber, meanSquaredError, softmaxCrossEntropy } from "../../lib/losses.js";
import { AdaGrad } from "../../lib/optimizers/ada-grad.js";
import { Adam } from "../../lib/optimizers/adam.js";
import { AdamW } from "../../lib/optimizers/adam-w.js";
import { Momentum } from "../../lib/optimizers/momentum.js";
import { Nesterov } from "../../lib/optimizers/nesterov.js";
import { RMSProp } from "../../lib/optimizers/rms-prop.js";
import { SGD } from "../../lib/optimizers/sgd.js";
import { loadModel } from "../../lib/persistence/model.js";
import { fromPyTorch } from "../../lib/persistence/pytorch.js";
import { ColumnTransformer } from "../../lib/preprocessing/column-transformer.js";
import { LabelEncoder } from "../../lib/preprocessing/label-encoder.js";
import { MinMaxScaler } from "../../lib/preprocessing/min-max-scaler.js";
import { OneHotEncoder } from "../../lib/preprocessing/one-hot-encoder.js";
import { Pipeline } from "../../lib/preprocessing/pipeline.js";
import { readCsv } from "../../lib/preprocessing/read-csv.js";
import { SimpleImputer } from "../../lib/preprocessing/simple-imputer.js";
import { StandardScaler } from "../../lib/preprocessing/standard-scaler.js";
import { toTensor } from "../../lib/preprocessing/to-tensor.js";
import { trainTestSplit } from "../../lib/preprocessing/train-test-split.js";
import { writeCsv } from "../../lib/preprocessing/write-csv.js";
import { damping } from "../../lib/regularizers/damping.js";
import { maxNorm } from "../../lib/regularizers/max-norm.js";
import { elastic, l1, l2 } from "../../lib/regularizers/penalty.js";
import { cosineDecay, exponentialDecay, reduceOnPlateau, stepDecay, warmUp } from "../../lib/schedules.js";
import { Dataset } from "../../lib/training/dataset.js";
import { EarlyStopping } from "../../lib/training/early-stopping.js";
import { evaluate, predict } from "../../lib/training/evaluate.js";
import { fit } from "../../lib/training/fit.js";
import { fitAll } from "../../lib/training/fit-all.js";
import { kFold } from "../../lib/training/k-fold.js";
import { search } from "../../search/search.js";

/** `f` called as a program without types may call it. */
const called = (f: unknown, ...args: unknown[]): unknown => (f as (...args: unknown[]) => unknown)(...args);
const made = (kind: unknown, ...args: unknown[]): unknown => Reflect.construct(kind as new () => unknown, args);
const error = async (f: () => unknown): Promise<string> => {
  try {
    await f();
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return "nothing";
};

const x = tf.ones([4, 2]);
const data = new Dataset(x, tf.ones([4, 1]));
const model = () => new Sequential(new Dense(2, 1));
const right = () => ({ loss: meanSquaredError(), optimizer: new Adam(), epochs: 1 });

const rates = "learningRate, weightDecay, clipValue, clipNorm, groups";

describe("options without braces", () => {
  const cases: [string, () => unknown][] = [
    ['Dense: expected options in braces, { name: value }, received "relu".', () => made(Dense, 10, 5, "relu")],
    ["Dense: expected options in braces, { name: value }, received null.", () => made(Dense, 10, 5, null)],
    ["Conv2D: expected options in braces, { name: value }, received 2.", () => made(Conv2D, 1, 8, 3, 2)],
    ["MaxPool: expected options in braces, { strides, padding }, received 2.", () => made(MaxPool, 2, 2)],
    ["AveragePool: expected options in braces, { strides, padding }, received 2.", () => made(AveragePool, 2, 2)],
    ["BatchNorm: expected options in braces, { momentum, epsilon, ", () => made(BatchNorm, 8, 0.9)],
    ["Dropout: expected options in braces, { random }, received 3.", () => made(Dropout, 0.5, 3)],
    ["Dropout: expected options in braces, { random }, received a Random.", () => made(Dropout, 0.5, new Random(0))],
    [`SGD: expected options in braces, { ${rates} }, received 0.1.`, () => made(SGD, 0.1)],
    [`Adam: expected options in braces, { ${rates}, beta1, beta2, epsilon, amsgrad }`, () => made(Adam, 0.1)],
    ["AdamW: expected options in braces, { name: value }, received 0.1.", () => made(AdamW, 0.1)],
    ["Momentum: expected options in braces, ", () => made(Momentum, 0.1)],
    ["Nesterov: expected options in braces, ", () => made(Nesterov, 0.1)],
    ["AdaGrad: expected options in braces, ", () => made(AdaGrad, 0.1)],
    ["RMSProp: expected options in braces, ", () => made(RMSProp, 0.1)],
    ["meanSquaredError: expected options in braces, { reduction, divisor }", () => called(meanSquaredError, "sum")],
    ["huber: expected options in braces, { delta, reduction, divisor }, received 1.", () => called(huber, 1)],
    ['l2: expected options in braces, { pattern }, received "0".', () => called(l2, 0.1, "0")],
    ["l1: expected options in braces, { pattern }, received [].", () => called(l1, 0.1, [])],
    ["elastic: expected options in braces, { l1, l2 }, received 0.1.", () => called(elastic, 0.1, 0.2)],
    ["maxNorm: expected options in braces, { pattern }", () => called(maxNorm, 1, "0")],
    ["damping: expected options in braces, { pattern }", () => called(damping, 0.1, 3)],
    ["stepDecay: expected options in braces, { every, factor }, received 5.", () => called(stepDecay, 0.1, 5)],
    ["exponentialDecay: expected options in braces, ", () => called(exponentialDecay, 0.1, 0.9)],
    ["cosineDecay: expected options in braces, { steps, final }, received 9.", () => called(cosineDecay, 0.1, 9)],
    ["warmUp: expected options in braces, { steps }, received 9.", () => called(warmUp, 0.1, 9)],
    ["reduceOnPlateau: expected options in braces, ", () => called(reduceOnPlateau, 0.1, 3)],
    ["EarlyStopping: expected options in braces, ", () => made(EarlyStopping, 5)],
    ["kFold: expected options in braces, { shuffle }, received a Random.", () => called(kFold, 9, 3, new Random(0))],
    ["trainTestSplit: expected options in braces, ", () => called(trainTestSplit, 10, 0.2)],
    ["StandardScaler: expected options in braces, ", () => made(StandardScaler, 1)],
    ["MinMaxScaler: expected options in braces, { featureRange, clip }", () => made(MinMaxScaler, [0, 1])],
    ["SimpleImputer: expected options in braces, ", () => made(SimpleImputer, "mean")],
    ["OneHotEncoder: expected options in braces, ", () => made(OneHotEncoder, "error")],
    ["readCsv: expected options in braces, { sep, decimal, ", () => called(readCsv, "package.json", ";")],
    ["compile: expected options in braces, { most, jit }, received 3.", () => called(compile, () => {}, 3)],
    ["predict: expected options in braces, { batchSize }, received 16.", () => called(predict, model(), x, 16)],
    ["batches: expected options in braces, ", () => [...(called(data.batches.bind(data), 2) as Iterable<unknown>)]],
    ["search: expected options in braces, { module, export, space, trials, seed, ", () => called(search)],
  ];
  it.each(cases)("%s", async (message, f) => {
    expect(await error(f)).toContain(message);
  });
});

describe("a name that no option has", () => {
  const cases: [string, () => unknown][] = [
    [
      'Dense: expected the options inputs, outputs, weight, bias, activation, random, received one called "activaton".',
      () => made(Dense, 10, 5, { activaton: "relu" }),
    ],
    ['received one called "units"', () => made(Dense, { units: 3 })],
    ['received one called "kernelSize"', () => made(Conv2D, { outputs: 2, kernelSize: 3 })],
    ['received one called "stride"', () => made(MaxPool, 2, { stride: 2 })],
    ['received one called "eps"', () => made(BatchNorm, { eps: 1e-5 })],
    ['Dropout: expected the option random, received one called "seed".', () => made(Dropout, 0.5, { seed: 3 })],
    [
      'Residual: expected the option projection, received one called "shortcut".',
      () => made(Residual, { shortcut: 1 }, new Dense(1, 1)),
    ],
    [`SGD: expected the options ${rates}, received one called "lr".`, () => made(SGD, { lr: 0.1 })],
    ['received one called "betas"', () => made(Adam, { betas: [0.9, 0.99] })],
    ["AdamW: expected the options", () => made(AdamW, { decay: 0.1 })],
    ['received one called "rho"', () => made(Momentum, { rho: 0.1 })],
    [
      'SGD, groups: expected the options pattern, learningRate, weightDecay, received one called "lr".',
      () => made(SGD, { groups: [{ pattern: "0", lr: 1 }] }),
    ],
    ['received one called "reduce"', () => called(meanSquaredError, { reduce: "sum" })],
    ['received one called "fromLogits"', () => called(softmaxCrossEntropy, { fromLogits: true })],
    ['received one called "beta"', () => called(huber, { beta: 1 })],
    ['received one called "patern"', () => called(l2, 0.1, { patern: "0" })],
    ['received one called "gamma"', () => called(stepDecay, 0.1, { every: 5, gamma: 0.5 })],
    ['received one called "min"', () => called(reduceOnPlateau, 0.1, { min: 0.01 })],
    ['received one called "restoreBestWeights"', () => made(EarlyStopping, { restoreBestWeights: true })],
    ['received one called "seed"', () => called(kFold, 9, 3, { seed: 1 })],
    ['received one called "test_size"', () => called(trainTestSplit, 9, { test_size: 0.2 })],
    ['received one called "withMean"', () => made(StandardScaler, { withMean: false })],
    ['received one called "handle_unknown"', () => made(OneHotEncoder, { handle_unknown: "error" })],
    ['received one called "skipRows"', () => called(readCsv, "package.json", { skipRows: 1 })],
    ["PyTorch: expected the options names, example", () => called(fromPyTorch, model(), {}, { name: {} })],
    ['received one called "epoch"', () => called(fit, model(), data, { ...right(), epoch: 3 })],
    ["evaluate: expected the options loss", () => called(evaluate, model(), data, { ...right(), metric: {} })],
    ['received one called "batch"', () => called(predict, model(), x, { batch: 3 })],
    ['received one called "steps"', () => called(checkGradients, model(), x, x, meanSquaredError(), { steps: 3 })],
    ['received one called "n"', () => called(search, { n: 3 })],
  ];
  it.each(cases)("%s", async (message, f) => {
    expect(await error(f)).toContain(message);
  });
});

describe("an option of another kind", () => {
  const told = (options: object) => () => called(fit, model(), data, { ...right(), ...options });
  const cases: [string, () => unknown][] = [
    ["Dense: expected random to be a Random, received 3: write new Random(0).", () => made(Dense, 1, 1, { random: 3 })],
    ['an initializer of the weight, received "he": write weight: heNormal.', () => made(Dense, 1, 1, { weight: "he" })],
    ["an initializer of the bias, received true: write bias: zeros.", () => made(Dense, 1, 1, { bias: true })],
    ["Dropout: expected random to be a Random", () => made(Dropout, 0.5, { random: 3 })],
    ["SGD: expected a list of groups, received {", () => made(SGD, { groups: { pattern: "0" } })],
    ["SGD, groups: expected a pattern, the name of", () => made(SGD, { groups: [{ learningRate: 1 }] })],
    ["l2: expected a pattern, the name of a parameter or a regular expression", () => called(l2, 1, { pattern: 0 })],
    [
      "freeze: expected a pattern, the name of a parameter or a regular expression, received 0",
      () => called(freeze, model(), 0),
    ],
    ["kFold: expected shuffle to be a Random, received true", () => called(kFold, 9, 3, { shuffle: true })],
    ["fit: expected shuffle to be a Random, received true: write new Random(0).", told({ shuffle: true })],
    ["fit: expected a Dataset as validation, received 0.2", told({ validation: 0.2 })],
    ["fit: expected a list of callbacks, received an EarlyStopping", told({ callbacks: new EarlyStopping() })],
    ["fit: expected a callback with one of the events fitStart", told({ callbacks: [EarlyStopping] })],
    ["received {}", told({ callbacks: [{ onEpochEnd() {} }] })],
    ["fit: expected a history, received {}: write history: newHistory().", told({ history: {} })],
    ['fit: expected a label as progress, received true: write progress: "my model".', told({ progress: true })],
    ["fit: expected compile true or false, received 1", told({ compile: 1 })],
    ["fitAll: expected a list of [model, data, options], received none", () => called(fitAll)],
    ["fitAll: expected a list of [model, data, options]", () => called(fitAll, [model(), data, right()])],
    [
      "fitAll: expected options without callbacks and history, received callbacks",
      () => called(fitAll, [[model(), data, { ...right(), callbacks: [{ epochEnd() {} }] }]]),
    ],
    [
      "Pipeline: expected a list of transformers, received a StandardScaler",
      () => made(Pipeline, new StandardScaler()),
    ],
    ["ColumnTransformer: expected a list of [transformer, columns], received none", () => made(ColumnTransformer)],
    ["LabelEncoder: expected labels in an array or a column of a table, received 3.", () => made(LabelEncoder, 3)],
    [
      "ConfusionMatrix: expected labels in an array or a column of a table, received a Tensor: write await tensor.data().",
      () => made(ConfusionMatrix, x, x),
    ],
    ["rocAuc: expected labels in an array or a column of a table, received none.", () => called(rocAuc)],
    ["readCsv: expected the name of a file, received none.", () => called(readCsv)],
    ["expected the name of a file, received none.", () => called(loadModel)],
    ["toTensor: expected a table, received none", () => called(toTensor)],
    ["writeCsv: expected a table, received [[1]]", () => called(writeCsv, [[1]], "out.csv")],
    ["compile: expected a function of tensors, received undefined.", () => called(compile)],
    ["search: expected module, received none: write search({", () => called(search, {})],
  ];
  it.each(cases)("%s", async (message, f) => {
    expect(await error(f)).toContain(message);
  });
});

it("an optimizer of one's own takes its own options away before it passes on the rest", () => {
  class Scaled extends SGD {
    constructor({ scale = 1, ...options }: { scale?: number; learningRate?: number } = {}) {
      super({ learningRate: scale, ...options });
    }
  }
  expect(new Scaled({ scale: 0.25 }).learningRate).toBe(0.25);
});

it("whatever fit takes, evaluate takes too, and looks at its part", () => {
  const { loss } = evaluate(model(), data, { ...right(), ...{ batchSize: 2, shuffle: false } });
  expect(loss).toBeGreaterThan(0);
});
