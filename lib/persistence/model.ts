/** A whole model in one file: its architecture and its weights, from which it is built anew without the code that made it. */
import type { Layer } from "../layers/layer.js";
import { layerFrom, stateShapes } from "../layers/registry.js";
import { Random } from "../random.js";
import { tf } from "../tensor.js";
import { metadataOf, readNotes } from "./notes.js";
import { writeSafetensors } from "./safetensors-writer.js";
import { checkState, loadStateDict, stateDict } from "./state-dict.js";

/**
 * Writes `model` to `file`, whole or not at all: its `config`, parameters and buffers.
 * @throws when the model has a layer that `loadModel` could not build: one that is not Gradbook's own.
 */
export function saveModel(file: string, model: Layer): void {
  const { config } = model;
  const state = stateDict(model);
  const copy = layerFrom(config, new Random(0));
  try {
    checkState(stateDict(copy), state, "saveModel: what loadModel would build");
  } finally {
    copy.dispose();
  }
  writeSafetensors(file, state, metadataOf("gradbook model 1", config));
}

/**
 * The model that `saveModel` wrote: the same layers with the same values; predictions are the same.
 * @throws when the file is missing, truncated or something else, or has a layer or tensor that does not fit: before anything of
 * the size that it claims is made.
 */
export function loadModel(file: string): Layer {
  const named = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new RangeError(`${file}: ${(error as Error).message}`, { cause: error });
    }
  };
  const { notes, tensors } = readNotes(file, "gradbook model 1", (config, given) => {
    const shapes = named(() => [...stateShapes(config)]);
    checkState(Object.fromEntries(shapes.map(([name, shape]) => [name, { dtype: "float32", shape }])), given, file);
  });
  try {
    // The first values are replaced at once, so nothing is drawn from the stream that `seed` governs.
    const model = named(() => layerFrom(notes, new Random(0)));
    loadStateDict(model, tensors, file);
    return model;
  } finally {
    tf.dispose(tensors);
  }
}
