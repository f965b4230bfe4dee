/** Gradbook's library: everything a notebook imports from "gradbook" (danfo comes from "gradbook/danfo"). */

export { constant, glorotUniform, type Initializer, normal, uniform, zeros } from "./initializers.js";
export { Dense, type DenseOptions } from "./layers/dense.js";
export { Layer, type Parameter, type Parameters } from "./layers/layer.js";
export { ReLU } from "./layers/relu.js";
export { Sequential } from "./layers/sequential.js";
export { halfSquaredError, type Loss, type LossOptions, meanSquaredError } from "./losses.js";
export { logRmse, type Metric, rmse } from "./metrics.js";
export { Adam, type AdamOptions } from "./optimizers/adam.js";
export { Optimizer } from "./optimizers/optimizer.js";
export { SGD } from "./optimizers/sgd.js";
export { Random, seed } from "./random.js";
export { engine, tf } from "./tensor.js";
export { Dataset } from "./training/dataset.js";
export { evaluate, type FitOptions, fit, type History, predict, trainStep } from "./training/fit.js";
export { type Fold, type KFoldOptions, kFold } from "./training/k-fold.js";
export { Progress } from "./training/progress.js";
