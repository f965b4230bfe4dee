/**
 * The shape of every layer: `forward` computes the output and keeps what `backward` will need; `backward` takes the gradient
 * of the loss with respect to the output, stores the gradients of the layer's parameters, and returns the gradient with
 * respect to the input. A training step runs inside one `tf.tidy`, so nothing a layer keeps has to be disposed by hand.
 */
import type { Tensor, Variable } from "../tensor.js";

/** A trainable tensor with the gradient that the last `backward` left (same shape, float32). */
export interface Parameter {
  readonly value: Variable;
  gradient?: Tensor;
}

/** Parameters by name, in a fixed order: `weight`, `bias`; inside a `Sequential` `0.weight`, `0.bias`, `2.weight` … */
export type Parameters = Map<string, Parameter>;

export abstract class Layer {
  /** The layer's trainable parameters; empty for a layer that has none. */
  readonly parameters: Parameters = new Map();

  /**
   * @param x input, float32, first axis the batch
   * @param training true while training: layers that behave differently then (dropout, batch normalization) look at it
   */
  abstract forward(x: Tensor, training: boolean): Tensor;

  /** @param dy ∂loss/∂y for the y of the last `forward`; returns ∂loss/∂x. */
  abstract backward(dy: Tensor): Tensor;

  /** Frees the parameters; the layer cannot be used afterwards. */
  dispose(): void {
    for (const { value } of this.parameters.values()) value.dispose();
  }
}
