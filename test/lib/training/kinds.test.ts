/**
 * Networks of one kind share a trace; those that differ in anything, be it a number that a layer of one's own holds, get their own.
 * What comes of it is what the plain runner computes for each alone.
 */
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { nativeBackend } from "../../../engine/compile/backend.js";
import { Random, seed, seedState } from "../../../engine/random.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Layer } from "../../../lib/layers/layer.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Tanh } from "../../../lib/layers/tanh.js";
import { halfSquaredError, meanSquaredError } from "../../../lib/losses.js";
import { AdaGrad } from "../../../lib/optimizers/ada-grad.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import type { Optimizer } from "../../../lib/optimizers/optimizer.js";
import { SGD } from "../../../lib/optimizers/sgd.js";
import { l2 } from "../../../lib/regularizers/penalty.js";
import { fit } from "../../../lib/training/fit.js";
import { fitAll } from "../../../lib/training/fit-all.js";
import type { FitAllOptions } from "../../../lib/training/run.js";
import { describeNative } from "../../helpers/native.js";
import { examples } from "../../helpers/noisy-line.js";
import { relativeError } from "../../helpers/tensors.js";

/** Multiplies by a number that no config tells of, or by a variable that is no parameter. */
class Scaled extends Layer {
  constructor(readonly factor: number | Tensor) {
    super();
  }
  override forward(x: Tensor): Tensor {
    return tf.mul(x, this.factor);
  }
  override backward(dy: Tensor): Tensor {
    return tf.mul(dy, this.factor);
  }
}

