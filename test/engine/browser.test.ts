/** The engine in a browser: bundled by others' tools, it computes what Node's WebAssembly computes, to the last digit. */
import { expect } from "vitest";
import { allBundlers, inBrowser, tagOf } from "../helpers/bundle.js";
import { runModule } from "../helpers/engine.js";
import { needing } from "../helpers/needs.js";

/** Trains two networks, one through every kernel that is replaced, and tells what came out. */
const program = `
import { compile, engine, live, Random, seed, tf, TraceError } from "gradbook-engine";
import { uniformAt } from "gradbook-engine/stateless-random";

seed(7);
const random = new Random(3).split("weights");
const normal = (...shape) => tf.tensor(random.normals(shape.reduce((a, b) => a * b)), shape);

const [x, y] = [normal(64, 3), normal(64, 1)];
const [w1, w2] = [tf.variable(normal(3, 20)), tf.variable(normal(20, 1))];
const optimizer = tf.train.adam(0.01);
const loss = () => tf.losses.meanSquaredError(y, tf.matMul(tf.tanh(tf.matMul(x, w1)), w2));
const step = compile(() => optimizer.minimize(loss, true));
const losses = Array.from({ length: 30 }, () => step().dataSync()[0]);

const images = normal(8, 8, 8, 1);
const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], "int32"), 3, 1, 0, "float32");
const scale = tf.variable(normal(8, 8, 1));
const model = tf.sequential();
model.add(tf.layers.flatten({ inputShape: [4, 4, 1] }));
model.add(tf.layers.dense({ units: 3, weights: [normal(16, 3), tf.zeros([3])] }));
const sgd = tf.train.sgd(0.05);
const pooled = () => tf.maxPool(tf.mul(images, scale), 2, 2, "valid");
const classify = () => tf.losses.softmaxCrossEntropy(labels, model.apply(pooled()));
const classified = Array.from({ length: 10 }, () => sgd.minimize(classify, true).dataSync()[0]);

export const result = {
  engine: [engine.name, engine.description],
  losses,
  classified,
  uniforms: [...uniformAt([5], tf.scalar(1, "int32"), tf.scalar(2, "int32")).dataSync()],
  live: live(() => 0.5).dataSync()[0],
  names: [typeof compile, typeof TraceError, random.seed],
};
`;

for (const bundler of allBundlers) {
  needing("a browser", tagOf(bundler))(`computes what Node's WebAssembly computes, bundled by ${bundler}`, async () => {
    const { page, worker } = await inBrowser<{ losses: number[] }>(bundler, program);
    const { status, stdout, stderr } = runModule(`${program}\nconsole.log(JSON.stringify(result));`, {
      GRADBOOK_ENGINE: "wasm",
    });
    expect(status, stderr).toBe(0);
    const node = JSON.parse(stdout) as typeof page;
    expect(node.losses.at(-1)).toBeLessThan(node.losses[0]! / 2);
    expect(page).toEqual(node);
    expect(worker).toEqual(node);
  });
}
