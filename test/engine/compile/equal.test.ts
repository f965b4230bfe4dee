/**
 * Compiled equals eager: every layer, every optimizer, every loss and regularizer, after one step and after twenty, enough for
 * every schedule to change the rate. A processor adds up sums in its own order, and what training makes of that grows with the
 * steps; so the compiled run has examples that are one unit in the last place off, which makes at most 3e-6 of difference here.
 * On WebAssembly, which has no graphs, that is all the difference.
 */
import { describe, expect, it } from "vitest";
import { compile } from "../../../engine/compile/compile.js";
import { Random } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Dropout } from "../../../lib/layers/dropout.js";
import { Flatten } from "../../../lib/layers/flatten.js";
import type { Layer } from "../../../lib/layers/layer.js";
import { freeze } from "../../../lib/layers/parameters.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import {
  binaryCrossEntropy,
  halfSquaredError,
  huber,
  type Loss,
  meanAbsoluteError,
  meanSquaredError,
  softmaxCrossEntropy,
} from "../../../lib/losses.js";
import { AdaGrad } from "../../../lib/optimizers/ada-grad.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { AdamW } from "../../../lib/optimizers/adam-w.js";
import { Momentum } from "../../../lib/optimizers/momentum.js";
import { Nesterov } from "../../../lib/optimizers/nesterov.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { RMSProp } from "../../../lib/optimizers/rms-prop.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { damping } from "../../../lib/regularizers/damping.js";
import { maxNorm } from "../../../lib/regularizers/max-norm.js";
import { elastic, l1, l2, pNorm } from "../../../lib/regularizers/penalty.js";
import type { Regularizer } from "../../../lib/regularizers/regularizer.js";
import { cosineDecay, exponentialDecay, stepDecay, warmUp } from "../../../lib/schedules.js";
import { stepLoss } from "../../../lib/training/train-step.js";
import { layerCases, layerOf } from "../../helpers/layer-cases.js";
import { nudged, relativeError } from "../../helpers/tensors.js";

interface Task {
  model: () => Layer;
  x: Tensor;
  y: Tensor;
  optimizer?: () => Optimizer;
  loss?: Loss;
  regularizers?: Regularizer[];
}

/** Steps, and what ‖Δ‖/‖w‖ may be after them. */
const lengths = [
  [1, 2e-6],
  [20, 1e-5],
] as const;

const normals = (seed: number, ...shape: number[]) =>
  tf.tensor(new Random(seed).normals(shape.reduce((product, length) => product * length, 1)), shape);

/** Losses, and parameters, buffers and the optimizer's state by name, after so many steps. */
function train(task: Task, steps: number, compiled: boolean) {
  const { y, loss = meanSquaredError(), regularizers } = task;
  const x = compiled ? nudged(task.x) : task.x;
  const model = task.model();
  const optimizer = (task.optimizer ?? (() => new SGD({ learningRate: 0.05 })))();
  const step = (x: Tensor, y: Tensor) => stepLoss(model, { x, y }, { loss, optimizer, regularizers });
  const run = compiled ? compile(step) : Object.assign(step, { dispose: () => {} });
  const losses = Array.from({ length: steps }, () => tf.tidy(() => run(x, y).dataSync()[0]!));
  const values = new Map<string, Float32Array>();
  for (const [name, { value }] of model.parameters) values.set(name, value.dataSync() as Float32Array);
  for (const [name, buffer] of model.buffers) values.set(name, buffer.dataSync() as Float32Array);
  for (const [name, slot] of optimizer.state) values.set(`optimizer ${name}`, slot.dataSync() as Float32Array);
  const { steps: counted, learningRate } = optimizer;
  run.dispose();
  model.dispose();
  optimizer.dispose();
  return { losses, values, counted, learningRate };
}

function expectEqual(task: Task): void {
  for (const [steps, tolerance] of lengths) {
    const [eager, compiled] = [train(task, steps, false), train(task, steps, true)];
    expect([compiled.counted, compiled.learningRate]).toEqual([steps, eager.learningRate]);
    expect(relativeError(compiled.losses, eager.losses), `losses of ${steps}`).toBeLessThan(tolerance);
    expect([...compiled.values.keys()]).toEqual([...eager.values.keys()]);
    for (const [name, values] of eager.values) {
      expect(relativeError(compiled.values.get(name)!, values), `${name} after ${steps}`).toBeLessThan(tolerance);
    }
  }
}

