/** What a compiled function gives back, when it is traced, and what it refuses. */
import { describe, expect, it, onTestFinished } from "vitest";
import { compile } from "../../../lib/compile/compile.js";
import { live } from "../../../lib/compile/trace.js";
import { TraceError } from "../../../lib/compile/trace-error.js";
import { seed } from "../../../lib/random.js";
import { type Tensor, type Tensor1D, tf } from "../../../lib/tensor.js";
import { describeNative, itNative } from "../../helpers/native.js";
import { onEngine } from "../../helpers/on-engine.js";
import { watchBinding } from "../../helpers/watch-binding.js";

const numbers = (tensor: Tensor) => Array.from(tensor.dataSync());

describe("a compiled function", () => {
  it("takes and gives tensors in lists and dictionaries of any depth", () => {
    const f = compile(({ a, list }: { a: Tensor; list: [Tensor, { b: Tensor }] }) => ({
      sum: tf.add(a, list[0]),
      parts: [list[1].b, a, null],
    }));
    const { sum, parts } = f({ a: tf.tensor1d([1, 2]), list: [tf.tensor1d([3, 4]), { b: tf.scalar(5) }] });
    expect(numbers(sum)).toEqual([4, 6]);
    expect(parts.map((part) => part && numbers(part))).toEqual([[5], [1, 2], null]);
    f.dispose();
  });

  it("may return the same tensor twice, an argument, a constant, a variable, and nothing", () => {
    const variable = tf.variable(tf.tensor1d([7]));
    const f = compile((x: Tensor) => [x, x, tf.scalar(2), variable]);
    expect(f(tf.scalar(1)).map(numbers)).toEqual([[1], [1], [2], [7]]);
    const g = compile((x: Tensor1D) => variable.assign(x));
    expect(g(tf.tensor1d([8]))).toBeUndefined();
    expect(numbers(variable)).toEqual([8]);
    for (const { dispose } of [f, g]) dispose();
    variable.dispose();
  });

  it("takes int32 and bool tensors, and large tensors from outside", () => {
    const table = tf.range(0, 5000);
    const f = compile((rows: Tensor1D, mask: Tensor) => [tf.gather(table, rows), tf.logicalNot(mask)]);
    const [taken, not] = f(tf.tensor1d([4999, 3], "int32"), tf.tensor1d([true, false], "bool"));
    expect(numbers(taken!)).toEqual([4999, 3]);
    expect([numbers(not!), not!.dtype]).toEqual([[0, 1], "bool"]);
    f.dispose();
  });

  it("gives gradients", () => {
    const f = compile((x: Tensor) => tf.grad((at: Tensor) => tf.sum(tf.mul(tf.square(at), at)))(x));
    expect(numbers(f(tf.tensor1d([1, 2])))).toEqual([3, 12]);
    f.dispose();
  });

  itNative("is traced once for each combination of shapes and dtypes", () => {
    const shapes: string[] = [];
    const f = compile((x: Tensor) => {
      shapes.push(`${x.dtype} ${x.shape}`);
      return tf.sum(x);
    });
    const calls = [tf.ones([2]), tf.ones([3]), tf.ones([2]), tf.ones([3]), tf.ones([2], "int32")];
    expect(calls.map((x) => f(x).dataSync()[0])).toEqual([2, 3, 2, 3, 2]);
    expect([...new Set(shapes)]).toEqual(["float32 2", "float32 3", "int32 2"]);
    const traced = shapes.length;
    for (const x of calls) f(x);
    expect(shapes).toHaveLength(traced);
    f.dispose();
  });

  itNative("that is prepared does not run, and is loaded together with others of the same variables", () => {
    const variable = tf.variable(tf.tensor1d([1, 2, 3, 4, 5, 6, 7]));
    const add = compile((x: Tensor1D) => variable.assign(tf.add(variable, x)));
    const sum = compile((factor: Tensor) => tf.mul(tf.sum(variable), factor));
    const { loads, restore } = watchBinding();
    onTestFinished(restore);
    add.prepare(tf.tensor1d([1, 1, 1, 1, 1, 1, 1]));
    sum.prepare(tf.scalar(2));
    expect([numbers(variable), loads.mock.calls.length]).toEqual([[1, 2, 3, 4, 5, 6, 7], 0]);
    add(tf.tensor1d([1, 0, 0, 0, 0, 0, 0]));
    expect(numbers(sum(tf.scalar(2)))).toEqual([58]);
    expect(loads).toHaveBeenCalledTimes(1);
    for (const { dispose } of [add, sum]) dispose();
    variable.dispose();
  });

  itNative("keeps so many graphs as it is told, those used last", () => {
    let traced = 0;
    const f = compile(
      (x: Tensor) => {
        traced += 1;
        return tf.sum(x);
      },
      { most: 2 },
    );
    const call = (length: number) => {
      const before = traced;
      f(tf.ones([length]));
      return traced > before;
    };
    expect([1, 2, 1, 3, 1, 2].map(call)).toEqual([true, true, false, true, false, true]);
    f.dispose();
    expect(() => compile(() => null, { most: 0 })).toThrow(
      "compile: expected most to be a positive integer, received 0",
    );
  });

  it("asks for live numbers at each call, in their order", () => {
    let step = 0;
    const f = compile((x: Tensor) =>
      tf.add(
        tf.mul(
          x,
          live(() => ++step),
        ),
        live(() => 10 * step, "int32").toFloat(),
      ),
    );
    expect([1, 1, 2].map((x) => f(tf.scalar(x)).dataSync()[0])).toEqual([11, 22, 36]);
    expect(numbers(live(() => 2.5))).toEqual([2.5]);
    f.dispose();
  });

  itNative("draws random tensors anew at each call, the same ones from the same seed", () => {
    const run = () => {
      seed(4);
      const f = compile((x: Tensor) => ({
        uniform: tf.randomUniform([2000], -1, 3),
        normal: tf.randomNormal([2000], 5, 2),
        truncated: tf.truncatedNormal([2000]),
        integers: tf.randomUniform([2000], 0, 4, "int32"),
        dropped: tf.dropout(x, 0.25),
      }));
      const calls = [1, 2, 3].map(() => {
        const drawn = f(tf.ones([2000]));
        return Object.fromEntries(Object.entries(drawn).map(([name, tensor]) => [name, numbers(tensor)]));
      });
      f.dispose();
      return calls as Record<"uniform" | "normal" | "truncated" | "integers" | "dropped", number[]>[];
    };
    const calls = run();
    expect(run()).toEqual(calls);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const { uniform, normal, truncated, integers, dropped } of calls) {
      // Five standard errors of the mean of 2,000 numbers.
      expect(Math.abs(mean(uniform) - 1)).toBeLessThan((5 * 4) / Math.sqrt(12 * 2000));
      expect(Math.abs(mean(normal) - 5)).toBeLessThan((5 * 2) / Math.sqrt(2000));
      expect(Math.max(...truncated.map(Math.abs))).toBeLessThanOrEqual(2);
      expect(new Set(integers)).toEqual(new Set([0, 1, 2, 3]));
      expect(new Set(dropped)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
      expect(Math.abs(mean(dropped) - 1)).toBeLessThan(5 * Math.sqrt(1 / 3 / 2000));
    }
    for (const name of ["uniform", "normal", "truncated", "integers", "dropped"] as const) {
      expect(calls[0]![name]).not.toEqual(calls[1]![name]);
      expect(calls[1]![name]).not.toEqual(calls[2]![name]);
    }
  });

  itNative("leaves TensorFlow.js as it was", () => {
    const before = [tf.randomUniform, tf.dropout, tf.Variable.prototype.assign, tf.Variable.prototype.dispose];
    const backend = Object.keys(tf.backend());
    const f = compile((x: Tensor) => tf.dropout(x, 0.5));
    f(tf.ones([2]));
    expect(() => compile((x: Tensor) => x.dataSync())(tf.ones([2]))).toThrow(TraceError);
    expect([tf.randomUniform, tf.dropout, tf.Variable.prototype.assign, tf.Variable.prototype.dispose]).toEqual(before);
    expect(Object.keys(tf.backend())).toEqual(backend);
    f.dispose();
  });
});

