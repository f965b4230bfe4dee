/** Sequential: layers one after the other, itself a layer; the usual model. */
import type { Tensor } from "gradbook-engine/tensor";
import { Layer, type LayerConfig } from "./layer.js";

/**
 * y = layerₙ(… layer₂(layer₁(x))). Backward runs the layers in the opposite order: the chain rule. Parameters and buffers are
 * named by the layer's position: `0.weight`, `0.bias`, `2.weight` …
 */
export class Sequential extends Layer {
  override readonly layers: readonly Layer[];

  constructor(...layers: Layer[]) {
    super();
    const { name } = this.constructor;
    if (layers.length === 0) throw new RangeError(`${name}: expected at least one layer, received none.`);
    for (const [i, layer] of layers.entries()) {
      const first = layers.indexOf(layer);
      if (first < i)
        throw new RangeError(`${name}: expected different layers, received one twice (${first} and ${i}).`);
      for (const [key, parameter] of layer.parameters) this.parameters.set(`${i}.${key}`, parameter);
      for (const [key, buffer] of layer.buffers) this.buffers.set(`${i}.${key}`, buffer);
    }
    this.layers = layers;
  }

  override get config(): LayerConfig {
    return { ...super.config, layers: this.layers.map(({ config }) => config) };
  }

  override forward(x: Tensor, training: boolean): Tensor {
    return this.layers.reduce((input, layer) => layer.forward(input, training), x);
  }

  override backward(dy: Tensor): Tensor {
    return this.layers.reduceRight((gradient, layer) => layer.backward(gradient), dy);
  }
}
