/** `compile(fn, { jit: true })`: XLA computes what the graph does; what it cannot compile runs as a graph. */
import { expect, onTestFinished, vi } from "vitest";
import { compile } from "../../../engine/compile/compile.js";
import { live } from "../../../engine/live.js";
import { Random, seed } from "../../../engine/random.js";
import { uniformAt } from "../../../engine/stateless-random.js";
import { type Scalar, type Tensor, type Tensor4D, tf } from "../../../engine/tensor.js";
import { itNative } from "../../helpers/native.js";
import { relativeError } from "../../helpers/tensors.js";

const numbers = (shape: number[]) =>
  tf.tensor(new Random(1).normals(shape.reduce((product, length) => product * length, 1)), shape);

itNative(
  "a step with variables, gradients, live numbers and random tensors does what it does without, call after call",
  () => {
    const steps = (jit: boolean) => {
      seed(3);
      const weight = tf.variable(numbers([3, 2]));
      let rate = 0.4;
      const step = compile(
        (x: Tensor) => {
          const { value, grads } = tf.variableGrads(
            () => tf.mean(tf.square(tf.matMul(tf.dropout(x, 0.5), weight as never))) as never,
            [weight],
          );
          weight.assign(
            tf.sub(
              weight,
              tf.mul(
                Object.values(grads)[0]!,
                live(() => (rate /= 2)),
              ),
            ),
          );
          return { value, both: [weight, x], noise: tf.randomNormal([4]) };
        },
        { jit },
      );
      const found = Array.from({ length: 4 }, () => step(numbers([5, 3])));
      weight.assign(tf.ones([3, 2]));
      const after = [...found, step(numbers([5, 3])), step(numbers([2, 3]))];
      const values = after.flatMap(({ value, both, noise }) => [value, ...both, noise]);
      step.dispose();
      return [...values, weight].map((tensor) => Array.from(tensor.dataSync()));
    };
    const [graph, jit] = [steps(false), steps(true)];
    for (const [i, values] of graph.entries()) expect(relativeError(jit[i]!, values), `${i}`).toBeLessThan(1e-5);
    expect(jit[3]).toEqual(graph[3]); // random numbers are the same to the bit
  },
);

itNative("what XLA cannot compile is said by its name, and runs as a graph with the variables as they were", () => {
  const spy = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
  const calls = tf.variable(tf.scalar(0));
  const crop = compile(
    (x: Tensor) => {
      calls.assign(tf.add(calls, 1));
      return tf.image.cropAndResize(x as Tensor4D, [[0, 0, 1, 1]], [0], [2, 2]);
    },
    { jit: true },
  );
  for (let i = 0; i < 2; i++) expect(Array.from(crop(tf.ones([1, 2, 2, 1])).dataSync())).toEqual([1, 1, 1, 1]);
  expect(calls.dataSync()[0]).toBe(2);
  expect(spy.mock.calls.flat()).toEqual([
    "gradbook: compile: a function runs without jit: XLA cannot compile CropAndResize.",
  ]);
});

itNative("random tensors that depend on a variable are said, and the function runs without", () => {
  const spy = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
  const counter = tf.variable(tf.scalar(1, "int32"), false);
  const draw = () => uniformAt([4], tf.scalar(7, "int32"), counter as Scalar);
  const [compiled, prepared] = [compile(draw, { jit: true }), compile(draw, { jit: true })];
  prepared.prepare();
  for (const one of [compiled, prepared]) expect(one().dataSync()).toEqual(draw().dataSync());
  const said = expect.stringMatching(/compile: a function runs without jit: XLA cannot compile StatelessRandomUniform/);
  expect(spy.mock.calls).toEqual([[said]]);
});

itNative("a function that XLA cannot compile keeps no other from its variables", () => {
  const spy = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => spy.mockRestore());
  const factor = tf.variable(tf.scalar(3));
  const picture = tf.ones([1, 2, 2, 1]);
  const crop = compile(
    (x: Tensor) => tf.mul(tf.image.cropAndResize(x as Tensor4D, [[0, 0, 1, 1]], [0], [2, 2]), factor),
    {
      jit: true,
    },
  );
  crop.prepare(picture);
  const double = compile((x: Tensor) => tf.mul(x, factor));
  expect(double(tf.scalar(2)).dataSync()).toEqual(Float32Array.of(6));
  expect(crop(picture).dataSync()).toEqual(Float32Array.of(3, 3, 3, 3));
});
