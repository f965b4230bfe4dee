/** Examples that are drawn: normal numbers, and a class for each example that has nothing to do with them. */
import { Dataset, Random, tf } from "../entry/index.js";

/** @param shape of the examples, their number first */
export function drawnExamples(shape: number[], classes: number): Dataset {
  const random = new Random(7);
  const x = tf.tensor(random.normals(tf.util.sizeFromShape(shape)), shape);
  const labels = Int32Array.from({ length: shape[0]! }, () => random.uniform(0, classes));
  return new Dataset(x, tf.tensor1d(labels, "int32"));
}
