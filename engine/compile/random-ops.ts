/**
 * TensorFlow.js draws random tensors in JavaScript, which would make them constants of a graph. While a function is traced,
 * these take their place: the same distributions, drawn by the graph, anew at each call.
 */
import { createRequire } from "node:module";
import { nextRandom, type Random } from "../random.js";
import { type Distribution, drawNative } from "../stateless-random.js";
import { type Scalar, type Tensor, tf } from "../tensor.js";

const require = createRequire(import.meta.url);

type Core = typeof import("@tensorflow/tfjs-core");
type Dtype = "float32" | "int32" | "bool";

/** The stream from which the random tensors of one compiled function are seeded; made when the first is asked for. */
export class GraphRandom {
  #random?: Random;
  #tensors = 0;
  #step?: Scalar;

  /** After each trace of the function: the next one draws the same again. */
  restart(): void {
    this.#tensors = 0;
    this.#step?.dispose();
    this.#step = undefined;
  }

  /** @param count gives the number of the call, as a tensor */
  draw(distribution: Distribution, shape: number[], seed: number | undefined, count: () => Scalar): Tensor {
    this.#random ??= nextRandom();
    this.#step ??= tf.keep(count());
    const key = this.#random.split(`${this.#tensors++}/${seed ?? ""}`).seed;
    return drawNative(distribution, shape, tf.scalar(key, "int32"), this.#step);
  }
}

/** Puts these functions in the place of TensorFlow.js's; gives the way back. */
export function withRandomOps(random: GraphRandom, count: () => Scalar): () => void {
  const core = createRequire(require.resolve("@tensorflow/tfjs"))("@tensorflow/tfjs-core") as Core;
  const draw = (
    distribution: Distribution,
    shape: number[],
    low: number,
    scale: number,
    dtype?: string,
    seed?: number,
  ) =>
    tf.tidy(() => {
      const numbers = random.draw(distribution, shape, seed, count);
      return tf.cast(tf.add(tf.mul(numbers, scale), low), (dtype ?? "float32") as Dtype);
    });
  const randomUniform = (shape: number[], low = 0, high = 1, dtype?: string, seed?: number) =>
    draw("StatelessRandomUniform", shape, low, high - low, dtype, seed);
  const randomNormal = (shape: number[], mean = 0, std = 1, dtype?: string, seed?: number) =>
    draw("StatelessRandomNormal", shape, mean, std, dtype, seed);
  const dropout = (x: Tensor, rate: number, noiseShape?: (number | null)[], seed?: number): Tensor => {
    if (rate === 0) return tf.clone(x);
    const shape = noiseShape ? x.shape.map((length, axis) => noiseShape[axis] ?? length) : x.shape;
    return tf.tidy(() => {
      const kept = tf.cast(tf.greaterEqual(randomUniform(shape, 0, 1, "float32", seed), rate), "float32");
      return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
    });
  };
  const ours = {
    dropout,
    randomUniform,
    randomNormal,
    randomUniformInt: (shape: number[], low: number, high: number, seed?: number) =>
      randomUniform(shape, low, high, "int32", seed),
    randomStandardNormal: (shape: number[], dtype?: string, seed?: number) => randomNormal(shape, 0, 1, dtype, seed),
    truncatedNormal: (shape: number[], mean = 0, std = 1, dtype?: string, seed?: number) =>
      draw("StatelessTruncatedNormal", shape, mean, std, dtype, seed),
  };
  const theirs = Object.fromEntries(Object.keys(ours).map((name) => [name, core[name as keyof typeof ours]]));
  Object.assign(core, ours);
  return () => {
    Object.assign(core, theirs);
    random.restart();
  };
}
