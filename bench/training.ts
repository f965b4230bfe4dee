/**
 * Training steps on every engine: the library's `fit`, the same steps one operation at a time, a `tf.layers` model on the same
 * TensorFlow, and numpy and PyTorch with one and two threads. All start from the same weights and examples; for the check they
 * take the examples in order and the masks they are given, timed they shuffle and draw.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engine, type Tensor } from "gradbook-engine/tensor";
import {
  Adam,
  type Dataset,
  Dropout,
  evaluate,
  fit,
  halfSquaredError,
  type Layer,
  type Loss,
  meanSquaredError,
  type NamedTensors,
  type Optimizer,
  Random,
  SGD,
  saveTensors,
  softmaxCrossEntropy,
  stateDict,
  tf,
} from "../entry/index.js";
import { trainStep } from "../lib/training/train-step.js";
import type { Engine, Workload } from "./compare.js";
import { layersEngine } from "./layers-model.js";
import type { Python } from "./python.js";
import { checkedSteps, type Recipe, type Training } from "./recipe.js";

/** The loss that `recipe` names. */
export function lossOf({ loss: { name, divisor } }: Recipe): Loss {
  const losses = { meanSquaredError, halfSquaredError, softmaxCrossEntropy };
  return losses[name](divisor === undefined ? {} : { divisor });
}

/** The optimizer that `recipe` names. */
export const optimizerOf = ({ optimizer: { name, learningRate } }: Recipe): Optimizer =>
  new ({ SGD, Adam })[name]({ learningRate });

/** One model on one engine of ours. */
class Own implements Engine {
  readonly peer = false;
  readonly #model: Layer;
  readonly #loss: Loss;
  readonly #optimizer: Optimizer;
  readonly #shuffle = new Random(1);
  readonly validation: Dataset | undefined;

  constructor(
    readonly name: string,
    readonly training: Training,
    readonly data: Dataset,
    readonly masks: NamedTensors,
    readonly train: (own: Own, steps: number) => Promise<number>,
  ) {
    this.#model = training.model(new Random(0));
    this.#loss = lossOf(training);
    this.#optimizer = optimizerOf(training);
    this.validation = training.validation?.();
  }

  get model(): Layer {
    return this.#model;
  }

  get options() {
    const { batchSize, shuffle } = this.training;
    return {
      loss: this.#loss,
      optimizer: this.#optimizer,
      batchSize,
      shuffle: shuffle ? this.#shuffle : false,
    } as const;
  }

