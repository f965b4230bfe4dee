/**
 * Weights from and to PyTorch, whose modules lay them out differently:
 *
 *     Dense      weight [inputs, outputs]                  Linear       weight [outputs, inputs]
 *     Conv2D     weight [size, size, inputs, outputs]      Conv2d       weight [outputs, inputs, size, size]
 *     BatchNorm  gamma, beta, runningMean, runningVar      BatchNorm    weight, bias, running_mean, running_var
 *     Flatten    of [height, width, channels]              Flatten      of [channels, height, width]
 *
 * Pictures go in as [batch, height, width, channels] here, as [batch, channels, height, width] there. What the layers compute
 * is the same when their settings are: strides, a padding in numbers, epsilon, LeakyReLU's slope, PyTorch's momentum =
 * 1 − momentum, and to train on BatchNorm's `unbiased`.
 */

import { type Tensor, tf } from "gradbook-engine/tensor";
import { expectModel } from "../checks/expect-model.js";
import { expectOptions } from "../checks/expect-options.js";
import { shown } from "../checks/shown.js";
import { observe } from "../inspection/observe.js";
import { BatchNorm } from "../layers/batch-norm.js";
import { Conv2D } from "../layers/conv2d.js";
import { Dense } from "../layers/dense.js";
import { Flatten } from "../layers/flatten.js";
import { GlobalAveragePool } from "../layers/global-average-pool.js";
import type { Layer } from "../layers/layer.js";
import type { Padding } from "../layers/padding.js";
import { Pool } from "../layers/pool.js";
import { matchModules, modulesOf } from "./pytorch-names.js";
import { loadStateDict } from "./state-dict.js";
import type { NamedTensors } from "./tensors.js";

/** What has to be known of a PyTorch model beside its tensors. */
export interface PyTorchOptions {
  /**
   * The module's name for a layer's: `{ "0": "fc1", "2": "fc2" }`. Default the same names; where those are others, modules are
   * told by the shapes of their tensors, and those of the same shapes by the numbers in their names.
   */
  names?: Readonly<Record<string, string>>;
  /**
   * Examples as this model takes them, [batch, height, width, channels]: one goes through it, which tells the shape of what is
   * flattened, and the inputs of layers where they were left out. Asked for where pictures are flattened.
   */
  example?: Tensor;
  /** In place of an example: [channels, height, width] before the `Flatten`, by the name of the `Dense` after it. */
  flattened?: Readonly<Record<string, Picture>>;
  /**
   * The paddings of the PyTorch model by the names here, compared with the layers' own. Asked for where the layer has "same" and
   * strides above 1, which is none of PyTorch's: `{ "0": "same" }` says that the model there pads likewise by itself.
   */
  padding?: Readonly<Record<string, Padding>>;
}

type Picture = readonly [channels: number, height: number, width: number];

/** One tensor on both sides, and the ways between them. */
interface Link {
  ours: string;
  theirs: string;
  value: Tensor;
  /** In PyTorch's layout. */
  shape: readonly number[];
  fromTheirs(tensor: Tensor): Tensor;
  toTheirs(tensor: Tensor): Tensor;
}

/** The tensors of one layer. */
interface Part {
  name: string;
  links: Link[];
}

const link = (
  ours: string,
  theirs: string,
  value: Tensor,
  shape: readonly number[] = value.shape,
  fromTheirs: Link["fromTheirs"] = tf.clone,
  toTheirs: Link["toTheirs"] = tf.clone,
): Link => ({ ours, theirs, value, shape, fromTheirs, toTheirs });

/** The weight of a `Dense`, with the order of its inputs changed where they were pictures. */
function denseLink(dense: Dense, [channels, height, width]: Picture): Link {
  const { inputs, outputs } = dense;
  const fromTheirs = (w: Tensor) =>
    tf.reshape(tf.transpose(tf.reshape(w, [outputs, channels, height, width]), [2, 3, 1, 0]), [inputs, outputs]);
  const toTheirs = (w: Tensor) =>
    tf.reshape(tf.transpose(tf.reshape(w, [height, width, channels, outputs]), [3, 2, 0, 1]), [outputs, inputs]);
  return link("weight", "weight", dense.weight.value, [outputs, inputs], fromTheirs, toTheirs);
}

function convLink({ weight, size, inputs, outputs }: Conv2D): Link {
  const toTheirs = (w: Tensor) => tf.transpose(w, [3, 2, 0, 1]);
  const fromTheirs = (w: Tensor) => tf.transpose(w, [2, 3, 1, 0]);
  return link("weight", "weight", weight.value, [outputs, inputs, size, size], fromTheirs, toTheirs);
}

