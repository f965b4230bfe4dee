/**
 * Two lines make a training script for TensorFlow.js several times as fast. The script trains a `tf.layers` model by
 * `optimizer.minimize`, as scripts for TensorFlow.js do; here it runs twice, as it was and with the two lines.
 *
 *     node examples/tf-layers.mjs
 */
import { compile, tf } from "gradbook"; // line 1, in place of: import * as tf from "@tensorflow/tfjs-node";

const x = tf.randomNormal([64, 20], 0, 1, "float32", 1);
const y = tf.sin(tf.sum(x, 1, true));

function train(steps, fast) {
  const dense = (inputs, units, activation, seed) =>
    tf.layers.dense({
      units,
      activation,
      inputShape: [inputs],
      kernelInitializer: tf.initializers.heNormal({ seed }),
    });
  const model = tf.sequential({
    layers: [dense(20, 200, "relu", 1), dense(200, 200, "relu", 2), dense(200, 1, "linear", 3)],
  });
  const optimizer = tf.train.adam(0.001);
  let step = (x, y) => optimizer.minimize(() => tf.losses.meanSquaredError(y, model.apply(x)), true);
  if (fast) step = compile(step); // line 2

  let begin = 0;
  let loss = Number.NaN;
  for (let i = 0; i < steps; i++) {
    if (i === 20) begin = performance.now(); // the first calls trace, and warm up
    loss = tf.tidy(() => step(x, y).dataSync()[0]);
  }
  return { loss, ms: (performance.now() - begin) / (steps - 20) };
}

const before = train(100, false);
const after = train(100, true);
console.log(`as it was:       loss ${before.loss.toPrecision(4)}, ${before.ms.toFixed(2)} ms a step`);
console.log(`with two lines:  loss ${after.loss.toPrecision(4)}, ${after.ms.toFixed(2)} ms a step`);
console.log(`${(before.ms / after.ms).toFixed(1)} times as fast`);
