/** Graphs that take their variables as arguments. */
import { expect, it } from "vitest";
import { compile } from "../../../engine/compile/compile.js";
import { feedVariables } from "../../../engine/compile/feed-variables.js";
import { forgetGraph, runGraph } from "../../../engine/compile/session.js";
import { trace } from "../../../engine/compile/trace.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { describeNative } from "../../helpers/native.js";
import { watchBinding } from "../../helpers/watch-binding.js";

describeNative("a graph with its variables fed", () => {
  it("sees what they are at each call, also after a graph that writes them, and leaves its session as it is", () => {
    const [a, b] = [tf.variable(tf.scalar(2)), tf.variable(tf.tensor1d([1, 10]))];
    const x = tf.scalar(3);
    const traced = trace([x], ([x]) => [tf.add(tf.mul(a, x!), tf.mul(b, a))]);
    const { graph, variables } = feedVariables(traced);
    expect(new Set(variables)).toEqual(new Set([a, b]));
    const values = () => {
      const [result] = runGraph(graph, [x, ...variables]);
      return Array.from((result as Tensor).dataSync());
    };
    expect(values()).toEqual([8, 26]);
    a.assign(tf.scalar(1));
    expect(values()).toEqual([4, 13]);
    const double = compile(() => {
      b.assign(tf.mul(b, 2));
      return tf.sum(b);
    });
    expect(double().dataSync()[0]).toBe(22);
    const { loads, restore } = watchBinding();
    expect(values()).toEqual([5, 23]);
    expect(double().dataSync()[0]).toBe(44);
    expect(values()).toEqual([7, 43]);
    expect(loads).not.toHaveBeenCalled();
    restore();
    forgetGraph(graph);
    double.dispose();
    expect(Array.from(b.dataSync())).toEqual([4, 40]);
  });

  it("writes none", () => {
    const a = tf.variable(tf.scalar(2));
    const traced = trace([], () => {
      a.assign(tf.mul(a, 2));
      return [tf.add(a, 1)];
    });
    expect(() => feedVariables(traced)).toThrow("only reads");
  });
});