/** The tensors of a `BatchNorm`; of one behind `Flatten` in the order of the pictures' pixels. */
function normLinks({ gamma, beta, runningMean, runningVar }: BatchNorm, [channels, height, width]: Picture): Link[] {
  const order = (shape: number[], axes: number[]) => (v: Tensor) =>
    tf.reshape(tf.transpose(tf.reshape(v, shape), axes), [channels * height * width]);
  const pairs = [
    ["gamma", "weight", gamma.value],
    ["beta", "bias", beta.value],
    ["runningMean", "running_mean", runningMean],
    ["runningVar", "running_var", runningVar],
  ] as const;
  const [from, to] = [order([channels, height, width], [1, 2, 0]), order([height, width, channels], [2, 0, 1])];
  return pairs.map(([ours, theirs, value]) => link(ours, theirs, value, value.shape, from, to));
}

/** The [channels, height, width] that each `Flatten` gets when an example goes through the model. */
function picturesOf(model: Layer, { example }: PyTorchOptions): Map<string, Picture> {
  const found = new Map<string, Picture>();
  if (!example) {
    const [name, unmade] = [...model.walk()].find(([, { isMade }]) => !isMade) ?? [];
    if (unmade) {
      throw new RangeError(`PyTorch: expected an example, received none: the inputs of layer ${name} were left out.`);
    }
    return found;
  }
  const forward = (name: string, layer: Layer, _: Tensor, { shape }: Tensor) => {
    if (layer instanceof Flatten && shape.length === 4) found.set(name, [shape[3]!, shape[1]!, shape[2]!]);
  };
  tf.tidy(() => observe(model, { forward }, () => void model.forward(tf.slice(example, 0, 1), false)));
  return found;
}

/** The picture whose pixels are the inputs of this layer; undefined where no pictures were flattened. */
function pictureBefore(name: string, layer: Dense | BatchNorm, asked: boolean, seen?: Picture, told?: Picture) {
  const picture = told ?? seen;
  if (!picture && asked) {
    throw new RangeError(
      `PyTorch: expected an example, or flattened["${name}"], the [channels, height, width] before Flatten, received none: ` +
        `without it the inputs of this ${layer.constructor.name} would be in the wrong order.`,
    );
  }
  const size = layer instanceof Dense ? layer.inputs : layer.features;
  if (picture && picture[0] * picture[1] * picture[2] !== size) {
    throw new RangeError(`PyTorch: expected flattened["${name}"] of ${size} numbers in all, received [${picture}].`);
  }
  return picture;
}

/** Refuses a padding that is not the PyTorch model's, or none of PyTorch's. */
function checkPadding(name: string, layer: Conv2D | Pool, told: Padding | undefined): void {
  const { padding, strides, size } = layer;
  const where = `PyTorch: layer ${name}, ${layer.constructor.name}`;
  const half = (size - 1) / 2;
  // With strides 1 a convolution there has "same" too, and pads likewise.
  const isTheirs = strides === 1 && (Number.isInteger(half) || layer instanceof Conv2D);
  if (padding === "same" && !isTheirs) {
    if (told === "same") return;
    throw new RangeError(
      `${where}: expected a padding in pixels, received "same" with size ${size} and strides ${strides}, which PyTorch has not: ` +
        `build the layer with { padding: ${told ?? Math.floor(half)} }, or say padding: { "${name}": "same" } where that model pads so by itself.`,
    );
  }
  const pixels = (one: Padding) => (one === "same" ? half : one === "valid" ? 0 : one);
  if (told === undefined || pixels(told) === pixels(padding)) return;
  throw new RangeError(
    `${where}: expected the padding of the PyTorch model, ${told}, received ${padding}: build it with that.`,
  );
}

/** Every layer of `model` that has tensors. */
function partsOf(model: Layer, options: PyTorchOptions): Part[] {
  expectModel("PyTorch", model);
  expectOptions("PyTorch", options, ["names", "example", "flattened", "padding"]);
  const { flattened = {}, padding = {} } = options;
  const seen = picturesOf(model, options);
  const parts: Part[] = [];
  const [denses, windows]: [string[], string[]] = [[], []];
  // What has come so far: pictures; pictures that were flattened, as the example had them.
  let [pictures, flat] = [false, false];
  let picture: Picture | undefined;
  for (const [name, layer] of model.walk()) {
    if (layer instanceof Flatten) [flat, picture] = [pictures, seen.get(name)];
    if (layer instanceof GlobalAveragePool) pictures = false;
    if (layer instanceof Conv2D || layer instanceof Pool) {
      pictures = true;
      windows.push(name);
      checkPadding(name, layer, padding[name]);
    }
    if (layer instanceof Dense || layer instanceof Conv2D) {
      const bias = layer.bias ? [link("bias", "bias", layer.bias.value)] : [];
      if (layer instanceof Conv2D) parts.push({ name, links: [convLink(layer), ...bias] });
      else {
        const told = Object.hasOwn(flattened, name) ? flattened[name] : undefined;
        const before = pictureBefore(name, layer, flat, picture, told) ?? [layer.inputs, 1, 1];
        parts.push({ name, links: [denseLink(layer, before), ...bias] });
        denses.push(name);
        [pictures, flat, picture] = [false, false, undefined];
      }
    }
    if (layer instanceof BatchNorm) {
      const before = pictureBefore(name, layer, flat, picture) ?? [layer.features, 1, 1];
      parts.push({ name, links: normLinks(layer, before) });
    }
  }
  const unknown = Object.keys(flattened).filter((name) => !denses.includes(name));
  if (unknown.length > 0) {
    throw new RangeError(`PyTorch: expected flattened of a Dense (${denses.join(", ")}), received ${unknown}.`);
  }
  const odd = Object.keys(padding).filter((name) => !windows.includes(name));
  if (odd.length > 0) {
    throw new RangeError(
      `PyTorch: expected padding of a Conv2D or a pooling (${windows.join(", ")}), received ${odd}.`,
    );
  }
  return parts;
}

