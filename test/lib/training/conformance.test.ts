/**
 * Every option of `fit` through both runners: the plain one, which is the definition, and the one that runs graphs. Histories,
 * parameters, the optimizer's and every counter's state and the order of events are the same to the bit: the model here has no
 * operation that a graph replaces by another one (ReLU's gradient, an optimizer's native operation). For those see the last block.
 */
import { describe, expect, it } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { freeze } from "../../../lib/layers/parameters.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { halfSquaredError } from "../../../lib/losses.js";
import { r2, rmse } from "../../../lib/metrics.js";
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
import { elastic, l1, l2 } from "../../../lib/regularizers/penalty.js";
import { cosineDecay, exponentialDecay, reduceOnPlateau, stepDecay, warmUp } from "../../../lib/schedules.js";
import type { Augment } from "../../../lib/training/augment.js";
import { Dataset } from "../../../lib/training/dataset.js";
import { EarlyStopping } from "../../../lib/training/early-stopping.js";
import { fit } from "../../../lib/training/fit.js";
import { newHistory } from "../../../lib/training/history.js";
import type { Callback, FitOptions } from "../../../lib/training/run.js";
import {
  at,
  events,
  formula,
  network,
  outcome,
  plan,
  type Setup,
  trained,
  validation,
} from "../../helpers/conformance.js";
import { weightsOf } from "../../helpers/line.js";
import { describeNative } from "../../helpers/native.js";
import { examples } from "../../helpers/noisy-line.js";
import { relativeError } from "../../helpers/tensors.js";

const frozenNetwork = (...patterns: string[]) => {
  const model = network();
  for (const pattern of patterns) freeze(model, pattern);
  return model;
};

const weighed = ({ x, y, length }: Dataset) => new Dataset(x, y, { weights: new Random(9).uniforms(length, 0, 3) });

/** Some examples are mirrored, all are shifted: two draws. */
const augment: Augment = (x, draw) => {
  const signs = tf.where(tf.less(draw([x.shape[0]!, 1]), 0.5), 1, -1);
  return tf.add(tf.mul(x, signs), draw([1, 2]));
};

/** As much as goes together. */
const everything = () =>
  plan({
    ...formula({
      learningRate: warmUp(reduceOnPlateau(0.1, { patience: 1 }), { steps: 3 }),
      weightDecay: 0.01,
      clipNorm: 1,
    }),
    validation: validation(),
    metrics: { rmse, r2 },
    regularizers: [l2(0.01, { pattern: "0.weight" }), maxNorm(2)],
    valSteps: 4,
    steps: 31,
    epochs: undefined,
    callbacks: [{ onlyLooks: true, epochEnd() {} }],
  });

