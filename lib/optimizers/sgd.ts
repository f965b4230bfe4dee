/** SGD: stochastic gradient descent. */
import type { Parameter } from "../layers/layer.js";
import { type Tensor, tf } from "../tensor.js";
import { Optimizer } from "./optimizer.js";

/** w ← w − learningRate · gradient. Robbins and Monro 1951. */
export class SGD extends Optimizer {
  constructor({ learningRate = 0.01 }: { learningRate?: number } = {}) {
    super(learningRate);
  }

  protected override update(_name: string, { value }: Parameter, gradient: Tensor): void {
    value.assign(tf.sub(value, tf.mul(gradient, this.learningRate)));
  }
}
