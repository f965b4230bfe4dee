/** What is left of a graph when it is simplified, and that it computes the same. */
import { expect, it } from "vitest";
import { compile } from "../../../lib/compile/compile.js";
import type { Graph } from "../../../lib/compile/graph.js";
import { simplify } from "../../../lib/compile/simplify.js";
import { trace } from "../../../lib/compile/trace.js";
import { Random } from "../../../lib/random.js";
import { type Tensor, type Tensor2D, tf } from "../../../lib/tensor.js";
import { describeNative } from "../../helpers/native.js";

const operations = ({ nodes }: Graph) => nodes.map(({ op }) => op).filter((op) => op !== "Const");

describeNative("a simplified graph", () => {
  it("has nothing that nobody uses, but all its inputs", () => {
    const graph = trace([tf.ones([2]), tf.ones([2])], ([a, b]) => {
      tf.mul(a!, b!);
      return [tf.add(a!, 1)];
    });
    expect(operations(graph)).toContain("Mul");
    expect(operations(simplify(graph))).toEqual(["Placeholder", "Placeholder", expect.stringMatching(/^Add/)]);
  });

  it("computes the same thing once, but not what two variables hold", () => {
    const graph = trace([tf.ones([2])], ([x]) => [tf.add(tf.exp(x!), tf.exp(x!))]);
    expect(operations(simplify(graph)).filter((op) => op === "Exp")).toHaveLength(1);

    const [a, b] = [tf.variable(tf.tensor1d([1, 2])), tf.variable(tf.tensor1d([10, 20]))];
    const sum = compile((x: Tensor) => {
      a!.assign(tf.add(a!, x));
      b!.assign(tf.add(b!, x));
      return tf.add(a!, b!);
    });
    expect([...sum(tf.ones([2])).dataSync()]).toEqual([13, 24]);
    expect([...a!.dataSync(), ...b!.dataSync()]).toEqual([2, 3, 11, 21]);
    sum.dispose();
    tf.dispose([a, b]);
  });

  it("keeps constants apart that are nearly the same: 0 and −0, ∞ and −∞", () => {
    const { POSITIVE_INFINITY: infinity } = Number;
    const run = compile((x: Tensor) =>
      [0, -0].map((zero) => tf.div(x, zero)).concat([infinity, -infinity].map((bound) => tf.minimum(x, bound))),
    );
    expect(run(tf.scalar(1)).map((result) => result.dataSync()[0])).toEqual([infinity, -infinity, 1, -infinity]);
    run.dispose();
  });

  it("draws random numbers as often as it is told to", () => {
    const draw = compile(() => [tf.randomUniform([50]), tf.randomUniform([50])]);
    const [first, second] = draw().map((tensor) => tensor.dataSync());
    expect(first).not.toEqual(second);
    draw.dispose();
  });

  it("has ReLU's gradient in one operation, whichever way round it was written", () => {
    const x = tf.tensor1d([-2, 0, 3]);
    const dy = tf.tensor1d([5, 6, 7]);
    const forms = [
      (at: Tensor, by: Tensor) => tf.mul(by, tf.cast(tf.greater(at, 0), "float32")),
      (at: Tensor, by: Tensor) => tf.mul(tf.cast(tf.greater(at, 0), "float32"), by),
    ];
    for (const form of forms) {
      const graph = trace([x, dy], ([at, by]) => [form(at!, by!)]);
      expect(operations(simplify(graph))).toEqual(["Placeholder", "Placeholder", "ReluGrad"]);
      const run = compile(form);
      expect([...run(x, dy).dataSync()]).toEqual([0, 0, 7]);
      run.dispose();
    }
    const other = trace([x, dy], ([at, by]) => [tf.mul(by!, tf.cast(tf.greater(at!, 1), "float32"))]);
    expect(operations(simplify(other))).not.toContain("ReluGrad");
  });

  it("multiplies by a wide transposed matrix the other way round", () => {
    const random = new Random(1);
    const product = (a: Tensor, b: Tensor) => tf.matMul(a as Tensor2D, b as Tensor2D, false, true);
    for (const [shapeA, shapeB] of [
      [
        [3, 5],
        [20, 5],
      ],
      [
        [2, 3, 5],
        [2, 20, 5],
      ],
      [
        [20, 5],
        [3, 5],
      ],
    ] as [number[], number[]][]) {
      const [a, b] = [shapeA, shapeB].map((shape) => tf.tensor(random.normals(tf.util.sizeFromShape(shape)), shape));
      const run = compile(product);
      const [compiled, eager] = [run(a!, b!), product(a!, b!)];
      expect(compiled.shape).toEqual(eager.shape);
      expect(tf.max(tf.abs(tf.sub(compiled, eager))).dataSync()[0]).toBeLessThan(1e-5);
      run.dispose();
      const turned = operations(simplify(trace([a!, b!], ([x, y]) => [product(x!, y!)]))).includes("Transpose");
      expect(turned).toBe(shapeB.at(-2) === 20);
    }
  });
});
