/** Sequential: layers one after the other, itself a layer; the usual model. */
import type { Tensor } from "gradbook-engine/tensor";
import { Layer, type LayerArguments, type LayerConfig } from "./layer.js";

/**
 * y = layerₙ(… layer₂(layer₁(x))). Backward runs the layers in the opposite order: the chain rule. Parameters and buffers are
 * named by the layer's position: `0.weight`, `0.bias`, `2.weight` …
 *
 * @example
 * ```ts
 * import { Dense, ReLU, Sequential, tf } from "gradbook";
 *
 * const model = new Sequential(new Dense(784, 32), new ReLU(), new Dense(32, 10));
 * console.log([...model.parameters.keys()]); // [ '0.weight', '0.bias', '2.weight', '2.bias' ]
 * console.log(model.forward(tf.zeros([5, 784]), false).shape); // [ 5, 10 ]
 * ```
 */
export class Sequential extends Layer {
  readonly #layers: readonly Layer[];

  constructor(...layers: Layer[]) {
    super();
    const { name } = this.constructor;
    if (layers.length === 0) throw new RangeError(`${name}: expected at least one layer, received none.`);
    if (Array.isArray(layers[0])) {
      throw new TypeError(`${name}: expected layers, received a list of them: write new ${name}(...layers).`);
    }
    this.#layers = layers.map((layer, i) => this.addLayer(`${i}`, layer));
  }

  static from(given: LayerArguments): Layer {
    return new this(...given.layers("layers"));
  }

  override get layers(): readonly Layer[] {
    return this.#layers;
  }

  override get config(): LayerConfig {
    return { type: this.constructor.name, layers: this.#layers.map(({ config }) => config) };
  }

  override forward(x: Tensor, training: boolean): Tensor {
    return this.#layers.reduce((input, layer) => layer.forward(input, training), x);
  }

  override backward(dy: Tensor): Tensor {
    return this.#layers.reduceRight((gradient, layer) => layer.backward(gradient), dy);
  }
}
