/** Which graphs are for TensorFlow's threads. */
import { expect, it } from "vitest";
import { disposeGraph, type Graph } from "../../../engine/compile/graph.js";
import { loop } from "../../../engine/compile/loop.js";
import { sideBySide } from "../../../engine/compile/side-by-side.js";
import { isForThreads } from "../../../engine/compile/threads.js";
import { trace } from "../../../engine/compile/trace.js";
import { Random } from "../../../engine/random.js";
import { type Tensor2D, tf } from "../../../engine/tensor.js";
import { Dense } from "../../../lib/layers/dense.js";
import { ReLU } from "../../../lib/layers/relu.js";
import { Sequential } from "../../../lib/layers/sequential.js";
import { Adam } from "../../../lib/optimizers/adam.js";
import { describeNative } from "../../helpers/native.js";

/** A training step of three layers of one width, on a batch. */
function step(width: number, rows: number): Graph {
  const random = new Random(1);
  const dense = (i: number) => new Dense(width, width, { random: random.split(i) });
  const model = new Sequential(dense(0), new ReLU(), dense(1), new ReLU(), dense(2));
  const optimizer = new Adam({ learningRate: 0.001 });
  const x = tf.ones([rows, width]);
  return trace([x, x], ([x, y]) => {
    const difference = tf.sub(model.forward(x!, true), y!);
    model.backward(tf.mul(difference, 2 / (rows * width)));
    optimizer.step(model.parameters);
    return [tf.mean(tf.square(difference))];
  });
}

describeNative("a graph", () => {
  it("of small layers is for one thread, one of wide layers for several, as backward has two products at once", () => {
    expect(isForThreads(step(32, 32))).toBe(false);
    expect(isForThreads(step(200, 64))).toBe(false);
    expect(isForThreads(step(1000, 128))).toBe(true);
  });

  it("whose operations wait for each other is for one thread, however wide", () => {
    const x = tf.ones([1000, 1000]);
    const graph = trace([x], ([x]) => {
      let y = x as Tensor2D;
      for (let i = 0; i < 5; i++) y = tf.matMul(y, y);
      return [y];
    });
    expect(isForThreads(graph)).toBe(false);
    disposeGraph(graph);
  });

  it("with a loop is for one thread, and loops side by side are for several", () => {
    const repeated = (graph: Graph) => loop([{ graph, sliced: [0, 1] }]);
    const wide = repeated(step(1000, 128));
    expect(isForThreads(wide)).toBe(false);
    const loops = [repeated(step(8, 4)), repeated(step(8, 4))];
    expect(isForThreads(loops[0]!)).toBe(false);
    expect(isForThreads(sideBySide(loops))).toBe(true);
  });
});
