/** Registry: builds a layer from its `config`, as a saved model needs it. Weights are not part of the config. */
import { type Initializer, zeros } from "../initializers.js";
import { nextRandom, Random } from "../random.js";
import { BatchNorm } from "./batch-norm.js";
import { Conv2D } from "./conv2d.js";
import { Dense } from "./dense.js";
import { Dropout } from "./dropout.js";
import { Flatten } from "./flatten.js";
import { GlobalAveragePool } from "./global-average-pool.js";
import type { Json, Layer, LayerConfig } from "./layer.js";
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

const shown = (value: unknown): string => String(JSON.stringify(value)).slice(0, 200);

/** `config[name]`, refused where it is not of the kind that `sample` is. */
function read<T extends number | boolean | string>(config: LayerConfig, name: string, sample: T): T {
  const value = config[name];
  if (typeof value === typeof sample) return value as T;
  throw new RangeError(
    `layerFrom: expected ${name} of ${config.type} to be a ${typeof sample}, received ${shown(value)}.`,
  );
}

const number = (config: LayerConfig, name: string): number => read<number>(config, name, 0);
const bias = (config: LayerConfig): Initializer | false => (read<boolean>(config, "bias", true) ? zeros : false);
const padding = (config: LayerConfig) => read<string>(config, "padding", "") as Padding;
const masks = (config: LayerConfig) => ({ random: new Random(number(config, "seed")) });

function listOf({ type, layers }: LayerConfig): Json[] {
  if (Array.isArray(layers)) return layers;
  throw new RangeError(`layerFrom: expected layers of ${type} to be a list, received ${shown(layers)}.`);
}

function inside(config: LayerConfig, random: Random): Layer[] {
  const built: Layer[] = [];
  try {
    for (const [i, layer] of listOf(config).entries()) built.push(layerFrom(layer, random.split(i)));
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

/** The shapes of the parameters and buffers that a layer of each type makes; the other types have none of their own. */
const shapes: Record<string, (config: LayerConfig) => Record<string, number[]>> = {
  BatchNorm: (c) => {
    const shape = [number(c, "features")];
    return { gamma: shape, beta: shape, runningMean: shape, runningVar: shape };
  },
  Conv2D: (c) => {
    const [size, outputs] = [number(c, "size"), number(c, "outputs")];
    return { weight: [size, size, number(c, "inputs"), outputs], ...(bias(c) && { bias: [outputs] }) };
  },
  Dense: (c) => {
    const outputs = number(c, "outputs");
    return { weight: [number(c, "inputs"), outputs], ...(bias(c) && { bias: [outputs] }) };
  },
};

/** @throws RangeError for what is not the config of a layer of a type that is known */
function checked(config: unknown): LayerConfig {
  if (typeof config === "object" && config !== null && "type" in config && typeof config.type === "string") {
    if (Object.hasOwn(makers, config.type)) return config as LayerConfig;
    throw new RangeError(
      `layerFrom: expected a type of ${Object.keys(makers).join(", ")}, received ${shown(config.type)}.`,
    );
  }
  throw new RangeError(
    `layerFrom: expected the config of a layer, an object with its type, received ${shown(config)}.`,
  );
}

/**
 * Name and shape of every parameter and buffer, all float32, of the layer that `layerFrom` would build from `config`, which may
 * claim any size: nothing is built here.
 */
export function* stateShapes(config: unknown, prefix = ""): Generator<[name: string, shape: number[]]> {
  const known = checked(config);
  for (const [name, shape] of Object.entries(shapes[known.type]?.(known) ?? {})) yield [prefix + name, shape];
  if (known.type !== "Sequential" && known.type !== "Residual") return;
  for (const [i, layer] of listOf(known).entries()) yield* stateShapes(layer, `${prefix}${i}.`);
}

/**
 * A new layer of the architecture that `config` describes (see `Layer.config`; as parsed from JSON, so anything is refused
 * that does not describe one). Its weights are drawn by the default initializers.
 *
 * @param random where the weights are drawn from; default the stream governed by `seed`
 */
export function layerFrom(config: unknown, random: Random = nextRandom()): Layer {
  const known = checked(config);
  return makers[known.type]!(known, random);
}
