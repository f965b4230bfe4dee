/**
 * The shape of every layer: `forward` computes the output and keeps what `backward` will need; `backward` takes the gradient
 * of the loss with respect to the output, stores the gradients of the layer's parameters, and returns the gradient with
 * respect to the input. A training step runs inside one `tf.tidy`, so nothing a layer keeps has to be disposed by hand.
 */

import type { Random } from "gradbook-engine/random";
import { type Tensor, tf, type Variable } from "gradbook-engine/tensor";
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

/** What every layer and every model is: `forward`, `backward`, parameters and buffers by name. */
export abstract class Layer {
  /** The layer's trainable parameters; empty for a layer that has none. */
  readonly parameters: Parameters = new Map();
  /** What belongs to the layer's state but is not trained (running statistics), by name. */
  readonly buffers: Map<string, Variable> = new Map();
  /** The layers inside this one, in order; none for most. */
  readonly layers: readonly Layer[] = [];

  /**
   * @param x input, float32, first axis the batch
   * @param training true while training: layers that behave differently then (dropout, batch normalization) look at it
   */
  abstract forward(x: Tensor, training: boolean): Tensor;

  /** @param dy ∂loss/∂y for the y of the last `forward`; returns ∂loss/∂x. */
  abstract backward(dy: Tensor): Tensor;

  /** The architecture, without weights; those are in `parameters` and `buffers`. */
  get config(): LayerConfig {
    return { type: this.constructor.name };
  }

  /** This layer and every layer inside it, outer before inner, by name: "" is this layer, then "0", "1", "1.0" … */
  *walk(name = ""): Generator<[name: string, layer: Layer]> {
    yield [name, this];
    for (const [i, layer] of this.layers.entries()) yield* layer.walk(name === "" ? `${i}` : `${name}.${i}`);
  }

  /** Frees parameters and buffers; the layer cannot be used afterwards. */
  dispose(): void {
    for (const { value } of this.parameters.values()) value.dispose();
    for (const value of this.buffers.values()) value.dispose();
  }

  /** A new parameter of this layer, its first value drawn from a stream of its own. */
  protected addParameter(name: string, shape: number[], initializer: Initializer, random: Random): Parameter {
    const parameter = { value: tf.tidy(() => tf.variable(initializer(shape, random.split(name)))), frozen: false };
    this.parameters.set(name, parameter);
    return parameter;
  }

  /** What `forward` has kept, for `backward`; an error where there was no `forward`. */
  protected kept<T>(value: T | undefined): T {
    if (value === undefined) {
      throw new Error(`${this.constructor.name}: expected forward before backward, received backward first.`);
    }
    return value;
  }

  /** Refuses an input that is not [batch, height, width, channels], or is smaller than `least` pixels either way. */
  protected expectImages(x: Tensor, channels?: number, least = 1): void {
    const [, height = 0, width = 0, depth] = x.shape;
    if (x.rank === 4 && height >= least && width >= least && (channels === undefined || depth === channels)) return;
    const size = least === 1 ? "" : ` with at least ${least} pixels each way`;
    throw new RangeError(
      `${this.constructor.name}: expected an input of shape [batch, height, width, ${channels ?? "channels"}]${size}, received [${x.shape}].`,
    );
  }
}