describe("both runners agree to the bit on", () => {
  it.each<[string, () => Setup]>([
    ["epochs", () => plan()],
    ["one epoch", () => plan({ epochs: 1 })],
    ["steps, through the middle of an epoch", () => plan({ steps: 7 })],
    ["steps that end with an epoch", () => plan({ steps: 6 })],
    ["batches without a rest", () => plan({ batchSize: 10 })],
    ["a batch that is larger than the data", () => plan({ batchSize: 64 })],
    ["batches of one example", () => plan({ batchSize: 1, epochs: 2 })],
    ["a rest that is left out", () => plan({ dropLast: true })],
    ["the given order", () => plan({ shuffle: false })],
    ["the order that the seed governs", () => plan({ shuffle: undefined })],
    ["draws with replacement", () => plan({ replacement: true })],
    ["draws of more than there are", () => plan({ replacement: true, batchSize: 64, validation: validation() })],
    ["validation on more examples than are evaluated at once", () => plan({ validation: examples(2100), epochs: 2 })],
    ["everything at once", () => everything()],
    ["validation", () => plan({ validation: validation() })],
    [
      "weights of examples",
      () => plan({ validation: weighed(validation()), metrics: { rmse } }, network(), weighed(examples(20))),
    ],
    ["weights of validation examples only", () => plan({ validation: weighed(validation()), valSteps: 2 })],
    [
      "weights of more examples than are evaluated at once",
      () => plan({ validation: weighed(examples(2100)), epochs: 2 }),
    ],
    ["examples changed at random", () => plan({ augment, validation: validation() })],
    ["examples changed at random in the given order", () => plan({ augment, shuffle: false, steps: 7 })],
    ["metrics", () => plan({ metrics: { rmse, r2 } })],
    ["validation and metrics", () => plan({ validation: validation(), metrics: { rmse, r2 } })],
    ["validation after every third epoch", () => plan({ validation: validation(), epochs: 7, valEpochs: 3 })],
    ["validation after every second step", () => plan({ validation: validation(), valSteps: 2 })],
    ["validation after more steps than the run has", () => plan({ validation: validation(), valSteps: 99 })],
    ["entries after steps, without validation", () => plan({ valSteps: 5, epochs: 7 })],
    ["a loss with a fixed divisor", () => plan({ loss: halfSquaredError({ divisor: 8 }) })],
    ["a regularizer", () => plan({ regularizers: [l2(0.02, { pattern: "4.weight" })] })],
    ["damping and a constraint", () => plan({ regularizers: [damping(0.01), maxNorm(0.7)] })],
    ["a schedule", () => plan(formula({ learningRate: cosineDecay(0.1, { steps: 10 }) }))],
    ["a schedule of steps", () => plan(formula({ learningRate: stepDecay(0.1, { every: 5, factor: 0.5 }) }))],
    [
      "a warm-up before a schedule",
      () => plan(formula({ learningRate: warmUp(exponentialDecay(0.1, { factor: 0.9 }), { steps: 4 }) })),
    ],
    [
      "a rate that falls when the training loss does not",
      () => plan({ ...formula({ learningRate: reduceOnPlateau(0.2, { patience: 1, factor: 0.5 }) }), epochs: 12 }),
    ],
    [
      "a rate that falls when the validation loss does not, after a warm-up",
      () => {
        const learningRate = warmUp(reduceOnPlateau(0.2, { patience: 1, factor: 0.5 }), { steps: 4 });
        return plan({ ...formula({ learningRate }), validation: validation(), valSteps: 2, epochs: 8 });
      },
    ],
    [
      "groups of parameters with rates and schedules of their own",
      () => {
        const groups = [
          { pattern: "0", learningRate: cosineDecay(0.05, { steps: 10 }), weightDecay: 0.1 },
          { pattern: /bias$/, learningRate: 0.01 },
          { pattern: "4", learningRate: reduceOnPlateau(0.1, { patience: 1 }) },
        ];
        return plan({ ...formula({ learningRate: 0.02, weightDecay: 0.01, groups }), epochs: 8 });
      },
    ],
    ["gradients clipped by value", () => plan(formula({ learningRate: 0.05, clipValue: 0.05 }))],
    ["gradients clipped by norm", () => plan(formula({ learningRate: 0.05, clipNorm: 0.1 }))],
    ["frozen parameters", () => plan({}, frozenNetwork("0", "4.bias"))],
    ["a run that diverges", () => plan({ ...formula({ learningRate: 1e30 }), validation: validation() })],
    [
      "early stopping",
      () =>
        plan({
          ...formula({ learningRate: 0.3 }),
          validation: validation(),
          epochs: 60,
          callbacks: [new EarlyStopping({ patience: 2 })],
        }),
    ],
    [
      "early stopping that keeps the last parameters, after steps",
      () =>
        plan({
          ...formula({ learningRate: 0.3 }),
          validation: validation(),
          valSteps: 2,
          epochs: 60,
          callbacks: [new EarlyStopping({ patience: 3, start: 2, restoreBest: false })],
        }),
    ],
  ])("%s", async (_, make) => {
    expect(await trained(make, true)).toEqual(await trained(make, false));
  });

  const plans: [string, Partial<FitOptions>][] = [
    ["epochs", { validation: validation(), valEpochs: 2 }],
    ["steps", { validation: validation(), valSteps: 2, metrics: { rmse } }],
  ];
  const heard = [events, ...events.map((event) => [event]), ["batchEnd", "epochEnd"] as const];
  it.each(
    plans.flatMap(([name, options]) => heard.map((events) => [events.join(" and "), name, events, options] as const)),
  )("what callbacks see at %s, with validation after %s", async (_events, _name, heard, options) => {
    const seen = async (compile: boolean) => {
      const list: unknown[] = [];
      const callback = at(heard, (event, run) => {
        const { model, loss, history, optimizer } = run;
        const state = [weightsOf(model as Sequential), optimizer.steps, optimizer.learningRate];
        list.push([event, loss, { ...structuredClone(history), seconds: 0 }, state]);
      });
      const after = await trained(() => plan({ ...options, callbacks: [callback] }), compile);
      return { list, after };
    };
    const plain = await seen(false);
    expect(plain.list.length).toBeGreaterThan(0);
    expect(await seen(true)).toEqual(plain);
  });

  it("what a callback that follows the history sees, and the run that it ends", async () => {
    const seen = async (compile: boolean) => {
      const list: unknown[] = [];
      const callback: Callback = {
        onlyLooks: true,
        followsHistory: true,
        valEnd(run) {
          const copies = run.copyModel().map(([, value]) => value);
          list.push([
            { ...structuredClone(run.history), seconds: 0 },
            copies.map((value) => Array.from(value.dataSync())),
          ]);
          tf.dispose(copies);
          if (run.history.step === 38) run.stopFit();
        },
      };
      const after = await trained(
        () => plan({ validation: validation(), valSteps: 2, epochs: 30, callbacks: [callback] }),
        compile,
      );
      return { list, after };
    };
    const plain = await seen(false);
    expect(plain.list).toHaveLength(19);
    expect(await seen(true)).toEqual(plain);
  });

  it("a run that a callback ends, at each event", async () => {
    for (const event of events) {
      const make = () => {
        let count = 0;
        const stop = at([event], (_, run) => ++count === 2 && run.stopFit());
        return plan({ validation: validation(), valSteps: 2, callbacks: [stop] });
      };
      expect(await trained(make, true), event).toEqual(await trained(make, false));
    }
  });

  it("the step at which a schedule gives a rate that is none", async () => {
    for (const wrong of [1, 4, 7]) {
      const told = async (compile: boolean) => {
        const learningRate = { at: (step: number) => (step === wrong ? Number.NaN : 0.1) };
        const history = newHistory();
        const setup = plan({ ...formula({ learningRate }), history });
        const { model, data, options } = setup;
        const message = await fit(model, data, { ...options, compile }).catch((error: Error) => error.message);
        // Not the statistics of batches and the masks: a step that fails operation by operation has done its forward.
        const { buffers: _, masks: __, ...rest } = outcome(setup, history);
        return [message, rest];
      };
      expect(await told(true), `step ${wrong}`).toEqual(await told(false));
    }
  });
});