  async check(): Promise<number[]> {
    const losses: number[] = [];
    while (losses.length < checkedSteps) {
      for (const batch of this.data.batches({ batchSize: this.training.batchSize })) {
        setMasks(this.#model, this.masks, losses.length);
        losses.push(trainStep(this.#model, batch, this.options));
        if (losses.length === checkedSteps) break;
      }
    }
    return losses;
  }

  async time(steps: number): Promise<number> {
    const begin = performance.now();
    await this.train(this, steps);
    return (performance.now() - begin) / steps;
  }

  close(): void {
    this.#model.dispose();
    this.#optimizer.dispose();
  }
}

/** Gives every dropout layer its mask of this step. */
function setMasks(model: Layer, masks: NamedTensors, step: number): void {
  for (const [name, layer] of model.walk()) {
    const mask = masks[`mask.${step}.${name}`];
    if (layer instanceof Dropout && mask) layer.mask = mask;
  }
}

/** Masks for the dropout layers of the first steps, by "mask.STEP.LAYER"; their shapes are seen in a forward pass. */
function drawMasks(model: Layer, x: Tensor): NamedTensors {
  const random = new Random(2);
  const masks: NamedTensors = {};
  tf.tidy(() => {
    let y = x;
    for (const [i, layer] of model.layers.entries()) {
      y = layer.forward(y, false);
      if (!(layer instanceof Dropout)) continue;
      for (let step = 0; step < checkedSteps; step++) {
        const ones = Float32Array.from(random.uniforms(y.size), (u) => (u >= layer.rate ? 1 : 0));
        masks[`mask.${step}.${i}`] = tf.keep(tf.tensor(ones, y.shape));
      }
    }
  });
  return masks;
}

/** The training loop one step after the other, each operation on its own. */
async function trainEagerly({ model, data, options, validation }: Own, steps: number): Promise<number> {
  let total = 0;
  for (let step = 0, epoch = 0; step < steps; epoch++) {
    for (const batch of data.batches(options, epoch)) {
      total += trainStep(model, batch, options);
      if (++step === steps) break;
    }
    if (validation) evaluate(model, validation, options);
  }
  return total;
}

/** The public training loop. */
async function trainByFit({ model, data, options, validation }: Own, steps: number): Promise<number> {
  const { loss } = await fit(model, data, { ...options, validation, steps });
  return loss.at(-1)!;
}

/** The same, compiled by XLA. */
async function trainByJit({ model, data, options, validation }: Own, steps: number): Promise<number> {
  const { loss } = await fit(model, data, { ...options, validation, steps, jit: true });
  return loss.at(-1)!;
}

/** A workload of training steps. */
export function trainingWorkload(name: string, title: string, training: Training): Workload {
  return {
    name,
    title,
    unit: "ms a step",
    steps: training.steps,
    engines: (python, threads) => trainingEngines(name, training, python, threads),
  };
}

/** All engines on one training. */
export async function trainingEngines(
  name: string,
  training: Training,
  python: Python | undefined,
  threads: readonly number[],
): Promise<Engine[]> {
  const data = training.data();
  const model = training.model(new Random(0));
  const masks = drawMasks(model, tf.keep(data.x.slice(0, Math.min(training.batchSize, data.length))));
  const own = (label: string, train: (own: Own, steps: number) => Promise<number>) =>
    new Own(label, training, data, masks, train);
  const engines: Engine[] = [
    own("gradbook", trainByFit),
    ...(engine.name === "native" ? [own("gradbook, jit", trainByJit)] : []),
    own("gradbook, op by op", trainEagerly),
    ...(training.validation || training.isConvolutional ? [] : [layersEngine(training, model, data, masks)]),
  ];
  if (python) engines.push(...(await pythonEngines(name, training, { model, data, masks }, python, threads)));
  return engines;
}

/** What the peers are given. */
interface Given {
  model: Layer;
  data: Dataset;
  masks: NamedTensors;
}

async function pythonEngines(
  name: string,
  { loss, optimizer, batchSize, shuffle, validation, isConvolutional }: Training,
  { model, data, masks }: Given,
  python: Python,
  threadCounts: readonly number[],
): Promise<Engine[]> {
  const folder = mkdtempSync(join(tmpdir(), "gradbook-bench-"));
  const file = join(folder, "given.safetensors");
  const held = validation?.();
  saveTensors(file, { ...stateDict(model), x: data.x, y: data.y, ...masks, ...(held && { xv: held.x, yv: held.y }) });
  const kinds = [
    ...(isConvolutional ? [] : threadCounts).map((threads) => ({
      engine: "numpy",
      threads,
      label: "numpy",
      peer: true,
    })),
    ...threadCounts.map((threads) => ({ engine: "torch", threads, label: "PyTorch", peer: true })),
    { engine: "compiled", threads: 1, label: "torch.compile", peer: false },
  ];
  const engines: Engine[] = [];
  try {
    for (const { engine, threads, label, peer } of kinds) {
      const id = `${name} ${engine} ${threads}`;
      const workload = { config: model.config, loss, optimizer, batchSize, shuffle };
      await python.call("training.open", { id, engine, threads, file, workload });
      engines.push({
        name: `${label}, ${threads} thread${threads > 1 ? "s" : ""}`,
        peer,
        check: () => python.call("training.check", { id, steps: checkedSteps }),
        time: (steps) => python.call("training.run", { id, steps }),
        close: () => python.call("training.close", { id }),
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return engines;
}
