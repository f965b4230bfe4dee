/**
 * T: somebody's `tf.layers` model and TensorFlow.js optimizer, with automatic gradients, nothing of this library in them: one
 * step as it is, the same step through `compile`, and `trainOnBatch`.
 */
import type { Scalar } from "@tensorflow/tfjs";
import type { Tensor } from "gradbook-engine/tensor";
import { compile, Random, tf } from "../entry/index.js";
import type { Engine, Workload } from "./compare.js";

const batch = 32;

/** 1 → 128 → 256 → 1 with ReLU, the same weights each time. */
function model() {
  const made = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [1], units: 128, activation: "relu" }),
      tf.layers.dense({ units: 256, activation: "relu" }),
      tf.layers.dense({ units: 1 }),
    ],
  });
  const random = new Random(0);
  const weights = made.getWeights().map(({ shape, size }) => tf.tensor(random.normals(size, 0, 0.1), shape));
  made.setWeights(weights);
  tf.dispose(weights);
  return made;
}

function examples(): [Tensor, Tensor] {
  const x = tf.tensor2d(new Random(1).uniforms(batch, -1, 5), [batch, 1]);
  return [x, tf.square(tf.sub(x, 2))];
}

function engineOf(name: string, isCompiled: boolean): Engine {
  const network = model();
  const [x, y] = examples();
  const optimizer = tf.train.adam(0.001);
  const plain = (x: Tensor, y: Tensor): Scalar =>
    tf.tidy(
      () =>
        optimizer.minimize(() => tf.losses.meanSquaredError(y, network.predict(x) as Tensor) as Scalar, true) as Scalar,
    );
  const step = isCompiled ? compile(plain) : plain;
  const losses = (count: number) =>
    Array.from({ length: count }, () => {
      const loss = step(x, y);
      const [value] = loss.dataSync();
      loss.dispose();
      return value!;
    });
  return {
    name,
    peer: !isCompiled,
    check: async () => losses(6),
    time: async (steps) => {
      const begin = performance.now();
      losses(steps);
      return (performance.now() - begin) / steps;
    },
  };
}

function onBatches(): Engine {
  const network = model();
  const [x, y] = examples();
  network.compile({ optimizer: tf.train.adam(0.001), loss: "meanSquaredError" });
  const losses = async (count: number) => {
    const found: number[] = [];
    for (let step = 0; step < count; step++) found.push((await network.trainOnBatch(x, y)) as number);
    return found;
  };
  return {
    name: "tf.layers, trainOnBatch",
    peer: false,
    check: () => losses(6),
    time: async (steps) => {
      const begin = performance.now();
      await losses(steps);
      return (performance.now() - begin) / steps;
    },
  };
}

export const t: Workload = {
  name: "T",
  title: "a tf.layers model, 1 → 128 → 256 → 1, batches of 32, Adam",
  unit: "ms a step",
  steps: 300,
  engines: async () => [engineOf("tf.layers, compiled", true), engineOf("tf.layers, as it is", false), onBatches()],
};