/**
 * A native operation rounds a rule's last digit otherwise (it multiplies and adds at once), and so do the product that a graph
 * computes the other way round and the factor that TensorFlow takes out of a sum of penalties. Each step adds some 1e-7 to the difference; Adam's first steps have the size of the learning rate
 * whatever the gradient, so that nothing grows. 1e-5 leaves room for 100 such digits.
 */
describeNative("both runners agree up to rounding where a graph has operations of its own:", () => {
  const relu = () => {
    const random = new Random(3);
    return new Sequential(
      new Dense(2, 40, { random: random.split(1) }),
      new ReLU(),
      new Dense(40, 1, { random: random.split(3) }),
    );
  };
  const numbers = ({ parameters, optimizer, history }: ReturnType<typeof outcome>) =>
    [...parameters, ...optimizer].flatMap(([, values]) => values as number[]).concat(history.loss, history.valLoss);

  it("several regularizers", async () => {
    const make = () => plan({ regularizers: [l1(0.01), l2(0.02), elastic({ l1: 0.01, l2: 0.01 })] });
    const [graph, plain] = [await trained(make, true), await trained(make, false)];
    expect(relativeError(numbers(graph), numbers(plain))).toBeLessThan(1e-5);
  });

  it.each<[string, () => Optimizer]>([
    ["SGD", () => new SGD({ learningRate: 0.05 })],
    ["Momentum", () => new Momentum()],
    ["Nesterov", () => new Nesterov()],
    ["AdaGrad", () => new AdaGrad()],
    ["RMSProp", () => new RMSProp()],
    ["Adam", () => new Adam()],
    ["AdamW", () => new AdamW()],
  ])("%s, ReLU", async (_, optimizer) => {
    const make = () => plan({ optimizer: optimizer(), validation: validation(), metrics: { rmse } }, relu());
    const [graph, plain] = [await trained(make, true), await trained(make, false)];
    expect(relativeError(numbers(graph), numbers(plain))).toBeLessThan(1e-5);
    expect(graph.counters).toEqual(plain.counters);
  });
});
