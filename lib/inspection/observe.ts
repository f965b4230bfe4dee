/** Looking into a model while it computes, and leaving it as it was. */

import { type Tensor, tf } from "gradbook-engine/tensor";
import { Dropout } from "../layers/dropout.js";
import type { Layer } from "../layers/layer.js";

/** What is told of each layer, inner before outer, under its name in the model ("0", "1.0"; "" for the model itself). */
export interface Observer {
  /** After a layer's `forward` of x. */
  forward?(name: string, layer: Layer, y: Tensor, x: Tensor): void;
  /** Before a layer's `backward`; dy is ∂loss/∂y of that layer. */
  backward?(name: string, layer: Layer, dy: Tensor): void;
}

/** Runs `compute`, which uses `model`, while `observer` looks on. */
export function observe<T>(model: Layer, observer: Observer, compute: () => T): T {
  const layers = [...model.walk()];
  for (const [name, layer] of layers) {
    const { forward, backward } = layer;
    layer.forward = (x, training) => {
      const y = forward.call(layer, x, training);
      observer.forward?.(name, layer, y, x);
      return y;
    };
    layer.backward = (dy) => {
      observer.backward?.(name, layer, dy);
      return backward.call(layer, dy);
    };
  }
  try {
    return compute();
  } finally {
    // The layers' own methods are their classes' again.
    for (const [, layer] of layers) for (const method of ["forward", "backward"]) Reflect.deleteProperty(layer, method);
  }
}

/**
 * Runs `compute` in a `tf.tidy` and then gives the model back what training steps change besides parameters: running statistics
 * and the place in the sequence of dropout masks. `compute` gets a function that does so at once, for the same masks again.
 */
export function keepingState<T>(model: Layer, compute: (restore: () => void) => T): T {
  const dropouts = [...model.walk()].flatMap(([, layer]) => (layer instanceof Dropout ? [layer] : []));
  const places = dropouts.map(({ steps, mask }) => ({ steps, mask }));
  let result: { value: T } | undefined;
  tf.tidy(() => {
    const buffers = [...model.buffers.values()].map((buffer) => [buffer, tf.clone(buffer)] as const);
    const restore = () => {
      for (const [i, dropout] of dropouts.entries()) Object.assign(dropout, places[i]);
      for (const [buffer, value] of buffers) buffer.assign(value);
    };
    try {
      result = { value: compute(restore) };
    } finally {
      restore();
    }
  });
  return result!.value;
}
