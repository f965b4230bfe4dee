/** What `fitAll` is told of each of its networks. */
import type { Layer } from "../layers/layer.js";
import type { Dataset } from "./dataset.js";
import type { FitOptions } from "./run.js";

/** What `fit` takes, but for callbacks and a history to be continued. */
export type FitAllOptions = Omit<FitOptions, "callbacks" | "history">;

/** The arguments of `fit` for one network. */
export type FitArguments = readonly [model: Layer, data: Dataset, options: FitAllOptions];