const network = () => {
  const random = new Random(7);
  return new Sequential(
    new Dense(6, 12, { random: random.split(1) }),
    new ReLU(),
    new Dropout(0.2, { random: random.split(2) }),
    new Dense(12, 3, { random: random.split(3) }),
  );
};
const [x, y] = [normals(1, 16, 6), normals(2, 16, 3)];
const near = nudged(x);
const classes = tf.tensor1d(
  Int32Array.from({ length: 16 }, (_, i) => i % 3),
  "int32",
);
const shares = tf.softmax(normals(3, 16, 3));

describe("a compiled training step equals the eager one", () => {
  it.each(layerCases)("with $name", (one) => {
    const input = normals(1, ...one.shape);
    const [batch = 0, ...rest] = layerOf(one).forward(input, true).shape;
    const units = rest.reduce((product, length) => product * length, 1);
    const head = () => [new Flatten(), new Dense(units, 2, { random: new Random(9) })];
    expectEqual({ model: () => new Sequential(layerOf(one), ...head()), x: input, y: normals(2, batch, 2) });
  });

  it.each<[string, () => Optimizer]>([
    ["SGD", () => new SGD()],
    ["SGD, weight decay", () => new SGD({ weightDecay: 0.1 })],
    ["SGD, clipped by value", () => new SGD({ clipValue: 0.05 })],
    ["SGD, clipped by norm", () => new SGD({ learningRate: 0.1, clipNorm: 0.1 })],
    [
      "SGD, a group without decay and another rate",
      () => new SGD({ weightDecay: 0.1, groups: [{ pattern: /bias/, weightDecay: 0, learningRate: 0.2 }] }),
    ],
    ["SGD, stepDecay", () => new SGD({ learningRate: stepDecay(0.1, { every: 7, factor: 0.5 }) })],
    ["Momentum", () => new Momentum()],
    ["Momentum, warmUp", () => new Momentum({ learningRate: warmUp(0.01, { steps: 10 }) })],
    ["Nesterov", () => new Nesterov()],
    ["Nesterov, cosineDecay", () => new Nesterov({ learningRate: cosineDecay(0.05, { steps: 50 }) })],
    ["AdaGrad", () => new AdaGrad()],
    ["RMSProp", () => new RMSProp()],
    ["Adam", () => new Adam()],
    [
      "Adam, other betas, decay, exponentialDecay",
      () =>
        new Adam({
          beta1: 0.8,
          beta2: 0.99,
          epsilon: 1e-4,
          weightDecay: 0.01,
          learningRate: exponentialDecay(0.01, { factor: 0.9 }),
        }),
    ],
    [
      "Adam, a group with its own rate",
      () => new Adam({ groups: [{ pattern: "0", learningRate: stepDecay(0.01, { every: 10 }) }] }),
    ],
    ["AMSGrad", () => new Adam({ amsgrad: true })],
    ["AdamW", () => new AdamW()],
    ["AdamW, clipped", () => new AdamW({ clipNorm: 1, weightDecay: 0.1 })],
  ])("of %s", (_, optimizer) => expectEqual({ model: network, x, y, optimizer }));

  it.each<[string, Loss, Tensor]>([
    ["halfSquaredError", halfSquaredError({ divisor: 30 }), y],
    ["meanAbsoluteError", meanAbsoluteError(), y],
    ["huber", huber({ delta: 0.5 }), y],
    ["binaryCrossEntropy", binaryCrossEntropy(), shares],
    ["softmaxCrossEntropy of class numbers", softmaxCrossEntropy(), classes],
    ["softmaxCrossEntropy of probabilities", softmaxCrossEntropy({ divisor: 10 }), shares],
  ])("with %s", (_, loss, targets) => expectEqual({ model: network, x, y: targets, loss }));

  it.each<[string, Regularizer[]]>([
    ["l1 and l2", [l1(0.01), l2(0.02)]],
    ["elastic", [elastic({ l1: 0.01, l2: 0.01 }, { pattern: /bias/ })]],
    ["pNorm", [pNorm(3, 0.01)]],
    ["damping", [damping(0.01)]],
    ["maxNorm", [maxNorm(0.5)]],
    ["all of them", [l2(0.01), damping(0.01), maxNorm(0.7)]],
  ])("regularized by %s", (_, regularizers) => expectEqual({ model: network, x, y, regularizers }));

  it("with frozen parameters", () => {
    const model = () => {
      const made = network();
      freeze(made, "0.weight");
      return made;
    };
    expectEqual({ model, x, y, regularizers: [l2(0.01)], optimizer: () => new Momentum() });
  });

  it("with supplied masks", () => {
    const masks = Array.from({ length: 20 }, (_, i) => tf.cast(tf.greater(normals(i, 16, 12), 0), "float32"));
    const run = (compiled: boolean) => {
      const model = network();
      const optimizer = new Adam();
      const step = (mask: Tensor) => {
        (model.layers[2] as Dropout).mask = mask;
        return stepLoss(model, { x: compiled ? near : x, y }, { loss: meanSquaredError(), optimizer });
      };
      const wrapped = compiled ? compile(step) : step;
      const losses = masks.map((mask) => tf.tidy(() => wrapped(mask).dataSync()[0]!));
      return { losses, weight: model.parameters.get("0.weight")!.value.dataSync() };
    };
    const [eager, compiled] = [run(false), run(true)];
    expect(relativeError(compiled.losses, eager.losses)).toBeLessThan(1e-5);
    expect(relativeError(compiled.weight, eager.weight)).toBeLessThan(1e-5);
  });
});

