/** The same model as a `tf.layers` model on the same engine, trained by `trainOnBatch`: what one would write without this library. */
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import { engine, type Tensor } from "gradbook-engine/tensor";
import { type Dataset, type Layer, type NamedTensors, Random, tf } from "../entry/index.js";
import type { Engine } from "./compare.js";
import { checkedSteps, type Recipe, type Training } from "./recipe.js";

type Config = { type: string; rate: number; outputs: number; momentum: number; epsilon: number };

/** The `tf.layers` layers of `model`, in its order, with their weights still to be set. */
function layersOf(model: Layer) {
  const parts = model.layers.length > 0 ? model.layers : [model];
  return parts.map((part) => {
    const config = part.config as unknown as Config;
    switch (config.type) {
      case "Dense":
        return tf.layers.dense({ units: config.outputs });
      case "ReLU":
        return tf.layers.reLU();
      case "Dropout":
        return tf.layers.dropout({ rate: config.rate });
      case "BatchNorm":
        return tf.layers.batchNormalization({ momentum: config.momentum, epsilon: config.epsilon });
      default:
        throw new Error(`Expected a layer with a counterpart in tf.layers, received ${config.type}.`);
    }
  });
}

/** Gives `layers` the weights of the layers of `model`. */
function setWeights(layers: ReturnType<typeof layersOf>, model: Layer): void {
  const parts = model.layers.length > 0 ? model.layers : [model];
  for (const [i, part] of parts.entries()) {
    const values = [...[...part.parameters.values()].map(({ value }) => value), ...part.buffers.values()];
    if (values.length > 0) layers[i]!.setWeights(values);
  }
}

/** The `tf.layers` model that predicts what `model` does. */
export function layersModel(model: Layer, shape: number[]): LayersModel {
  const layers = layersOf(model);
  const input = tf.input({ shape });
  const outputs = layers.reduce((y: SymbolicTensor, layer) => layer.apply(y) as SymbolicTensor, input);
  const made = tf.model({ inputs: input, outputs });
  setWeights(layers, model);
  return made;
}

const losses: { [name in Recipe["loss"]["name"]]: (y: Tensor, predictions: Tensor, divisor?: number) => Tensor } = {
  meanSquaredError: (y, predictions) => tf.losses.meanSquaredError(y, predictions),
  halfSquaredError: (y, predictions, divisor = predictions.size) =>
    tf.mul(tf.sum(tf.squaredDifference(predictions, y)), 0.5 / divisor),
  softmaxCrossEntropy: (y, predictions) => tf.losses.softmaxCrossEntropy(y, predictions),
};

/** The engine; class numbers become one-hot rows before anything is timed, as `tf.layers` has it. */
export function layersEngine(training: Training, model: Layer, data: Dataset, masks: NamedTensors): Engine {
  const layers = layersOf(model);
  const parts = model.layers.length > 0 ? model.layers : [model];
  const input = tf.input({ shape: data.x.shape.slice(1) });
  const through = (x: SymbolicTensor, replace: (i: number, y: SymbolicTensor) => SymbolicTensor | undefined) =>
    layers.reduce((y, layer, i) => replace(i, y) ?? (layer.apply(y) as SymbolicTensor), x);
  const timed = tf.model({ inputs: input, outputs: through(input, () => undefined) });
  // For the check, dropout multiplies by masks that are further inputs.
  const inputs = [input];
  const positions = parts.flatMap(({ config: { type } }, i) => (type === "Dropout" ? [i] : []));
  const outputs = through(input, (i, y) => {
    if (!positions.includes(i)) return undefined;
    const mask = tf.input({ shape: y.shape.slice(1) });
    inputs.push(mask);
    return tf.layers.multiply().apply([y, mask]) as SymbolicTensor;
  });
  const checked = tf.model({ inputs, outputs });
  setWeights(layers, model);
  const { name, divisor } = training.loss;
  const { name: rule, learningRate } = training.optimizer;
  const compile = (layersModel: LayersModel) =>
    layersModel.compile({
      optimizer: rule === "Adam" ? tf.train.adam(learningRate, 0.9, 0.999, 1e-8) : tf.train.sgd(learningRate),
      loss: (y: Tensor, predictions: Tensor) => losses[name](y, predictions, divisor),
    });
  compile(timed);
  compile(checked);
  const classes = timed.outputShape.at(-1) as number;
  const y = data.y.dtype === "int32" ? tf.oneHot(data.y.as1D(), classes).toFloat() : data.y;
  const random = new Random(1);

  /** The batches of one epoch. */
  function* batches(shuffle: boolean) {
    const size = training.batchSize;
    const order = shuffle ? tf.tensor1d(random.permutation(data.length), "int32") : undefined;
    const [xs, ys] = order ? [tf.gather(data.x, order), tf.gather(y, order)] : [data.x, y];
    for (let start = 0; start < data.length; start += size) {
      const count = Math.min(size, data.length - start);
      const [x, targets] = [xs.slice(start, count), ys.slice(start, count)];
      yield { x, y: targets };
      tf.dispose([x, targets]);
    }
    if (order) tf.dispose([order, xs, ys]);
  }

  async function check(): Promise<number[]> {
    const found: number[] = [];
    while (found.length < checkedSteps) {
      for (const batch of batches(false)) {
        const factors = positions.map((i) => {
          const { rate } = parts[i]!.config as unknown as Config;
          return tf.mul(masks[`mask.${found.length}.${i}`]!, 1 / (1 - rate));
        });
        found.push((await checked.trainOnBatch([batch.x, ...factors], batch.y)) as number);
        tf.dispose(factors);
        if (found.length === checkedSteps) break;
      }
    }
    return found;
  }

  async function time(steps: number): Promise<number> {
    const begin = performance.now();
    for (let step = 0; step < steps; ) {
      for (const batch of batches(training.shuffle)) {
        await timed.trainOnBatch(batch.x, batch.y);
        if (++step === steps) break;
      }
    }
    return (performance.now() - begin) / steps;
  }
  const close = () => {
    timed.dispose();
  };
  return { name: "tf.layers", peer: engine.name === "wasm", check, time, close };
}