describeNative("a function that cannot be traced", () => {
  const kept = tf.variable(tf.scalar(1));
  const other = compile((x: Tensor) => tf.neg(x));
  it.each<[string, (x: Tensor) => unknown, string]>([
    [
      "reads values",
      (x) => x.dataSync()[0]! > 0 && x,
      "received a request to read them (dataSync, arraySync, print …)",
    ],
    ["prints", (x) => x.print(), "return the tensor and read it outside, or use tf.where in place of if"],
    ["reads a variable", () => kept.dataSync() && null, "expected values to stay in the graph"],
    ["is async", async (x) => x, "expected a function that is not async"],
    [
      "draws by JavaScript",
      (x) => tf.mul(x, Math.random()),
      "expected the same operations each time, received another Const",
    ],
    [
      "has a shape that depends on values",
      (x) => tf.unique(x).values,
      "whose results have a fixed shape, received Unique",
    ],
    ["disposes a variable", () => kept.dispose(), "expected variables to live on"],
    ["makes a variable at each call", () => tf.variable(tf.scalar(1)), "expected no new variables at each call"],
    ["works on strings", () => tf.tensor(["a"]), "expected tensors of numbers or bool, received one of dtype string"],
    ["calls a compiled function", (x) => other(x), "expected no other compiled function to be traced"],
  ])("that %s names its line and says what to do", (_, fn, message) => {
    const before = tf.memory().numTensors;
    const f = compile(fn as (x: Tensor) => Tensor);
    let thrown: unknown;
    try {
      f(tf.tensor1d([1, 2, 3]));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TraceError);
    expect((thrown as Error).message).toContain(message);
    expect((thrown as Error).message).toMatch(/\(at .*compile\.test\.ts:\d+:\d+\): /);
    expect(numbers(kept)).toEqual([1]);
    if (!message.includes("new variables")) expect(tf.memory().numTensors).toBe(before + 1);
  });
});

