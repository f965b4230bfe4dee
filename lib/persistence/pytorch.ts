/**
 * Weights from and to PyTorch. Both name parameters by the position of the layer (`0.weight`), but lay them out differently:
 *
 *     Dense      weight [inputs, outputs]                  Linear       weight [outputs, inputs]
 *     Conv2D     weight [size, size, inputs, outputs]      Conv2d       weight [outputs, inputs, size, size]
 *     BatchNorm  gamma, beta, runningMean, runningVar      BatchNorm    weight, bias, running_mean, running_var
 *     Flatten    of [height, width, channels]              Flatten      of [channels, height, width]
 *
 * Pictures go in as [batch, height, width, channels] here, as [batch, channels, height, width] there. What the layers compute
 * is the same when their settings are: epsilon, LeakyReLU's slope, and PyTorch's momentum = 1 − momentum.
 */

import { type Tensor, tf } from "gradbook-engine/tensor";
import { BatchNorm } from "../layers/batch-norm.js";
import { Conv2D } from "../layers/conv2d.js";
import { Dense } from "../layers/dense.js";
import { Flatten } from "../layers/flatten.js";
import { GlobalAveragePool } from "../layers/global-average-pool.js";
import type { Layer } from "../layers/layer.js";
import { loadStateDict } from "./state-dict.js";
import type { NamedTensors } from "./tensors.js";

/** What has to be known of a PyTorch model beside its tensors. */
export interface PyTorchOptions {
  /**
   * For each `Dense` after the `Flatten` of pictures, by name: the [channels, height, width] that were flattened, such as
   * `{ "5": [16, 4, 4] }`. Its inputs are put into the order that its `Flatten` gives. Asked for after a `Conv2D`; where pictures
   * of several channels are flattened at once, give it too.
   */
  flattened?: Readonly<Record<string, readonly [channels: number, height: number, width: number]>>;
}

/** One tensor on both sides, and the ways between them. */
interface Link {
  ours: string;
  theirs: string;
  value: Tensor;
  fromTheirs(tensor: Tensor): Tensor;
  toTheirs(tensor: Tensor): Tensor;
}

const same = (tensor: Tensor): Tensor => tf.clone(tensor);

/** The weight of a `Dense`, with the order of its inputs changed where they were pictures. */
function denseWays({ inputs, outputs }: Dense, picture: readonly [number, number, number] | undefined) {
  if (!picture) return { fromTheirs: (w: Tensor) => tf.transpose(w), toTheirs: (w: Tensor) => tf.transpose(w) };
  const [channels, height, width] = picture;
  return {
    fromTheirs: (w: Tensor) =>
      tf.reshape(tf.transpose(tf.reshape(w, [outputs, channels, height, width]), [2, 3, 1, 0]), [inputs, outputs]),
    toTheirs: (w: Tensor) =>
      tf.reshape(tf.transpose(tf.reshape(w, [height, width, channels, outputs]), [3, 2, 0, 1]), [outputs, inputs]),
  };
}

/** The `flattened` of the `Dense` of this name, checked; undefined where no pictures were flattened. */
function pictureOf(name: string, dense: Dense, afterPictures: boolean, { flattened = {} }: PyTorchOptions) {
  const picture = Object.hasOwn(flattened, name) ? flattened[name] : undefined;
  if (!picture && afterPictures) {
    throw new RangeError(
      `PyTorch: expected flattened["${name}"], the [channels, height, width] before Flatten, received none: ` +
        "without it the inputs of this Dense would be in the wrong order.",
    );
  }
  if (picture && picture[0] * picture[1] * picture[2] !== dense.inputs) {
    throw new RangeError(
      `PyTorch: expected flattened["${name}"] of ${dense.inputs} numbers in all, received [${picture}].`,
    );
  }
  return picture;
}

