/** A model that `examples/export_pytorch.py` wrote: its classes as layers, PyTorch's weights, and a sample of its predictions. */

import { type Tensor, tf } from "gradbook-engine/tensor";
import type { Layer } from "../layers/layer.js";
import { fromPyTorch } from "./pytorch.js";
import type { NamedTensors } from "./tensors.js";

/** Numbers in lists of lists, as JSON has a tensor. */
type Nested = number | Nested[];

/** The notes in the file. */
export interface Exported {
  /** Of the model here. */
  config: unknown;
  /** The module of each layer that has tensors. */
  names: Record<string, string>;
  /** Inputs and what PyTorch predicts for them, in its layout. */
  sample: { x: Nested; y: Nested };
}

/** Predictions may differ by so much of the largest: what float32 and another order of sums leave, not another architecture. */
const tolerance = 1e-4;

/** Pictures as they are here: [batch, height, width, channels]. */
const channelsLast = (x: Tensor): Tensor => (x.rank === 4 ? tf.transpose(x, [0, 2, 3, 1]) : x);

/**
 * Gives `model`, built from the config, the weights, and compares its predictions for the sample.
 * @throws where they differ
 */
export function fromExport(model: Layer, tensors: NamedTensors, { names, sample }: Exported): void {
  tf.tidy(() => {
    if (typeof names !== "object" || typeof sample !== "object" || sample === null) {
      throw new RangeError("expected names and a sample in the notes, received others.");
    }
    const [x, y] = [sample.x, sample.y].map((numbers) =>
      channelsLast(tf.tensor(numbers as number[], undefined, "float32")),
    );
    fromPyTorch(model, tensors, { names: names ?? {}, example: x });
    const predictions = model.forward(x!, false);
    const shapes = [predictions.shape, y!.shape].map((shape) => `[${shape}]`);
    if (shapes[0] !== shapes[1]) {
      throw new RangeError(`expected predictions of PyTorch's shape ${shapes[1]}, received ${shapes[0]}.`);
    }
    const size = (difference: Tensor) => tf.max(tf.abs(difference)).dataSync()[0]!;
    const error = size(tf.sub(predictions, y!)) / size(y!);
    if (error <= tolerance) return;
    throw new RangeError(
      `expected PyTorch's predictions for the file's sample, received others (by ${error.toPrecision(2)} of the largest): ` +
        "its forward does more than run its modules in order; describe its class in export_pytorch.py.",
    );
  });
}