describe("a function", () => {
  it.each<[string, unknown]>([
    ["a number", 3],
    ["text", "x"],
    ["a typed array", new Float32Array(2)],
  ])("that returns or takes %s is told what to give", (_, value) => {
    const message = "compile: expected tensors, or lists and dictionaries of them, as arguments and result, received";
    expect(() => compile(() => value)()).toThrow(message);
    expect(() => compile((x: Tensor) => x)(value as Tensor)).toThrow(message);
  });

  it("that is given a disposed tensor says so", () => {
    const x = tf.ones([2, 3]);
    x.dispose();
    expect(() => compile((x: Tensor) => x)(x)).toThrow("received one of shape [2,3] that is disposed");
  });

  it("throws its own errors as they are", () => {
    const f = compile((x: Tensor) => tf.matMul(x.as2D(1, 2), x.as2D(1, 2)));
    expect(() => f(tf.ones([2]))).toThrow(/Matrix size-incompatible|inner shapes/);
  });
});

describe("on WebAssembly", () => {
  it("functions run as they are, which is said once, and live numbers are asked for", () => {
    const { values, said } = onEngine<{ values: number[]; said: string[] }>(
      "wasm",
      `const said = [];
      console.error = (text) => said.push(text);
      let step = 0;
      const f = lib.compile((x) => tf.mul(x, lib.live(() => ++step)));
      const g = lib.compile((x) => x);
      const values = [1, 2, 3].map((x) => f(tf.scalar(x)).dataSync()[0]);
      f.dispose();
      g.dispose();
      report({ values, said });`,
    );
    expect(values).toEqual([1, 4, 9]);
    expect(said).toEqual(["gradbook: compile: functions run operation by operation on wasm (1 thread)."]);
  });
});

describe("graphs that differ in a constant only", () => {
  it.each([
    [0, -0],
    [Number.NaN, Number.POSITIVE_INFINITY],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ])("%d and %d are different graphs", (...constants) => {
    const found = constants.map((constant) => {
      const f = compile((x: Tensor) => tf.div(x, constant));
      const [value] = numbers(f(tf.scalar(2)));
      f.dispose();
      return value;
    });
    expect(found).toEqual(constants.map((constant) => 2 / constant));
  });
});
