/** Forward: who computes predictions: the model, layer by layer, unless somebody knows a faster way to the same (`predictor.ts`). */
import type { Tensor } from "gradbook-engine/tensor";
import type { Layer } from "../layers/layer.js";

/** `forward` of a model with `training` false. */
export type Forward = (x: Tensor) => Tensor;

let faster: ((model: Layer) => Forward | undefined) | undefined;

/** From now on `find` is asked for a faster way; it gives nothing where there is none. */
export function setFaster(find: (model: Layer) => Forward | undefined): void {
  faster = find;
}

export const forwardOf = (model: Layer): Forward => faster?.(model) ?? ((x) => model.forward(x, false));
