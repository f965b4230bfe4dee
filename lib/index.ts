/** Gradbook's library: everything a notebook imports from "gradbook" (danfo comes from "gradbook/danfo"). */

export { checkAnswer } from "./check-answer.js";
export { type Compiled, type CompileOptions, compile, type Nested } from "./compile/compile.js";
export { live } from "./compile/trace.js";
export { TraceError } from "./compile/trace-error.js";
export { amesFile } from "./datasets/ames.js";
export { type BatchNormCurves, loadBatchNormSweep } from "./datasets/batch-norm-sweep.js";
export { type HousePrices, type HousePricesOptions, loadHousePrices } from "./datasets/house-prices.js";
export { loadMnist, type Mnist, type MnistOptions } from "./datasets/mnist.js";
export { pytorchFile } from "./datasets/pytorch-file.js";
export { scoreSubmission, writeSubmission } from "./datasets/submission.js";
export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  normal,
  uniform,
  zeros,
} from "./initializers.js";
export { type CheckGradientsOptions, checkGradients } from "./inspection/check-gradients.js";
export { graphFigure } from "./inspection/graph-figure.js";
export { activations, gradientNorms, gradients, type LayerValues } from "./inspection/layer-values.js";
export { BatchNorm, type BatchNormOptions } from "./layers/batch-norm.js";
export { Conv2D, type Conv2DOptions } from "./layers/conv2d.js";
export { Dense, type DenseOptions } from "./layers/dense.js";
export { Dropout, type DropoutOptions } from "./layers/dropout.js";
export { Flatten } from "./layers/flatten.js";
export { GlobalAveragePool } from "./layers/global-average-pool.js";
export { Layer, type LayerConfig, type Parameter, type Parameters } from "./layers/layer.js";
export { LeakyReLU } from "./layers/leaky-relu.js";
export { MaxPool, type MaxPoolOptions } from "./layers/max-pool.js";
export type { Padding } from "./layers/padding.js";
export { PlainDropout } from "./layers/plain-dropout.js";
export { layerFrom } from "./layers/registry.js";
export { ReLU } from "./layers/relu.js";
export { Residual } from "./layers/residual.js";
export { Sequential } from "./layers/sequential.js";
export { Sigmoid } from "./layers/sigmoid.js";
export { Softmax } from "./layers/softmax.js";
export { Softplus } from "./layers/softplus.js";
export { SpatialDropout } from "./layers/spatial-dropout.js";
export { summary } from "./layers/summary.js";
export { Tanh } from "./layers/tanh.js";
export {
  binaryCrossEntropy,
  halfSquaredError,
  huber,
  type Loss,
  type LossOptions,
  meanAbsoluteError,
  meanSquaredError,
  softmaxCrossEntropy,
} from "./losses.js";
export { accuracy, logRmse, type Metric, r2, rmse } from "./metrics.js";
export { AdaGrad, type AdaGradOptions } from "./optimizers/ada-grad.js";
export { Adam, type AdamOptions } from "./optimizers/adam.js";
export { AdamW } from "./optimizers/adam-w.js";
export { Momentum, type MomentumOptions } from "./optimizers/momentum.js";
export { Nesterov } from "./optimizers/nesterov.js";
export { Optimizer, type OptimizerOptions, type ParameterGroup } from "./optimizers/optimizer.js";
export { RMSProp, type RMSPropOptions } from "./optimizers/rms-prop.js";
export { SGD } from "./optimizers/sgd.js";
export { freeze, matches, type Pattern, unfreeze } from "./parameters.js";
export {
  type CheckpointNotes,
  type CheckpointParts,
  loadCheckpoint,
  saveCheckpoint,
} from "./persistence/checkpoint.js";
export { loadModel, saveModel } from "./persistence/model.js";
export { fromPyTorch, type PyTorchOptions, toPyTorch } from "./persistence/pytorch.js";
export { loadState, loadStateDict, type State, saveState, stateDict } from "./persistence/state-dict.js";
export { loadTensor, loadTensorList, loadTensors, type NamedTensors, saveTensors } from "./persistence/tensors.js";
export { type BarsOptions, barsFigure } from "./plot/bars.js";
export { type ContourOptions, contourFigure } from "./plot/contour.js";
export { type CurvesOptions, curvesFigure } from "./plot/curves.js";
export { type DiagramNode, type DiagramOptions, diagramFigure } from "./plot/diagram.js";
export { Figure } from "./plot/figure.js";
export { type GridOptions, gridFigure } from "./plot/grid.js";
export { type HistogramOptions, histogramFigure } from "./plot/histogram.js";
export { type PredictionsOptions, predictionsFigure } from "./plot/predictions.js";
export { type Line, type Points, type ScatterOptions, scatterFigure } from "./plot/scatter.js";
export {
  type ColumnSelector,
  ColumnTransformer,
  categoricalColumns,
  numericColumns,
} from "./preprocessing/column-transformer.js";
export { concat } from "./preprocessing/concat.js";
export type { Cell, DataFrame, Groups, Series } from "./preprocessing/data-frame.js";
export { OneHotEncoder, type OneHotEncoderOptions } from "./preprocessing/one-hot-encoder.js";
export { Pipeline } from "./preprocessing/pipeline.js";
export { type ReadCsvOptions, readCsv } from "./preprocessing/read-csv.js";
export { SimpleImputer, type SimpleImputerOptions } from "./preprocessing/simple-imputer.js";
export { StandardScaler, type StandardScalerOptions } from "./preprocessing/standard-scaler.js";
export { toTensor } from "./preprocessing/to-tensor.js";
export { Transformer } from "./preprocessing/transformer.js";
export { writeCsv } from "./preprocessing/write-csv.js";
export { Random, type RandomState, seed } from "./random.js";
export type { ChoiceOptions } from "./regularizers/chosen.js";
export { damping } from "./regularizers/damping.js";
export { maxNorm } from "./regularizers/max-norm.js";
export { elastic, l1, l2, pNorm } from "./regularizers/penalty.js";
export type { Regularizer } from "./regularizers/regularizer.js";
export {
  cosineDecay,
  exponentialDecay,
  type PlateauOptions,
  reduceOnPlateau,
  type Schedule,
  stepDecay,
  warmUp,
} from "./schedules.js";
export { type BullmqOptions, bullmq } from "./search/bullmq.js";
export { type Executor, inProcess, type SearchToRun, type Session } from "./search/executor.js";
export { narrow } from "./search/narrow.js";
export { type ResultRow, SearchResults, type TrialResult } from "./search/results.js";
export type { Pruning } from "./search/rungs.js";
export { type SearchOptions, search } from "./search/search.js";
export type { Hyperparameters, HyperparameterValue, Range, Space } from "./search/space.js";
export type { Outcome, Report, Task, Trial, TrialContext, Watch } from "./search/trial.js";
export type { TrialCode } from "./search/trial-code.js";
export { workers } from "./search/workers.js";
export { engine, type Tensor, tf } from "./tensor.js";
export type { Callback } from "./training/callback.js";
export { type Batch, type BatchOptions, Dataset, type Numbers, type Values } from "./training/dataset.js";
export { EarlyStopping, type EarlyStoppingOptions } from "./training/early-stopping.js";
export { type EvaluateOptions, type Evaluation, evaluate, type PredictOptions, predict } from "./training/evaluate.js";
export { type FitOptions, fit } from "./training/fit.js";
export { type FitAllOptions, type FitArguments, fitAll } from "./training/fit-all.js";
export { type History, newHistory } from "./training/history.js";
export { type Fold, type KFoldOptions, kFold } from "./training/k-fold.js";
export { Progress } from "./training/progress.js";
export type { Run } from "./training/run.js";
export { type StepOptions, trainStep } from "./training/train-step.js";
