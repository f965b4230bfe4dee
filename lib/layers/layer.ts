/**
 * The shape of every layer: `forward` computes the output and keeps what `backward` will need; `backward` takes the gradient
 * of the loss with respect to the output, stores the gradients of the layer's parameters, and returns the gradient with
 * respect to the input. A training step runs inside one `tf.tidy`, so nothing a layer keeps has to be disposed by hand.
 */

import type { Random } from "gradbook-engine/random";
import { type Tensor, tf, type Variable } from "gradbook-engine/tensor";
import { expectPictures } from "../checks/expect-pictures.js";
import { takeRoom } from "../checks/room.js";
import { shown } from "../checks/shown.js";
import type { Initializer } from "../initializers.js";

/** A trainable tensor with the gradient that the last `backward` left (same shape, float32). */
export interface Parameter {
  readonly value: Variable;
  gradient?: Tensor;
  /** Optimizers and regularizers leave a frozen parameter as it is, and `backward` leaves no gradient on it. */
  frozen: boolean;
}

/** Parameters by name, in a fixed order: `weight`, `bias`; inside a `Sequential` `0.weight`, `0.bias`, `2.weight` … */
export type Parameters = Map<string, Parameter>;

/** What JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A layer's architecture as plain JSON: its type and the arguments that `layerFrom` builds it anew from. */
export interface LayerConfig {
  type: string;
  [argument: string]: Json;
}

/** A config as `from` reads it: each argument is refused where it is missing or of another kind. */
export interface LayerArguments {
  /** Where first values are drawn from: a stream for this layer. */
  readonly random: Random;
  /** Whether the config has the argument. */
  has(name: string): boolean;
  /** The argument as it is, of any kind. */
  value(name: string): Json | undefined;
  number(name: string): number;
  boolean(name: string): boolean;
  /** A layer inside, built anew. */
  layer(name: string): Layer;
  /** A list of them. */
  layers(name: string): Layer[];
}

/**
 * What every layer and every model is: `forward`, `backward`, parameters, buffers and layers inside, all by name.
 *
 * A layer of one's own extends it. What it trains it makes by `addParameter`, what it only keeps by `addBuffer`, and a layer
 * inside it takes up by `addLayer`: then `parameters`, `walk`, `config`, `summary`, checkpoints and files know of it. To be built
 * from a file it is told to `registerLayer`, and one with arguments has a static `from`, which says how.
 *
 * @example
 * ```ts
 * import { Layer, type Tensor, tf } from "gradbook";
 *
 * // Multiplies by 2.
 * class Double extends Layer {
 *   override forward(x: Tensor): Tensor {
 *     return tf.mul(x, 2);
 *   }
 *   override backward(dy: Tensor): Tensor {
 *     return tf.mul(dy, 2);
 *   }
 * }
 * console.log(new Double().forward(tf.tensor1d([1, 2])).arraySync()); // [ 2, 4 ]
 * ```
 */
export abstract class Layer {
  /** The trainable parameters, those of the layers inside included; empty for a layer that has none. */
  readonly parameters: Parameters = new Map();
  /** What belongs to the state but is not trained (running statistics), by name, likewise. */
  readonly buffers: Map<string, Variable> = new Map();
  /** The layers inside this one by name, in order; none for most. */
  readonly children: ReadonlyMap<string, Layer> = new Map();
  /** The layers that this one is inside of: they hear of parameters that come later. */
  readonly #owners: Layer[] = [];

  /**
   * @param x input, float32, first axis the batch
   * @param training true while training: layers that behave differently then (dropout, batch normalization) look at it, and
   * layers with others inside pass it on
   */
  abstract forward(x: Tensor, training: boolean): Tensor;

  /** @param dy ∂loss/∂y for the y of the last `forward`; returns ∂loss/∂x. */
  abstract backward(dy: Tensor): Tensor;

  /** False as long as parameters wait for the first input, which says how many there are. */
  get isMade(): boolean {
    return true;
  }