/**
 * Models of TensorFlow.js, trained by its own optimizers. No bias before the batch normalization: its gradient would be nothing
 * but rounding, to which Adam gives steps of full length.
 */
describe("a compiled minimize of tf.layers equals the eager one", () => {
  const model = () =>
    tf.sequential({
      layers: [
        tf.layers.dense({
          units: 12,
          useBias: false,
          activation: "relu",
          inputShape: [6],
          kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
        }),
        tf.layers.batchNormalization(),
        tf.layers.dense({
          units: 3,
          activation: "tanh",
          kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
        }),
      ],
    });
  it.each<[string, () => InstanceType<typeof tf.Optimizer>]>([
    ["sgd", () => tf.train.sgd(0.1)],
    ["momentum", () => tf.train.momentum(0.05, 0.9)],
    ["momentum, nesterov", () => tf.train.momentum(0.05, 0.9, true)],
    ["adagrad", () => tf.train.adagrad(0.05)],
    ["adadelta", () => tf.train.adadelta(0.5)],
    ["rmsprop", () => tf.train.rmsprop(0.01)],
    ["adam", () => tf.train.adam(0.01)],
    ["adamax", () => tf.train.adamax(0.01)],
  ])("by %s", (_, makeOptimizer) => {
    const run = (compiled: boolean, steps: number) => {
      const [made, optimizer] = [model(), makeOptimizer()];
      const step = (x: Tensor, y: Tensor) =>
        optimizer.minimize(() => tf.losses.meanSquaredError(y, made.apply(x, { training: true }) as Tensor), true)!;
      const wrapped = compiled ? compile(step) : Object.assign(step, { dispose: () => {} });
      const losses = Array.from({ length: steps }, () => tf.tidy(() => wrapped(compiled ? near : x, y).dataSync()[0]!));
      const weights = made.getWeights().map((weight) => weight.dataSync());
      wrapped.dispose();
      optimizer.dispose();
      made.dispose();
      return { losses, weights };
    };
    for (const [steps, tolerance] of lengths) {
      const [eager, compiled] = [run(false, steps), run(true, steps)];
      expect(relativeError(compiled.losses, eager.losses), `losses of ${steps}`).toBeLessThan(tolerance);
      for (const [i, weight] of eager.weights.entries()) {
        expect(relativeError(compiled.weights[i]!, weight), `${i} after ${steps}`).toBeLessThan(tolerance);
      }
    }
  });
});
