/** Registry: the kinds of layers by name, and how a layer is built from its `config`, as a saved model needs it. */

import { nextRandom, type Random } from "gradbook-engine/random";
import { shown } from "../checks/shown.js";
import { AveragePool } from "./average-pool.js";
import { BatchNorm } from "./batch-norm.js";
import { Conv2D } from "./conv2d.js";
import { Dense } from "./dense.js";
import { Dropout } from "./dropout.js";
import { Flatten } from "./flatten.js";
import { GlobalAveragePool } from "./global-average-pool.js";
import { type Json, Layer, type LayerArguments, type LayerConfig } from "./layer.js";
import { LeakyReLU } from "./leaky-relu.js";
import { MaxPool } from "./max-pool.js";
import { PlainDropout } from "./plain-dropout.js";
import { ReLU } from "./relu.js";
import { Residual } from "./residual.js";
import { Sequential } from "./sequential.js";
import { Sigmoid } from "./sigmoid.js";
import { Softmax } from "./softmax.js";
import { Softplus } from "./softplus.js";
import { SpatialDropout } from "./spatial-dropout.js";
import { Tanh } from "./tanh.js";

/** A class of layers. */
export interface LayerClass {
  readonly name: string;
  readonly prototype: Layer;
  /** A layer of this class from its config; left out by a class without arguments. */
  from?(given: LayerArguments): Layer;
}

/** Gradbook's own: the one place where a new one is named. */
const own: readonly LayerClass[] = [
  ...[Dense, Conv2D, MaxPool, AveragePool, GlobalAveragePool, Flatten, BatchNorm],
  ...[ReLU, LeakyReLU, Sigmoid, Tanh, Softplus, Softmax],
  ...[Dropout, PlainDropout, SpatialDropout, Sequential, Residual],
];

/** Whether a layer is of a class of Gradbook's own, and not of a subclass. */
export const isOwnKind = (layer: Layer): boolean => own.some((kind) => kind === layer.constructor);

/** The reader's own, by name. */
const registered = new Map<string, LayerClass>();

/**
 * Makes a layer of one's own known to `layerFrom`, `saveModel` and `loadModel`, by the name of its class. `loadModel` needs the
 * same in the program that loads. A class of the same name that is registered later takes its place, as when a cell runs again.
 *
 * ```ts
 * class Scale extends Layer {
 *   constructor(readonly factor: number) { super(); }
 *   static from(given: LayerArguments) { return new Scale(given.number("factor")); }
 *   override get config() { return { ...super.config, factor: this.factor }; }
 *   override forward(x: Tensor) { return tf.mul(x, this.factor); }
 *   override backward(dy: Tensor) { return tf.mul(dy, this.factor); }
 * }
 * registerLayer(Scale);
 * ```
 * @throws for what is no class of layers, and for the name of a layer of Gradbook's own
 *
 * @example
 * ```ts
 * import { Layer, loadModel, predict, registerLayer, saveModel, Sequential, type Tensor, tf } from "gradbook";
 *
 * class Double extends Layer {
 *   override forward(x: Tensor) {
 *     return tf.mul(x, 2);
 *   }
 *   override backward(dy: Tensor) {
 *     return tf.mul(dy, 2);
 *   }
 * }
 * registerLayer(Double);
 * saveModel("double.safetensors", new Sequential(new Double()));
 * console.log(predict(loadModel("double.safetensors"), tf.ones([1, 2])).arraySync()); // [ [ 2, 2 ] ]
 * ```
 */
export function registerLayer(kind: LayerClass): void {
  if (!(kind?.prototype instanceof Layer) || !kind.name) {
    throw new TypeError(`registerLayer: expected a class that extends Layer, received ${shown(kind)}.`);
  }
  if (own.some((one) => one.name === kind.name && one !== kind)) {
    throw new RangeError(
      `registerLayer: expected a name of its own, received ${kind.name}, a layer of Gradbook's: rename the class.`,
    );
  }
  registered.set(kind.name, kind);
}

/** The arguments of one layer; remembers the layers it has built, to free them when something fails. */
class Given implements LayerArguments {
  readonly built: Layer[] = [];

  constructor(
    readonly config: LayerConfig,
    readonly random: Random,
  ) {}

  has = (name: string): boolean => Object.hasOwn(this.config, name);
  value = (name: string): Json | undefined => this.config[name];
  number = (name: string): number => this.#read<number>(name, 0);
  boolean = (name: string): boolean => this.#read<boolean>(name, true);
  layer = (name: string): Layer => this.#build(this.config[name], name);

  layers(name: string): Layer[] {
    const list = this.config[name];
    if (Array.isArray(list)) return list.map((config, i) => this.#build(config, i));
    throw new RangeError(`layerFrom: expected ${name} of ${this.config.type} to be a list, received ${shown(list)}.`);
  }

  #build(config: unknown, key: string | number): Layer {
    const layer = layerFrom(config, this.random.split(key));
    this.built.push(layer);
    return layer;
  }

  /** `config[name]`, refused where it is not of the kind that `sample` is. */
  #read<T extends number | boolean>(name: string, sample: T): T {
    const value = this.config[name];
    if (typeof value === typeof sample) return value as T;
    throw new RangeError(
      `layerFrom: expected ${name} of ${this.config.type} to be a ${typeof sample}, received ${shown(value)}.`,
    );
  }
}

/**
 * A new layer of the architecture that `config` describes (see `Layer.config`; as parsed from JSON, so anything is refused
 * that does not describe one). Its weights are drawn by the default initializers.
 *
 * @param random where the weights are drawn from; default the stream governed by `seed`
 */
export function layerFrom(config: unknown, random: Random = nextRandom()): Layer {
  const { type } = Object(config) as Record<string, unknown>;
  if (typeof type !== "string") {
    throw new RangeError(
      `layerFrom: expected the config of a layer, an object with its type, received ${shown(config)}.`,
    );
  }
  const kind = own.find(({ name }) => name === type) ?? registered.get(type);
  if (!kind) {
    const known = [...own, ...registered.values()].map(({ name }) => name).join(", ");
    const name = /^[A-Za-z_$][\w$]*$/.test(type) ? type : "…";
    throw new RangeError(
      `layerFrom: expected a type of ${known}, received ${shown(type)}: make a layer of your own known by registerLayer(${name}).`,
    );
  }
  const given = new Given(config as LayerConfig, random);
  try {
    return kind.from?.(given) ?? (Reflect.construct(kind as unknown as new () => Layer, []) as Layer);
  } catch (error) {
    for (const layer of given.built) layer.dispose();
    throw error;
  }
}
