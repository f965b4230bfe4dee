/** A whole model in one file: its architecture and its weights, from which it is built anew without the code that made it. */

import { Random } from "gradbook-engine/random";
import { tf } from "gradbook-engine/tensor";
import { expectModel } from "../checks/expect-model.js";
import { withRoom } from "../checks/room.js";
import type { Layer } from "../layers/layer.js";
import { layerFrom } from "../layers/registry.js";
import { type Format, metadataOf, readNotes } from "./notes.js";
import { type Exported, fromExport } from "./pytorch-export.js";
import type { Described } from "./safetensors-reader.js";
import { writeSafetensors } from "./safetensors-writer.js";
import { checkState, loadStateDict, stateDict } from "./state-dict.js";

/**
 * Writes `model` to `file`, whole or not at all: its `config`, parameters and buffers.
 * @throws when the model has a layer that `loadModel` could not build: one that `registerLayer` was not told of, or whose
 * `config` or `from` leaves something out.
 *
 * @example
 * ```ts
 * import { Dense, loadModel, ReLU, saveModel, Sequential } from "gradbook";
 *
 * const model = new Sequential(new Dense(2, 3), new ReLU(), new Dense(3, 1));
 * saveModel("model.safetensors", model);
 * console.log(loadModel("model.safetensors").parameters.size); // 4
 * ```
 */
export function saveModel(file: string, model: Layer): void {
  expectModel("saveModel(file, model)", model);
  const { config } = model;
  const state = stateDict(model);
  const copy = layerFrom(config, new Random(0));
  try {
    const [built, own] = [copy.config, config].map((each) => JSON.stringify(each));
    if (built !== own) {
      throw new RangeError(
        `saveModel: expected a config that \`from\` builds again, received ${own}, which gave ${built}.`,
      );
    }
    checkState(stateDict(copy), state, "saveModel: what loadModel would build");
  } finally {
    copy.dispose();
  }
  writeSafetensors(file, state, metadataOf("gradbook model 1", config));
}

const formats: Format[] = ["gradbook model 1", "gradbook pytorch 1"];

/**
 * The model that `saveModel` wrote: the same layers with the same values; predictions are the same. Or one that
 * `examples/export_pytorch.py` wrote in Python: its predictions for the file's sample are compared with PyTorch's.
 * @throws when the file is missing, truncated or something else, or has a layer or tensor that does not fit: before anything of
 * the size that it claims is made; and when predictions for the sample differ from PyTorch's.
 *
 * @example
 * ```ts
 * import { constant, Dense, loadModel, predict, saveModel, tf } from "gradbook";
 *
 * saveModel("model.safetensors", new Dense(2, 1, { weight: constant(2) }));
 * const model = loadModel("model.safetensors");
 * console.log(predict(model, tf.tensor2d([[1, 3]])).arraySync()); // [ [ 8 ] ]
 * ```
 */
export function loadModel(file: string): Layer {
  let model: Layer | undefined;
  const named = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new RangeError(`${file}: ${(error as Error).message}`, { cause: error });
    }
  };
  // The first values are replaced at once, so nothing is drawn from the stream that `seed` governs.
  const build = (config: unknown, given: Described) => withRoom(roomOf(given), () => layerFrom(config, new Random(0)));
  try {
    const { notes, tensors, format } = readNotes(file, formats, (content, given, kind) => {
      const config = kind === "gradbook model 1" ? content : (content as Exported | null)?.config;
      model = named(() => build(config, given));
      if (kind === "gradbook model 1") checkState(stateDict(model), given, file);
    });
    try {
      if (format === "gradbook model 1") loadStateDict(model!, tensors, file);
      else named(() => fromExport(model!, tensors, notes as Exported));
    } finally {
      tf.dispose(tensors);
    }
    return model!;
  } catch (error) {
    model?.dispose();
    throw error;
  }
}

/** Room for so many numbers as a file holds, and for some more, so that a difference can be named tensor by tensor. */
const roomOf = (tensors: Described): number =>
  Object.values(tensors).reduce((sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1), 1e6);