/** Adds a tensor, too large to be a constant of a graph. */
class Shifted extends Layer {
  readonly #shift: Tensor;
  constructor(size: number) {
    super();
    this.#shift = tf.keep(tf.linspace(0, size, 2000));
  }
  override forward(x: Tensor): Tensor {
    return tf.add(x, tf.mean(this.#shift));
  }
  override backward(dy: Tensor): Tensor {
    return dy;
  }
}

const network = (k: number, ...layers: Layer[]) =>
  new Sequential(
    new Dense(2, 4, { random: new Random(k).split(0) }),
    new Tanh(),
    ...layers,
    new Dense(4, 1, { random: new Random(k).split(1) }),
  );

type Made = { model: Sequential; options: Partial<FitAllOptions> & { optimizer: Optimizer } };

/** Ways in which networks whose parameters look the same differ. */
const differences: [string, (k: number) => Made][] = [
  ["nothing but weights", (k) => ({ model: network(k), options: { optimizer: new Adam() } })],
  ["a number in a layer", (k) => ({ model: network(k, new Scaled(k + 1)), options: { optimizer: new Adam() } })],
  [
    "the last digit of it",
    (k) => ({ model: network(k, new Scaled(1 + k * 2 ** -23)), options: { optimizer: new SGD() } }),
  ],
  ["a large tensor in a layer", (k) => ({ model: network(k, new Shifted(k)), options: { optimizer: new SGD() } })],
  [
    "a variable that is no parameter",
    (k) => ({ model: network(k, new Scaled(tf.variable(tf.scalar(k + 1), false))), options: { optimizer: new SGD() } }),
  ],
  ["the optimizer's numbers", (k) => ({ model: network(k), options: { optimizer: new Adam({ beta1: k / 10 }) } })],
  [
    "the learning rate",
    (k) => ({ model: network(k), options: { optimizer: new AdaGrad({ learningRate: (k + 1) / 50 }) } }),
  ],
  ["clipping", (k) => ({ model: network(k), options: { optimizer: new SGD({ clipValue: (k + 1) / 100 }) } })],
  [
    "the loss",
    (k) => ({ model: network(k), options: { optimizer: new SGD(), loss: halfSquaredError({ divisor: k + 1 }) } }),
  ],
  ["the regularizer", (k) => ({ model: network(k), options: { optimizer: new SGD(), regularizers: [l2(k / 10)] } })],
];

const data = examples(20);
const optionsOf = ({ options }: Made): FitAllOptions => ({
  loss: meanSquaredError(),
  batchSize: 8,
  shuffle: false,
  epochs: 3,
  validation: examples(6, 4),
  ...options,
});

const left = ({ model, options }: Made) =>
  [...model.parameters.values()].map(({ value }) => value).concat([...options.optimizer.state.values()]);
const numbersOf = (made: Made) => left(made).flatMap((tensor) => Array.from(tensor.dataSync()));

beforeEach(() => {
  const spy = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
});

describe.each(differences)("networks that differ in %s", (_, make) => {
  it.each(["fit after fit", "fitAll"])("are what the plain runner makes of them, by %s", async (way) => {
    seed(1);
    const [plain, shared] = [0, 1].map(() => [0, 1, 2].map(make)) as [Made[], Made[]];
    const losses: number[][] = [];
    for (const one of plain) losses.push((await fit(one.model, data, { ...optionsOf(one), compile: false })).loss);
    const found: number[][] = [];
    if (way === "fitAll") {
      found.push(...(await fitAll(shared.map((one) => [one.model, data, optionsOf(one)]))).map(({ loss }) => loss));
    } else for (const one of shared) found.push((await fit(one.model, data, optionsOf(one))).loss);
    for (const [k, one] of shared.entries()) {
      expect(relativeError(numbersOf(one), numbersOf(plain[k]!))).toBeLessThan(1e-5);
      expect(relativeError(found[k]!, losses[k]!)).toBeLessThan(1e-5);
      expect([...one.options.optimizer.state.keys()]).toEqual([...plain[k]!.options.optimizer.state.keys()]);
    }
  });
});

describeNative("of networks of one kind", () => {
  it("only the first one's operations are computed", async () => {
    const operations = async (count: number) => {
      const backend = nativeBackend() as { binding: ReturnType<typeof nativeBackend>["binding"] };
      const { binding } = backend;
      const execute = vi.fn(binding.executeOp);
      backend.binding = Object.create(binding, { executeOp: { value: execute } });
      try {
        const made = Array.from({ length: count }, (_, k) => differences[0]![1](k));
        await fitAll(made.map((one) => [one.model, data, optionsOf(one)]));
      } finally {
        backend.binding = binding;
      }
      return execute.mock.calls.map(([op]) => op).filter((op) => /MatMul|Tanh/.test(op)).length;
    };
    const [few, many] = [await operations(2), await operations(12)];
    expect(few).toBeGreaterThan(0);
    expect(many).toBe(few);
  });

  it("none takes up what another with more state has: AMSGrad before Adam", async () => {
    const keys = async (amsgrad: boolean) => {
      const made = { model: network(1), options: { optimizer: new Adam({ amsgrad }) } };
      await fit(made.model, data, optionsOf(made));
      return [...made.options.optimizer.state.keys()].filter((key) => key.endsWith("vMax")).length;
    };
    expect(await keys(true)).toBe(4);
    expect(await keys(false)).toBe(0);
    expect(await keys(true)).toBe(4);
  });

  it("random tensors are each network's own, and the shared seed goes on as without", async () => {
    class Noisy extends Layer {
      override forward(x: Tensor): Tensor {
        return tf.add(x, tf.randomNormal([4]));
      }
      override backward(dy: Tensor): Tensor {
        return dy;
      }
    }
    const run = async (isFirst: boolean) => {
      seed(isFirst ? 5 : 6);
      const losses: number[][] = [];
      for (const k of [1, 2]) {
        const made = { model: network(k, new Noisy()), options: { optimizer: new SGD() } };
        losses.push((await fit(made.model, data, { ...optionsOf(made), validation: undefined })).loss);
      }
      return { losses, state: seedState() };
    };
    const first = await run(true);
    await run(false);
    expect(await run(true)).toEqual(first);
    expect(first.losses[0]).not.toEqual(first.losses[1]);
  });
});
