/** One case for every kind of layer, for the tests that hold for all of them. */

import { Random } from "../../engine/random.js";
import type { Layer, LayerConfig } from "../../lib/layers/layer.js";
import { layerFrom } from "../../lib/layers/registry.js";

export interface LayerCase {
  name: string;
  config: LayerConfig;
  /** Shape of an input, with the batch. */
  shape: number[];
}

const rows = [6, 4];
const pictures = [3, 5, 4, 2];
const norm = { type: "BatchNorm", momentum: 0.8, epsilon: 1e-3, initialVar: 1 };
const conv = { type: "Conv2D", inputs: 2, outputs: 3, size: 3, strides: 1, padding: "valid", bias: true };
const dense = { type: "Dense", inputs: 4, outputs: 3, bias: true };
const pool = { type: "MaxPool", size: 2, strides: 2, padding: "valid" };

/** A layer, and the same with other arguments where those take other ways through the code. */
export const layerCases: LayerCase[] = [
  { name: "Dense", config: dense, shape: rows },
  { name: "Dense without bias", config: { ...dense, bias: false }, shape: rows },
  { name: "ReLU", config: { type: "ReLU" }, shape: rows },
  { name: "LeakyReLU", config: { type: "LeakyReLU", slope: 0.1 }, shape: rows },
  { name: "Sigmoid", config: { type: "Sigmoid" }, shape: rows },
  { name: "Tanh", config: { type: "Tanh" }, shape: rows },
  { name: "Softplus", config: { type: "Softplus" }, shape: rows },
  { name: "Softmax", config: { type: "Softmax" }, shape: rows },
  { name: "Dropout", config: { type: "Dropout", rate: 0.4, seed: 8 }, shape: rows },
  { name: "PlainDropout", config: { type: "PlainDropout", rate: 0.4, seed: 8 }, shape: rows },
  { name: "SpatialDropout", config: { type: "SpatialDropout", rate: 0.4, seed: 8 }, shape: pictures },
  { name: "BatchNorm of rows", config: { ...norm, features: 4 }, shape: rows },
  { name: "BatchNorm of pictures", config: { ...norm, features: 2 }, shape: pictures },
  { name: "Conv2D", config: conv, shape: pictures },
  { name: "Conv2D, strides 2, same", config: { ...conv, strides: 2, padding: "same", bias: false }, shape: pictures },
  { name: "Dense with an activation", config: { ...dense, activation: { type: "Tanh" } }, shape: rows },
  { name: "Conv2D, strides 2, padding 1", config: { ...conv, strides: 2, padding: 1 }, shape: [3, 6, 4, 2] },
  { name: "MaxPool", config: pool, shape: pictures },
  { name: "MaxPool, overlapping, same", config: { ...pool, size: 3, padding: "same" }, shape: pictures },
  { name: "MaxPool, padding 1", config: { ...pool, size: 3, padding: 1 }, shape: pictures },
  { name: "AveragePool", config: { ...pool, type: "AveragePool" }, shape: pictures },
  { name: "AveragePool, same", config: { ...pool, type: "AveragePool", size: 3, padding: "same" }, shape: pictures },
  { name: "AveragePool, padding 1", config: { ...pool, type: "AveragePool", size: 3, padding: 1 }, shape: pictures },
  { name: "GlobalAveragePool", config: { type: "GlobalAveragePool" }, shape: pictures },
  { name: "Flatten", config: { type: "Flatten" }, shape: pictures },
  { name: "Residual", config: { type: "Residual", layers: [{ ...dense, outputs: 4 }, { type: "Tanh" }] }, shape: rows },
  {
    name: "Residual with a projection",
    config: { type: "Residual", layers: [dense, { type: "Tanh" }], projection: { ...dense, bias: false } },
    shape: rows,
  },
  { name: "BatchNorm, unbiased", config: { ...norm, features: 4, unbiased: true }, shape: rows },
  { name: "Sequential", config: { type: "Sequential", layers: [dense, { type: "ReLU" }] }, shape: rows },
];

/** A layer of the case, always with the same weights and masks. */
export const layerOf = ({ config }: LayerCase): Layer => layerFrom(config, new Random(4));