  /** The layers inside this one, in order. */
  get layers(): readonly Layer[] {
    return [...this.children.values()];
  }

  /** The architecture, without weights; those are in `parameters` and `buffers`. A layer inside stands under its name. */
  get config(): LayerConfig {
    const inside = Array.from(this.children, ([name, { config }]) => [name, config]);
    return { type: this.constructor.name, ...Object.fromEntries(inside) };
  }

  /** This layer and every layer inside it, outer before inner, by name: "" is this layer, then "0", "1", "1.0" … */
  *walk(name = ""): Generator<[name: string, layer: Layer]> {
    yield [name, this];
    for (const [own, layer] of this.children) yield* layer.walk(name === "" ? own : `${name}.${own}`);
  }

  /** Frees parameters and buffers; the layer cannot be used afterwards. */
  dispose(): void {
    for (const { value } of this.parameters.values()) value.dispose();
    for (const value of this.buffers.values()) value.dispose();
  }

  /** A new parameter of this layer, its first value drawn from a stream of its own. */
  protected addParameter(name: string, shape: number[], initializer: Initializer, random: Random): Parameter {
    takeRoom(`${this.constructor.name}'s ${name}`, shape);
    const parameter = { value: tf.tidy(() => tf.variable(initializer(shape, random.split(name)))), frozen: false };
    this.parameters.set(name, parameter);
    for (const owner of this.#owners) owner.#gather();
    return parameter;
  }

  /** A new buffer of this layer, at first `value` everywhere. */
  protected addBuffer(name: string, shape: number[], value: number): Variable {
    takeRoom(`${this.constructor.name}'s ${name}`, shape);
    const buffer = tf.tidy(() => tf.variable(tf.fill(shape, value), false));
    this.buffers.set(name, buffer);
    for (const owner of this.#owners) owner.#gather();
    return buffer;
  }

  /** Takes up a layer inside this one: its `weight` is here `name.weight`. Returns it. */
  protected addLayer<Inner extends Layer>(name: string, layer: Inner): Inner {
    const { name: type } = this.constructor;
    if (!(layer instanceof Layer)) {
      throw new TypeError(`${type}: expected a layer as ${name}, received ${shown(layer)}.`);
    }
    const [first] = [...this.children].find(([, other]) => other === layer) ?? [];
    if (first !== undefined) {
      throw new RangeError(`${type}: expected different layers, received one twice (${first} and ${name}).`);
    }
    (this.children as Map<string, Layer>).set(name, layer);
    layer.#owners.push(this);
    this.#gather();
    return layer;
  }

  /** What is made once the inputs are known; an error before. */
  protected made<T>(value: T | undefined): T {
    return this.kept(value, "known inputs", "none yet: run forward on an example");
  }

  /** What `forward` has kept, for `backward`; an error where there was no `forward`. */
  protected kept<T>(value: T | undefined, expected = "forward before backward", received = "backward first"): T {
    if (value !== undefined) return value;
    throw new Error(`${this.constructor.name}: expected ${expected}, received ${received}.`);
  }

  /** Refuses an input that is not [batch, height, width, channels], or is smaller than `least` pixels either way. */
  protected expectImages(x: Tensor, channels?: number, least?: number): void {
    expectPictures(this.constructor.name, x, channels, least);
  }

  /** Parameters and buffers of the layers inside under their names here, in the order of the layers. */
  #gather(): void {
    for (const [name, layer] of this.children) {
      moveToEnd(this.parameters, name, layer.parameters);
      moveToEnd(this.buffers, name, layer.buffers);
    }
    for (const owner of this.#owners) owner.#gather();
  }
}

/** Puts `entries` at the end of `all`, under names that begin with `prefix`. */
function moveToEnd<T>(all: Map<string, T>, prefix: string, entries: ReadonlyMap<string, T>): void {
  for (const [key, entry] of entries) {
    all.delete(`${prefix}.${key}`);
    all.set(`${prefix}.${key}`, entry);
  }
}
