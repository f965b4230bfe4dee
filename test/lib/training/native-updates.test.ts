/**
 * TensorFlow's operations for the optimizers' rules compute what the rules say. The gradients here do not depend on the weights,
 * so that nothing that rounding changes comes back: after 100 steps what differs is the sum of 100 last digits, some 1e-6.
 */
import { expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { type Scalar, type Tensor, tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import type { Parameter } from "../../../lib/layers/layer.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import type { Loss } from "../../../lib/losses.js";
import { AdaGrad } from "../../../lib/optimizers/ada-grad.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { AdamW } from "../../../lib/optimizers/adam-w.js";
import { Momentum } from "../../../lib/optimizers/momentum.js";
import { Nesterov } from "../../../lib/optimizers/nesterov.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import type { OptimizerOptions } from "../../../lib/optimizers/options.js";
import { RMSProp } from "../../../lib/optimizers/rms-prop.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { cosineDecay, warmUp } from "../../../lib/schedules.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { fit } from "../../../lib/training/fit.js";
import { traceStep } from "../../../lib/training/trace-step.js";
import { inFull } from "../../helpers/long.js";
import { describeNative } from "../../helpers/native.js";
import { relativeError } from "../../helpers/tensors.js";

/** Σ predictions ⊙ targets: its gradient are the targets. */
const linear: Loss = {
  value: (predictions, targets) => tf.sum(tf.mul(predictions, targets)) as Scalar,
  gradient: (_, targets) => tf.clone(targets),
};

const model = () => {
  const random = new Random(1);
  return new Sequential(
    new Dense(3, 5, { random: random.split(0) }),
    new Dense(5, 2, { random: random.split(1), bias: false }),
  );
};

/** A hundred examples of gradients of all sizes, some of them 0. */
function data(): Dataset {
  const random = new Random(2);
  const numbers = (count: number) => random.normals(count).map((x, i) => (i % 7 === 0 ? 0 : x * 10 ** ((i % 5) - 3)));
  return new Dataset(tf.tensor2d(numbers(300), [100, 3]), tf.tensor2d(numbers(200), [100, 2]));
}

const groups = [
  { pattern: "0", learningRate: cosineDecay(0.02, { steps: 80 }), weightDecay: 0.1 },
  { pattern: "1.weight", learningRate: 0.003 },
];
const settings: [string, OptimizerOptions][] = [
  ["", {}],
  [" with groups", { groups }],
  [
    " with a schedule, weight decay and clipping",
    { learningRate: warmUp(0.01, { steps: 9 }), weightDecay: 0.02, clipNorm: 1 },
  ],
];

/** Each optimizer, and its operation. */
const optimizers: [string, string | undefined, (options: OptimizerOptions) => Optimizer][] = [
  ["SGD", "ResourceApplyGradientDescent", (options) => new SGD(options)],
  ["Momentum", "ResourceApplyKerasMomentum", (options) => new Momentum(options)],
  ["Momentum of .5", "ResourceApplyKerasMomentum", (options) => new Momentum({ ...options, momentum: 0.5 })],
  ["Nesterov", "ResourceApplyKerasMomentum", (options) => new Nesterov(options)],
  ["AdaGrad", "ResourceApplyAdagradV2", (options) => new AdaGrad(options)],
  ["AdaGrad with a large epsilon", "ResourceApplyAdagradV2", (options) => new AdaGrad({ ...options, epsilon: 0.1 })],
  ["RMSProp", undefined, (options) => new RMSProp(options)],
  ["Adam", "ResourceApplyAdam", (options) => new Adam(options)],
  [
    "Adam with other numbers",
    "ResourceApplyAdam",
    (options) => new Adam({ ...options, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }),
  ],
  ["AMSGrad", "ResourceApplyAdamWithAmsgrad", (options) => new Adam({ ...options, amsgrad: true })],
  ["AdamW", "ResourceApplyAdam", (options) => new AdamW(options)],
];

/** The operations that update variables in a graph of a step. */
function operationsOf(optimizer: Optimizer): string[] {
  const { x, y } = data();
  const { graph } = traceStep(model(), { x, y }, tf.tensor1d([0], "int32"), { loss: linear, optimizer });
  return [...new Set(graph.nodes.map(({ op }) => op).filter((op) => op.startsWith("ResourceApply")))];
}

describeNative("the graph of an optimizer's rule does 100 steps as its formula does:", () => {
  it.each(
    optimizers.flatMap(([name, operation, make]) =>
      inFull(settings, settings.slice(0, 1)).map(
        ([setting, options]) => [`${name}${setting}`, operation, () => make(options)] as const,
      ),
    ),
  )("%s", { tags: "long" }, async (_, operation, make) => {
    const run = async (compile: boolean) => {
      const [trained, optimizer] = [model(), make()];
      await fit(trained, data(), { loss: linear, optimizer, batchSize: 1, shuffle: false, steps: 100, compile });
      const parameters = [...trained.parameters].map(([name, { value }]) => [name, value] as const);
      return [...parameters, ...optimizer.state].map(([name, tensor]) => [name, tensor.dataSync()] as const);
    };
    const [graph, formula] = [await run(true), await run(false)];
    expect(graph.map(([name]) => name)).toEqual(formula.map(([name]) => name));
    for (const [i, [name, values]] of formula.entries()) {
      expect(relativeError(graph[i]![1], values), name).toBeLessThan(5e-6);
    }
    expect(operationsOf(make())).toEqual(operation === undefined ? [] : [operation]);
  });

  it("a rule of one's own, though it is a kind of Adam", async () => {
    class Half extends Adam {
      protected override update(name: string, parameter: Parameter, gradient: Tensor, learningRate: Scalar): void {
        super.update(name, parameter, gradient, tf.mul(learningRate, 0.5));
      }
    }
    expect(operationsOf(new Half())).toEqual([]);
  });
});
