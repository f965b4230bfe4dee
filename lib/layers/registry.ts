/** Registry: builds a layer from its `config`, as a saved model needs it. Weights are not part of the config. */

import { nextRandom, Random } from "gradbook-engine/random";
import { type Initializer, zeros } from "../initializers.js";
import { BatchNorm } from "./batch-norm.js";
import { Conv2D } from "./conv2d.js";
import { Dense } from "./dense.js";
import { Dropout } from "./dropout.js";
import { Flatten } from "./flatten.js";
import { GlobalAveragePool } from "./global-average-pool.js";
import type { Layer, LayerConfig } from "./layer.js";
import { LeakyReLU } from "./leaky-relu.js";
import { MaxPool } from "./max-pool.js";
import type { Padding } from "./padding.js";
import { PlainDropout } from "./plain-dropout.js";
import { ReLU } from "./relu.js";
import { Residual } from "./residual.js";
import { Sequential } from "./sequential.js";
import { Sigmoid } from "./sigmoid.js";
import { Softmax } from "./softmax.js";
import { Softplus } from "./softplus.js";
import { SpatialDropout } from "./spatial-dropout.js";
import { Tanh } from "./tanh.js";

/** `config[name]`, refused where it is not of the kind that `sample` is. */
function read<T extends number | boolean | string>(config: LayerConfig, name: string, sample: T): T {
  const value = config[name];
  if (typeof value === typeof sample) return value as T;
  throw new RangeError(
    `layerFrom: expected ${name} of ${config.type} to be a ${typeof sample}, received ${JSON.stringify(value)}.`,
  );
}

const number = (config: LayerConfig, name: string): number => read<number>(config, name, 0);
const bias = (config: LayerConfig): Initializer | false => (read<boolean>(config, "bias", true) ? zeros : false);
const padding = (config: LayerConfig) => read<string>(config, "padding", "") as Padding;
const masks = (config: LayerConfig) => ({ random: new Random(number(config, "seed")) });

function inside(config: LayerConfig, random: Random): Layer[] {
  const { layers } = config;
  if (!Array.isArray(layers)) {
    throw new RangeError(
      `layerFrom: expected layers of ${config.type} to be a list, received ${JSON.stringify(layers)}.`,
    );
  }
  const built: Layer[] = [];
  try {
    for (const [i, layer] of layers.entries()) built.push(layerFrom(layer, random.split(i)));
    return built;
  } catch (error) {
    for (const layer of built) layer.dispose();
    throw error;
  }
}

/** How a layer of each type is built. */
const makers: Record<string, (config: LayerConfig, random: Random) => Layer> = {
  BatchNorm: (c) => {
    const [momentum, epsilon, initialVar] = [number(c, "momentum"), number(c, "epsilon"), number(c, "initialVar")];
    return new BatchNorm(number(c, "features"), { momentum, epsilon, initialVar });
  },
  Conv2D: (c, random) => {
    const options = { strides: number(c, "strides"), padding: padding(c), bias: bias(c), random };
    return new Conv2D(number(c, "inputs"), number(c, "outputs"), number(c, "size"), options);
  },
  Dense: (c, random) => new Dense(number(c, "inputs"), number(c, "outputs"), { bias: bias(c), random }),
  Dropout: (c) => new Dropout(number(c, "rate"), masks(c)),
  Flatten: () => new Flatten(),
  GlobalAveragePool: () => new GlobalAveragePool(),
  LeakyReLU: (c) => new LeakyReLU(number(c, "slope")),
  MaxPool: (c) => new MaxPool(number(c, "size"), { strides: number(c, "strides"), padding: padding(c) }),
  PlainDropout: (c) => new PlainDropout(number(c, "rate"), masks(c)),
  ReLU: () => new ReLU(),
  Residual: (c, random) => new Residual(...inside(c, random)),
  Sequential: (c, random) => new Sequential(...inside(c, random)),
  Sigmoid: () => new Sigmoid(),
  Softmax: () => new Softmax(),
  Softplus: () => new Softplus(),
  SpatialDropout: (c) => new SpatialDropout(number(c, "rate"), masks(c)),
  Tanh: () => new Tanh(),
};

/**
 * A new layer of the architecture that `config` describes (see `Layer.config`; as parsed from JSON, so anything is refused
 * that does not describe one). Its weights are drawn by the default initializers.
 *
 * @param random where the weights are drawn from; default the stream governed by `seed`
 */
export function layerFrom(config: unknown, random: Random = nextRandom()): Layer {
  if (typeof config === "object" && config !== null && "type" in config && typeof config.type === "string") {
    const { type } = config;
    if (Object.hasOwn(makers, type)) return makers[type]!(config as LayerConfig, random);
    throw new RangeError(`layerFrom: expected a type of ${Object.keys(makers).join(", ")}, received "${type}".`);
  }
  throw new RangeError(
    `layerFrom: expected the config of a layer, an object with its type, received ${JSON.stringify(config)}.`,
  );
}