/** Every tensor of `model`'s state with its counterpart. */
function links(model: Layer, options: PyTorchOptions): Link[] {
  const found: Link[] = [];
  const denses: string[] = [];
  let [pictures, flat] = [false, false];
  for (const [name, layer] of model.walk()) {
    const link = (ours: string, theirs: string, value: Tensor, fromTheirs = same, toTheirs = same) => {
      const prefix = name === "" ? "" : `${name}.`;
      found.push({ ours: prefix + ours, theirs: prefix + theirs, value, fromTheirs, toTheirs });
    };
    if (layer instanceof Flatten) flat = pictures;
    if (layer instanceof GlobalAveragePool) pictures = false;
    if (layer instanceof Conv2D) {
      pictures = true;
      const toTheirs = (w: Tensor) => tf.transpose(w, [3, 2, 0, 1]);
      link("weight", "weight", layer.weight.value, (w) => tf.transpose(w, [2, 3, 1, 0]), toTheirs);
    }
    if (layer instanceof Dense) {
      const { fromTheirs, toTheirs } = denseWays(layer, pictureOf(name, layer, flat, options));
      link("weight", "weight", layer.weight.value, fromTheirs, toTheirs);
      denses.push(name);
      [pictures, flat] = [false, false];
    }
    if ((layer instanceof Dense || layer instanceof Conv2D) && layer.bias) link("bias", "bias", layer.bias.value);
    if (layer instanceof BatchNorm) {
      link("gamma", "weight", layer.gamma.value);
      link("beta", "bias", layer.beta.value);
      link("runningMean", "running_mean", layer.runningMean);
      link("runningVar", "running_var", layer.runningVar);
    }
  }
  const unknown = Object.keys(options.flattened ?? {}).filter((name) => !denses.includes(name));
  if (unknown.length > 0) {
    throw new RangeError(`PyTorch: expected flattened of a Dense (${denses.join(", ")}), received ${unknown}.`);
  }
  return found;
}

/**
 * Gives `model` the weights of a PyTorch model of the same architecture.
 *
 * @param tensors the state dict of the PyTorch model, such as `loadTensors` reads from what `safetensors.torch.save_file` wrote;
 * it stays the caller's. BatchNorm's `num_batches_tracked` is not needed and passed over.
 * @throws when a tensor is missing, unknown or of another shape (as in PyTorch), or
 * `flattened` is needed and missing; the model is then unchanged.
 */
export function fromPyTorch(model: Layer, tensors: Readonly<NamedTensors>, options: PyTorchOptions = {}): void {
  const pairs = links(model, options);
  const theirs = new Map(pairs.map((link) => [link.theirs, link]));
  tf.tidy(() => {
    const converted: NamedTensors = {};
    for (const [name, tensor] of Object.entries(tensors)) {
      if (name.endsWith(".num_batches_tracked") || name === "num_batches_tracked") continue;
      const link = theirs.get(name);
      if (link) checkShape(link, tensor);
      converted[link?.ours ?? name] = link ? link.fromTheirs(tensor) : tensor;
    }
    loadStateDict(model, converted, "fromPyTorch");
  });
}

/** Refuses a tensor that cannot be brought into the layout here. */
function checkShape({ theirs, value, toTheirs }: Link, tensor: Tensor): void {
  const { shape } = toTheirs(value);
  if (shape.join() === tensor.shape.join()) return;
  throw new RangeError(
    `fromPyTorch: tensor "${theirs}": expected shape [${shape}] as in PyTorch, received [${tensor.shape}].`,
  );
}

/**
 * The state of `model` as PyTorch's `load_state_dict` takes it, in new tensors, which the caller disposes: with
 * `saveTensors("model.safetensors", toPyTorch(model))` it can be read there by `safetensors.torch.load_file`.
 */
export function toPyTorch(model: Layer, options: PyTorchOptions = {}): NamedTensors {
  const pairs = links(model, options);
  return tf.tidy(() => Object.fromEntries(pairs.map(({ theirs, value, toTheirs }) => [theirs, toTheirs(value)])));
}
