/** Sequential: layers one after the other, itself a layer; the usual model. */
import type { Tensor } from "../tensor.js";
import { Layer } from "./layer.js";

/**
 * y = layerₙ(… layer₂(layer₁(x))). Backward runs the layers in the opposite order: the chain rule. Parameters are named by the
 * layer's position: `0.weight`, `0.bias`, `2.weight` …
 */
export class Sequential extends Layer {
  readonly layers: readonly Layer[];

  constructor(...layers: Layer[]) {
    super();
    if (layers.length === 0) throw new RangeError("Sequential: expected at least one layer, received none.");
    this.layers = layers;
    for (const [i, layer] of layers.entries()) {
      for (const [name, parameter] of layer.parameters) this.parameters.set(`${i}.${name}`, parameter);
    }
  }

  override forward(x: Tensor, training: boolean): Tensor {
    return this.layers.reduce((input, layer) => layer.forward(input, training), x);
  }

  override backward(dy: Tensor): Tensor {
    return this.layers.reduceRight((gradient, layer) => layer.backward(gradient), dy);
  }
}
