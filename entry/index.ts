/** Gradbook's library: everything a notebook imports from "gradbook" (danfo comes from "gradbook/danfo"). */

export { type Compiled, type CompileOptions, compile, type Nested } from "gradbook-engine/compile/compile";
export { TraceError } from "gradbook-engine/compile/trace-error";
export { live } from "gradbook-engine/live";
export { Random, type RandomState, seed } from "gradbook-engine/random";
export { engine, type Tensor, tf } from "gradbook-engine/tensor";
export type {
  Choice,
  Control,
  ControlOptions,
  ControlSpace,
  Interaction,
  Shown,
  SliderOptions,
  SliderRange,
  ValuesOf,
} from "gradbook-kernel/widgets/types";
export { interact, slider } from "gradbook-kernel/widgets/widgets";
export {
  type BarsOptions,
  barsFigure,
  type ContourOptions,
  type Curve,
  type CurvesOptions,
  contourFigure,
  curvesFigure,
  type DiagramNode,
  type DiagramOptions,
  diagramFigure,
  Figure,
  type GridOptions,
  gridFigure,
  type HistogramOptions,
  histogramFigure,
  type Line,
  type Points,
  type PredictionsOptions,
  predictionsFigure,
  type ScatterOptions,
  scatterFigure,
} from "gradbook-plot";
export type { LossOptions } from "../lib/checks/divisor.js";
export { type Answer, checkAnswer, type ExerciseName, hint } from "../lib/course/check-answer.js";
export { checkClaims } from "../lib/course/check-claims.js";
export { checkKnobs, type Knob, type KnobRange } from "../lib/course/check-knobs.js";
export type { Exercise, Experiment } from "../lib/course/exercises.js";
export { amesFile } from "../lib/datasets/ames.js";
export { type BatchNormCurves, loadBatchNormSweep } from "../lib/datasets/batch-norm-sweep.js";
export { type HousePrices, type HousePricesOptions, loadHousePrices } from "../lib/datasets/house-prices.js";
export { loadMnist, type Mnist, type MnistOptions } from "../lib/datasets/mnist.js";
export { pytorchFile } from "../lib/datasets/pytorch-file.js";
export { scoreSubmission, writeSubmission } from "../lib/datasets/submission.js";
export { type ClassScores, ConfusionMatrix } from "../lib/evaluation/confusion-matrix.js";
export { rocAuc } from "../lib/evaluation/roc-auc.js";
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
} from "../lib/initializers.js";
export { type CheckGradientsOptions, checkGradients } from "../lib/inspection/check-gradients.js";
export { graphFigure } from "../lib/inspection/graph-figure.js";
export { activations, gradientNorms, gradients, type LayerValues } from "../lib/inspection/layer-values.js";
export { summary } from "../lib/inspection/summary.js";
export type { Activation } from "../lib/layers/activation.js";
export type { AffineOptions, Widths } from "../lib/layers/affine.js";
export { AveragePool } from "../lib/layers/average-pool.js";
export { BatchNorm, type BatchNormOptions } from "../lib/layers/batch-norm.js";
export { Conv2D, type Conv2DOptions, type Conv2DShape } from "../lib/layers/conv2d.js";
export { Dense, type DenseOptions } from "../lib/layers/dense.js";
export { Dropout, type DropoutOptions } from "../lib/layers/dropout.js";
export { Flatten } from "../lib/layers/flatten.js";
export { GlobalAveragePool } from "../lib/layers/global-average-pool.js";
export {
  type Json,
  Layer,
  type LayerArguments,
  type LayerConfig,
  type Parameter,
  type Parameters,
} from "../lib/layers/layer.js";
export { LeakyReLU } from "../lib/layers/leaky-relu.js";
export { MaxPool, type MaxPoolOptions } from "../lib/layers/max-pool.js";
export type { Padding } from "../lib/layers/padding.js";
export { freeze, matches, type Pattern, unfreeze } from "../lib/layers/parameters.js";
export { PlainDropout } from "../lib/layers/plain-dropout.js";
export type { PoolOptions } from "../lib/layers/pool.js";
export { type LayerClass, layerFrom, registerLayer } from "../lib/layers/registry.js";
export { ReLU } from "../lib/layers/relu.js";
export { Residual, type ResidualOptions } from "../lib/layers/residual.js";
export { Sequential } from "../lib/layers/sequential.js";
export { Sigmoid } from "../lib/layers/sigmoid.js";
export { Softmax } from "../lib/layers/softmax.js";
export { Softplus } from "../lib/layers/softplus.js";
export { SpatialDropout } from "../lib/layers/spatial-dropout.js";
export { Tanh } from "../lib/layers/tanh.js";
export {
  binaryCrossEntropy,
  halfSquaredError,
  huber,
  type Loss,
  meanAbsoluteError,
  meanSquaredError,
  softmaxCrossEntropy,
} from "../lib/losses.js";
export { accuracy, logRmse, type Metric, r2, rmse } from "../lib/metrics.js";
export { AdaGrad, type AdaGradOptions } from "../lib/optimizers/ada-grad.js";
export { Adam, type AdamOptions } from "../lib/optimizers/adam.js";
export { AdamW } from "../lib/optimizers/adam-w.js";
export { Momentum, type MomentumOptions } from "../lib/optimizers/momentum.js";
export { Nesterov } from "../lib/optimizers/nesterov.js";
export { Optimizer } from "../lib/optimizers/optimizer.js";
export type { OptimizerOptions, ParameterGroup } from "../lib/optimizers/options.js";
export { RMSProp, type RMSPropOptions } from "../lib/optimizers/rms-prop.js";
export { SGD } from "../lib/optimizers/sgd.js";
export {
  type CheckpointNotes,
  type CheckpointParts,
  loadCheckpoint,
  saveCheckpoint,
} from "../lib/persistence/checkpoint.js";
export { loadModel, saveModel } from "../lib/persistence/model.js";
export { fromPyTorch, type PyTorchOptions, toPyTorch } from "../lib/persistence/pytorch.js";
export { loadState, loadStateDict, type State, saveState, stateDict } from "../lib/persistence/state-dict.js";
export { loadTensor, loadTensorList, loadTensors, type NamedTensors, saveTensors } from "../lib/persistence/tensors.js";
export {
  type ColumnSelector,
  ColumnTransformer,
  categoricalColumns,
  numericColumns,
} from "../lib/preprocessing/column-transformer.js";
export { concat } from "../lib/preprocessing/concat.js";
export type { ReadCsvOptions } from "../lib/preprocessing/csv-options.js";
export type { Cell, DataFrame, Groups, Series } from "../lib/preprocessing/data-frame.js";
export { LabelEncoder } from "../lib/preprocessing/label-encoder.js";
export type { Labels } from "../lib/preprocessing/labels.js";
export { MinMaxScaler, type MinMaxScalerOptions } from "../lib/preprocessing/min-max-scaler.js";
export { OneHotEncoder, type OneHotEncoderOptions } from "../lib/preprocessing/one-hot-encoder.js";
export { Pipeline } from "../lib/preprocessing/pipeline.js";
export { readCsv } from "../lib/preprocessing/read-csv.js";
export { sampleWeights } from "../lib/preprocessing/sample-weights.js";
export { SimpleImputer, type SimpleImputerOptions } from "../lib/preprocessing/simple-imputer.js";
export { StandardScaler, type StandardScalerOptions } from "../lib/preprocessing/standard-scaler.js";
export { toTensor } from "../lib/preprocessing/to-tensor.js";
export { type Split, type TrainTestSplitOptions, trainTestSplit } from "../lib/preprocessing/train-test-split.js";
export { type Fitted, Transformer } from "../lib/preprocessing/transformer.js";
export { writeCsv } from "../lib/preprocessing/write-csv.js";
export type { ChoiceOptions } from "../lib/regularizers/chosen.js";
export { damping } from "../lib/regularizers/damping.js";
export { maxNorm } from "../lib/regularizers/max-norm.js";
export { elastic, l1, l2, pNorm } from "../lib/regularizers/penalty.js";
export type { Regularizer } from "../lib/regularizers/regularizer.js";
export {
  cosineDecay,
  exponentialDecay,
  type PlateauOptions,
  reduceOnPlateau,
  type Schedule,
  stepDecay,
  warmUp,
} from "../lib/schedules.js";
export type { Augment, Draw } from "../lib/training/augment.js";
export {
  type Batch,
  type BatchOptions,
  Dataset,
  type DatasetOptions,
  type Numbers,
  type Values,
} from "../lib/training/dataset.js";
export { EarlyStopping, type EarlyStoppingOptions } from "../lib/training/early-stopping.js";
export { type EvaluateOptions, evaluate, type PredictOptions, predict } from "../lib/training/evaluate.js";
export type { Evaluation } from "../lib/training/evaluation.js";
export { fit } from "../lib/training/fit.js";
export { fitAll } from "../lib/training/fit-all.js";
export { type History, newHistory } from "../lib/training/history.js";
export { type Fold, type KFoldOptions, kFold } from "../lib/training/k-fold.js";
export { KeepWeights, type KeepWeightsOptions } from "../lib/training/keep-weights.js";
export { Progress } from "../lib/training/progress.js";
export type { Callback, FitAllOptions, FitArguments, FitOptions, Run } from "../lib/training/run.js";
export type { StepOptions } from "../lib/training/step-options.js";
export { trainStep } from "../lib/training/train-step.js";
export { type BullmqOptions, bullmq } from "../search/bullmq.js";
export { type Executor, inProcess, type SearchToRun, type Session } from "../search/executor.js";
export { narrow } from "../search/narrow.js";
export { type ResultRow, SearchResults } from "../search/results.js";
export type { Pruning } from "../search/rungs.js";
export { type SearchOptions, search } from "../search/search.js";
export type { Hyperparameters, HyperparameterValue, Range, Space } from "../search/space.js";
export type { Outcome, Report, Task, Trial, TrialContext, TrialResult, Watch } from "../search/trial.js";
export type { TrialCode } from "../search/trial-code.js";
export { workers } from "../search/workers.js";
