/**
 * Pictures that are shifted at random while a network learns from them, so that it learns digits and not places. Mirrored ones,
 * which help with photos, are other digits or none.
 *
 *     node examples/augmentation.mjs
 */
import {
  Adam,
  accuracy,
  Dense,
  evaluate,
  Flatten,
  fit as fitModel,
  loadMnist,
  Random,
  Sequential,
  softmaxCrossEntropy,
  tf,
} from "gradbook";

/** Each picture moved by up to `most` pixels along an axis (1: down, 2: right); what comes in at the edge is 0. */
function shifted(x, draw, axis, most) {
  const [batch] = x.shape;
  const length = x.shape[axis];
  const offsets = tf.sub(tf.floor(tf.mul(draw([batch, 1]), 2 * most + 1)), most);
  const from = tf.add(tf.reshape(tf.range(0, length), [1, length]), offsets);
  const isInside = tf.logicalAnd(tf.greaterEqual(from, 0), tf.less(from, length));
  const moved = tf.gather(x, tf.cast(tf.clipByValue(from, 0, length - 1), "int32"), axis, 1);
  return tf.mul(
    moved,
    tf.reshape(tf.cast(isInside, "float32"), axis === 1 ? [batch, length, 1, 1] : [batch, 1, length, 1]),
  );
}

/** Half of the pictures mirrored, left to right. */
const mirrors = (x, draw) => tf.where(tf.less(draw([x.shape[0], 1, 1, 1]), 0.5), tf.reverse(x, 2), x);

const shifts = (x, draw) => shifted(shifted(x, draw, 1, 2), draw, 2, 2);

const { train, test } = loadMnist();
for (const [name, augment] of [
  ["as they are", undefined],
  ["shifted", shifts],
  ["mirrored", mirrors],
]) {
  const random = new Random(0);
  const model = new Sequential(
    new Flatten(),
    new Dense(784, 100, { activation: "relu", random: random.split("hidden") }),
    new Dense(100, 10, { random: random.split("output") }),
  );
  const [loss, optimizer] = [softmaxCrossEntropy(), new Adam({ learningRate: 0.002 })];
  await fitModel(model, train, { loss, optimizer, epochs: 60, batchSize: 50, shuffle: new Random(1), augment });
  const { metrics } = evaluate(model, test, { loss, metrics: { accuracy } });
  console.log(`${name}: accuracy ${metrics.accuracy.toFixed(3)} on other pictures`);
}
