/** N: 64 small networks at once, 1 → 32 → 32 → 1, 400 steps each; and the first step of 256, which is mostly getting ready. */
import { Dataset, Dense, logRmse, Random, ReLU, Sequential, tf } from "../entry/index.js";
import { type Many, manyWorkload } from "./many.js";

const network = (k: number) => {
  const random = new Random(k);
  return new Sequential(
    new Dense(1, 32, { random: random.split(0) }),
    new ReLU(),
    new Dense(32, 32, { random: random.split(1) }),
    new ReLU(),
    new Dense(32, 1, { random: random.split(2) }),
  );
};

const small = (count: number, steps: number): Many => ({
  groups: [{ name: "parabola", model: network }],
  count,
  data: () => {
    const x = tf.tensor2d(new Random(7).uniforms(640, -1, 1), [640, 1]);
    return new Dataset(x, tf.add(tf.square(x), 1));
  },
  loss: { name: "meanSquaredError" },
  optimizer: { name: "Adam", learningRate: 0.001 },
  batchSize: 32,
  replacement: false,
  steps,
  every: steps,
  metric: { name: "logRmse", compute: logRmse },
});

/** By its name, for the trials in worker processes. */
export const smallNetworks: Record<string, Many> = { N64: small(64, 400), N256: small(256, 4) };

const titles: Record<string, string> = { N64: "64 networks 1 → 32 → 32 → 1, 400 steps", N256: "256 of them, 4 steps" };
export const n = Object.entries(smallNetworks).map(([name, many]) => manyWorkload(name, titles[name]!, many));
