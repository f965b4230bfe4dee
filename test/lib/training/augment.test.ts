/** Examples changed at random while they are trained on: when, by what draws, and in every way to train. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { Random } from "../../../engine/random.js";
import { tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { meanSquaredError } from "../../../lib/losses.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import type { Augment } from "../../../lib/training/augment.js";
import { fit } from "../../../lib/training/fit.js";
import { fitAll } from "../../../lib/training/fit-all.js";
import { newHistory } from "../../../lib/training/history.js";
import type { FitOptions } from "../../../lib/training/run.js";
import { line, weightsOf } from "../../helpers/line.js";
import { itNative } from "../../helpers/native.js";
import { relativeError } from "../../helpers/tensors.js";

const noise: Augment = (x, draw) => tf.add(x, tf.sub(draw(x.shape), draw([1])));
const model = (seed = 1) => new Sequential(new Dense(2, 1, { random: new Random(seed) }));
const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  loss: meanSquaredError(),
  optimizer: new Adam({ learningRate: 0.05 }),
  batchSize: 8,
  epochs: more.steps === undefined ? 3 : undefined,
  shuffle: new Random(5),
  augment: noise,
  ...more,
});

/** The weights after training. */
async function trained(more: Partial<FitOptions> = {}): Promise<number[]> {
  const one = model();
  await fit(one, line(), options(more));
  return weightsOf(one);
}

afterEach(() => void vi.restoreAllMocks());

describe("augment", () => {
  it("draws what the seed of shuffle fixes, and no other seed", async () => {
    const first = await trained();
    expect(await trained()).toEqual(first);
    expect(await trained({ augment: undefined })).not.toEqual(first);
    const inOrder = await trained({ shuffle: false });
    expect(await trained({ shuffle: false })).toEqual(inOrder);
    // The order is the same for both seeds: all examples are one batch, and a sum.
    const whole = { batchSize: 20, augment: noise };
    const [a, b] = [
      await trained({ ...whole, shuffle: new Random(1) }),
      await trained({ ...whole, shuffle: new Random(2) }),
    ];
    expect(relativeError(a, b)).toBeGreaterThan(1e-4);
  });

  it("draws anew at each step and each call", async () => {
    const seen: number[][] = [];
    const look: Augment = (x, draw) => {
      seen.push([...draw([2]).dataSync(), ...draw([2]).dataSync()]);
      return x;
    };
    await trained({ augment: look, compile: false, steps: 3 });
    expect(new Set(seen.flat()).size).toBe(12);
    for (const number of seen.flat()) expect(number >= 0 && number < 1).toBe(true);
  });

  it("goes on with the draws that a run without a break has", async () => {
    const [whole, parts] = [model(), model()];
    await fit(whole, line(), options({ steps: 7 }));
    const [{ optimizer, ...rest }, history] = [options(), newHistory()];
    for (const steps of [2, 5, 7]) {
      await fit(parts, line(), { ...rest, epochs: undefined, optimizer, history, steps, shuffle: new Random(5) });
    }
    expect(weightsOf(parts)).toEqual(weightsOf(whole));
  });

  it("leaves validation and metrics alone", async () => {
    const zeros: Augment = (x) => tf.zerosLike(x);
    const one = model();
    const { loss, valLoss } = await fit(one, line(), options({ augment: zeros, validation: line(), epochs: 1 }));
    expect(loss[0]).not.toBeCloseTo(valLoss[0]!, 2);
    const before = weightsOf(one)[0]; // the weight of an input that was always 0 stays
    expect(before).toBe(weightsOf(model())[0]);
  });

  itNative("is part of the graph: verify finds no difference", async () => {
    expect(await trained({ verify: 1 })).toEqual(await trained());
  });

  it("is each network's own in fitAll", async () => {
    const runs = () => [1, 2, 3].map((k) => [model(k), line(), options({ shuffle: new Random(k) })] as const);
    const [together, apart] = [runs(), runs()];
    await fitAll(together);
    for (const [k, [one, data, own]] of apart.entries()) {
      await fit(one, data, own);
      expect(relativeError(weightsOf(together[k]![0]), weightsOf(one))).toBeLessThan(1e-5);
    }
  });

  itNative("trains operation by operation, and says so, where it cannot be traced", async () => {
    const said = vi.spyOn(console, "warn").mockReturnValue();
    const error = vi.spyOn(console, "error").mockReturnValue();
    const looks: Augment = (x, draw) => (x.dataSync()[0]! > 1e9 ? x : noise(x, draw));
    expect(await trained({ augment: looks })).toEqual(await trained({ compile: false }));
    const text = [...said.mock.calls, ...error.mock.calls].flat().join("\n");
    expect(text).toContain("fit trains operation by operation");
  });

  it.each<[string, unknown, string]>([
    ["is no function", "flip", 'fit: expected a function as augment, received "flip": write augment: (x, draw) => …'],
    ["gives nothing", () => {}, "augment: expected a tensor of 8 examples, received none"],
    [
      "gives other examples",
      () => tf.zeros([3, 2]),
      "augment: expected a tensor of 8 examples, received the shape [3,2]",
    ],
  ])("is refused where it %s", async (_, augment, message) => {
    await expect(trained({ augment: augment as Augment })).rejects.toThrow(message);
  });
});
