/** Residual: layers with a way round them. */
import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectOptions } from "../checks/expect-options.js";
import { Layer, type LayerArguments, type LayerConfig } from "./layer.js";
import { Sequential } from "./sequential.js";

/** What a `Residual` can be told, before its layers. */
export interface ResidualOptions {
  /**
   * A layer on the way round, where the layers inside change the shape: `new Conv2D(16, 32, 1, { strides: 2 })`, often with a
   * `BatchNorm` behind it in a `Sequential`. Default none: x itself goes round.
   */
  projection?: Layer;
}

/**
 * y = x + layerₙ(… layer₁(x)), or y = projection(x) + …, for layers that change the shape. Backward: dx = dy + the gradient
 * through the layers (or the projection's + theirs), so dy arrives undiminished however deep the network is. Parameters are
 * named as in `Sequential`, those of the projection `projection.weight` … He et al. 2016.
 *
 * `new Residual(layer1, layer2)` or `new Residual({ projection }, layer1, layer2)`.
 *
 * @example
 * ```ts
 * import { Dense, ReLU, Residual, tf, zeros } from "gradbook";
 *
 * const block = new Residual(new Dense(16, 16, { weight: zeros }), new ReLU());
 * console.log(block.forward(tf.ones([1, 16]), false).sum().arraySync()); // 16
 * ```
 */
export class Residual extends Sequential {
  readonly projection: Layer | undefined;

  constructor(...layers: Layer[]);
  constructor(options: ResidualOptions, ...layers: Layer[]);
  constructor(first?: Layer | ResidualOptions, ...others: Layer[]) {
    const own = first === undefined || first instanceof Layer || Array.isArray(first);
    super(...((own && first !== undefined ? [first, ...others] : others) as Layer[]));
    const { projection } = own ? {} : expectOptions("Residual", first as ResidualOptions, ["projection"]);
    if (projection !== undefined) this.projection = this.addLayer("projection", projection);
  }

  static override from(given: LayerArguments): Layer {
    const layers = given.layers("layers");
    return given.has("projection")
      ? new this({ projection: given.layer("projection") }, ...layers)
      : new this(...layers);
  }

  override get config(): LayerConfig {
    return this.projection ? { ...super.config, projection: this.projection.config } : super.config;
  }

  override forward(x: Tensor, training: boolean): Tensor {
    const change = super.forward(x, training);
    const around = this.projection?.forward(x, training) ?? x;
    if (change.shape.join() === around.shape.join()) return tf.add(around, change);
    const [wanted, remedy] = this.projection ? ["give the projection's", ""] : ["keep the", ": or give a projection"];
    throw new RangeError(
      `Residual: expected layers that ${wanted} shape [${around.shape}], received [${change.shape}]${remedy}.`,
    );
  }

  override backward(dy: Tensor): Tensor {
    const through = super.backward(dy);
    return tf.add(this.projection?.backward(dy) ?? dy, through);
  }
}
