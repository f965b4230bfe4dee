/** SpatialDropout: dropout of whole channels, for pictures whose neighbouring pixels say nearly the same. */
import type { Tensor } from "gradbook-engine/tensor";
import { Dropout } from "./dropout.js";

/**
 * `Dropout` for [batch, height, width, channels] with a mask [batch, 1, 1, channels]: a channel of an example is zeroed as a
 * whole or kept. Same options. Tompson et al. 2015.
 *
 * @example
 * ```ts
 * import { SpatialDropout, tf } from "gradbook";
 *
 * const layer = new SpatialDropout(0.5);
 * const y = layer.forward(tf.ones([1, 8, 8, 16]), true);
 * console.log(y.shape); // [ 1, 8, 8, 16 ]
 * ```
 */
export class SpatialDropout extends Dropout {
  override forward(x: Tensor, training: boolean): Tensor {
    this.expectImages(x);
    return super.forward(x, training);
  }

  protected override maskShape([batch, , , channels]: number[]): number[] {
    return [batch!, 1, 1, channels!];
  }
}