const joined = (prefix: string, name: string): string => (prefix === "" ? name : `${prefix}.${name}`);

/**
 * Gives `model` the weights of a PyTorch model of the same architecture.
 *
 * @param tensors the state dict of the PyTorch model, such as `loadTensors` reads from what `safetensors.torch.save_file` wrote;
 * it stays the caller's. BatchNorm's `num_batches_tracked` is not needed and passed over.
 * @throws when a tensor is missing, unknown or of another shape (as in PyTorch), when the names leave a doubt which layer is
 * meant, or an example is needed and missing; the model is then unchanged.
 *
 * @example
 * ```ts
 * import { Dense, fromPyTorch, predict, tf } from "gradbook";
 *
 * const model = new Dense(2, 1);
 * // As `loadTensors("model.safetensors")` gives them; PyTorch has the weights of a layer the other way round.
 * fromPyTorch(model, { weight: tf.tensor2d([[1, 2]]), bias: tf.tensor1d([0.5]) });
 * console.log(predict(model, tf.tensor2d([[1, 1]])).arraySync()); // [ [ 3.5 ] ]
 * ```
 */
export function fromPyTorch(model: Layer, tensors: Readonly<NamedTensors>, options: PyTorchOptions = {}): void {
  if (typeof tensors !== "object" || tensors === null || tensors instanceof tf.Tensor) {
    throw new TypeError(`fromPyTorch: expected tensors by name, received ${shown(tensors)}: use loadTensors(file).`);
  }
  const wrong = Object.entries(tensors).find(([, tensor]) => !(tensor instanceof tf.Tensor));
  if (wrong) {
    throw new TypeError(
      `fromPyTorch: expected tensors, received ${shown(wrong[1])} as ${wrong[0]}: use loadTensors(file).`,
    );
  }
  const parts = partsOf(model, options);
  const shapes = new Map(parts.map(({ name, links }) => [name, new Map(links.map((one) => [one.theirs, one.shape]))]));
  const modules = modulesOf(tensors);
  const matched = matchModules(shapes, modules, options.names ?? {});
  tf.tidy(() => {
    const converted: NamedTensors = {};
    const used = new Set<string>();
    for (const { name, links } of parts) {
      for (const one of links) {
        const theirs = joined(matched.get(name)!, one.theirs);
        const tensor = Object.hasOwn(tensors, theirs) ? tensors[theirs] : undefined;
        used.add(theirs);
        if (!tensor) continue;
        checkShape(theirs, one.shape, tensor);
        converted[joined(name, one.ours)] = one.fromTheirs(tensor);
      }
    }
    // What is left makes `loadStateDict` name it.
    for (const [module, names] of modules) {
      for (const name of names.keys()) {
        const key = joined(module, name);
        if (!used.has(key)) converted[key] = tensors[key]!;
      }
    }
    loadStateDict(model, converted, "fromPyTorch");
  });
}

/** Refuses a tensor that cannot be brought into the layout here. */
function checkShape(name: string, shape: readonly number[], tensor: Tensor): void {
  if (shape.join() === tensor.shape.join()) return;
  throw new RangeError(
    `fromPyTorch: tensor "${name}": expected shape [${shape}] as in PyTorch, received [${tensor.shape}].`,
  );
}

/**
 * The state of `model` as PyTorch's `load_state_dict` takes it, in new tensors, which the caller disposes: with
 * `saveTensors("model.safetensors", toPyTorch(model))` it can be read there by `safetensors.torch.load_file`.
 *
 * @example
 * ```ts
 * import { BatchNorm, Dense, Sequential, toPyTorch } from "gradbook";
 *
 * const tensors = toPyTorch(new Sequential(new Dense(3, 2), new BatchNorm(2)));
 * console.log(tensors["0.weight"]!.shape, Object.keys(tensors).length); // [ 2, 3 ] 6
 * ```
 */
export function toPyTorch(model: Layer, options: PyTorchOptions = {}): NamedTensors {
  const parts = partsOf(model, options);
  const { names = {} } = options;
  const entries = parts.flatMap(({ name, links }) =>
    links.map(({ theirs, value, toTheirs }) => [joined(names[name] ?? name, theirs), value, toTheirs] as const),
  );
  return tf.tidy(() => Object.fromEntries(entries.map(([name, value, toTheirs]) => [name, toTheirs(value)])));
}
