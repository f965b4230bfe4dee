/**
 * Scaling: the network of W2 with hidden layers of 100 to 2,000 and batches of 32 to 1,024. What a step reaches is set against
 * the peak of this machine: one plain product of large matrices by numpy. An `engine` of this
 * workload is one size of the network; its ratio is the share of the peak.
 */
import {
  Dataset,
  Dense,
  fit,
  heNormal,
  Random,
  ReLU,
  Sequential,
  SGD,
  softmaxCrossEntropy,
  tf,
} from "../entry/index.js";
import type { Engine, Workload } from "./compare.js";
import type { Python } from "./python.js";

const widths = [100, 300, 1000, 2000];
const batches = [32, 256, 1024];
const [inputs, hidden, classes] = [784, 5, 10];

/** Multiplications and additions of a step: each weight is used in three products, but the first layer's in two. */
function operations(width: number, batch: number): number {
  const first = inputs * width;
  const rest = (hidden - 1) * width * width + width * classes;
  return 2 * batch * (2 * first + 3 * rest);
}

/** Time of 10⁹ operations in one product of 1,024 × 1,024 matrices, in ms. */
function product(python: Python, threads: number): Engine {
  return {
    name: `numpy's product of 1024², ${threads} thread${threads > 1 ? "s" : ""}`,
    peer: true,
    time: () => python.call("training.product", { size: 1024, count: threads }),
  };
}

/** Time of 10⁹ operations in training steps, in ms. */
function step(width: number, batch: number): Engine {
  const random = new Random(0);
  const dense = (i: number, from: number, to: number) =>
    new Dense(from, to, { weight: heNormal, random: random.split(i) });
  const layers = Array.from({ length: hidden }, (_, i) => [dense(i, i === 0 ? inputs : width, width), new ReLU()]);
  const model = new Sequential(...layers.flat(), dense(hidden, width, classes));
  const rows = batch * 4;
  const labels = Int32Array.from({ length: rows }, () => random.uniform(0, classes));
  const data = new Dataset(tf.tensor2d(random.normals(rows * inputs), [rows, inputs]), tf.tensor1d(labels, "int32"));
  const options = { loss: softmaxCrossEntropy(), optimizer: new SGD({ learningRate: 0.001 }), batchSize: batch };
  const gigas = operations(width, batch) / 1e9;
  // About a tenth of a second at 50 GFLOP/s.
  const steps = Math.max(4, Math.min(200, Math.round(5 / gigas)));
  return {
    name: `width ${width}, batch ${batch}`,
    peer: false,
    time: async () => {
      const begin = performance.now();
      await fit(model, data, { ...options, shuffle: false, steps });
      return (performance.now() - begin) / (steps * gigas);
    },
    close: () => {
      model.dispose();
      data.dispose();
    },
  };
}

export const scaling: Workload = {
  name: "scaling",
  title: "W2 in other widths and batches, against one plain product",
  unit: "ms for 10⁹ operations",
  engines: async (python, threads) => [
    ...(python ? threads.map((count) => product(python, count)) : []),
    ...widths.flatMap((width) => batches.map((batch) => step(width, batch))),
  ],
};
