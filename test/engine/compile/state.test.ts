/** Variables of compiled functions: read and assigned from outside at any time, they are always right. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { compile } from "../../../engine/compile/compile.js";
import { openSessions } from "../../../engine/compile/session.js";
import { Random } from "../../../engine/random.js";
import { type Tensor, type Tensor1D, tf, type Variable } from "../../../engine/tensor.js";
import { itNative } from "../../helpers/native.js";
import { watchBinding } from "../../helpers/watch-binding.js";

const numbers = (tensor: Tensor) => Array.from(tensor.dataSync());

describe("a variable of a compiled function", () => {
  let w: Variable;
  let add: ReturnType<typeof adding>;
  const adding = () =>
    compile((x: Tensor) => {
      w.assign(tf.add(w, x));
      return tf.sum(w);
    });
  const one = tf.tensor1d([1, 1]);

  beforeEach(() => {
    w = tf.variable(tf.tensor1d([0, 10]));
    add = adding();
  });
  afterEach(() => {
    add.dispose();
    if (!w.isDisposed) w.dispose();
  });

  it("changes at each call, not at the trace", () => {
    expect([1, 2, 3].map(() => add(one).dataSync()[0])).toEqual([12, 14, 16]);
    expect(numbers(w)).toEqual([3, 13]);
  });

  it("is read by dataSync, data, print, an operation and a clone, between any calls", async () => {
    add(one);
    expect(numbers(w)).toEqual([1, 11]);
    add(one);
    expect(Array.from(await w.data())).toEqual([2, 12]);
    add(one);
    expect(numbers(tf.mul(w, 2))).toEqual([6, 26]);
    add(one);
    expect(numbers(w.clone())).toEqual([4, 14]);
    add(one);
    expect(w.toString()).toContain("[5, 15]");
    expect(numbers(w.reshape([2, 1]))).toEqual([5, 15]);
  });

  itNative("is disposed without getting its value out, and a clone of before stays", () => {
    add(one);
    const before = w.clone();
    add(one);
    const { runs, restore } = watchBinding();
    onTestFinished(restore);
    w.dispose();
    expect(runs).toHaveBeenCalledTimes(0);
    expect(numbers(before)).toEqual([1, 11]);
  });

  itNative("is assigned without getting its value out, and goes on from the new one", () => {
    add(one);
    const { runs, restore } = watchBinding();
    onTestFinished(restore);
    w.assign(tf.tensor1d([5, 6]));
    expect(runs).toHaveBeenCalledTimes(0);
    add(one);
    expect(numbers(w)).toEqual([6, 7]);
  });

  itNative("costs no copy unless somebody looks, and then one", () => {
    add(one);
    const { runs, restore } = watchBinding();
    onTestFinished(restore);
    for (let i = 0; i < 10; i++) add(one);
    expect(runs).toHaveBeenCalledTimes(10);
    numbers(w);
    numbers(w);
    expect(runs).toHaveBeenCalledTimes(11);
    add(one);
    expect(runs).toHaveBeenCalledTimes(12);
  });

  it("leaves a clone with the value of its moment, read before the next call or after it", () => {
    const clones = [tf.clone(w)];
    for (let i = 0; i < 3; i++) {
      add(one);
      clones.push(tf.clone(w));
    }
    expect(numbers(clones[3]!)).toEqual([3, 13]);
    add(one);
    expect(clones.map(numbers)).toEqual([0, 1, 2, 3].map((n) => [n, 10 + n]));
    expect(numbers(w)).toEqual([4, 14]);
    tf.dispose(clones);
    add(one);
    expect(numbers(w)).toEqual([5, 15]);
  });

  it("takes what is assigned outside, also from itself, a clone, and another variable", () => {
    add(one);
    w.assign(tf.tensor1d([100, 200]));
    expect(numbers(w)).toEqual([100, 200]);
    expect(add(one).dataSync()[0]).toBe(302);
    w.assign(tf.mul(w, 2) as Tensor1D);
    expect(add(one).dataSync()[0]).toBe(606);
    const clone = w.clone();
    add(one);
    w.assign(clone);
    expect(numbers(w)).toEqual([203, 403]);
    add(one);
    expect([numbers(clone), numbers(w)]).toEqual([
      [203, 403],
      [204, 404],
    ]);
    const other = tf.variable(tf.tensor1d([1, 2]));
    w.assign(other);
    add(one);
    expect([numbers(other), numbers(w)]).toEqual([
      [1, 2],
      [2, 3],
    ]);
    other.dispose();
  });

  itNative("is the same in several functions and shapes, which take turns without copies", () => {
    const read = compile((x: Tensor) => tf.mul(w, x));
    add(one);
    expect(numbers(read(tf.scalar(2)))).toEqual([2, 22]);
    add(tf.scalar(5));
    expect(numbers(read(one))).toEqual([6, 16]);
    const { runs, loads, restore } = watchBinding();
    onTestFinished(restore);
    for (let i = 0; i < 5; i++) {
      add(one);
      read(tf.scalar(1));
      add(tf.scalar(1));
      expect(numbers(read(one))).toEqual([8 + 2 * i, 18 + 2 * i]);
    }
    expect(runs).toHaveBeenCalledTimes(20);
    expect(loads).not.toHaveBeenCalled();
    read.dispose();
    add(one);
    expect(numbers(w)).toEqual([17, 27]);
  });

  it("brings functions together that had nothing in common before", () => {
    const v = tf.variable(tf.tensor1d([1, 2]));
    const double = compile(() => v.assign(tf.mul(v, 2) as Tensor1D));
    add(one);
    double();
    const both = compile(() => {
      w.assign(tf.add(w, v) as Tensor1D);
      v.assign(w as Tensor as Tensor1D);
      return tf.add(w, v);
    });
    expect(numbers(both())).toEqual([6, 30]);
    double();
    add(one);
    expect([numbers(w), numbers(v)]).toEqual([
      [4, 16],
      [6, 30],
    ]);
    for (const { dispose } of [double, both]) dispose();
    v.dispose();
  });

  it("may be an argument of the function that writes it, which keeps no tensor of it", () => {
    add(one);
    const before = tf.memory().numTensors;
    const sum = add(w);
    expect(sum.dataSync()[0]).toBe(24);
    sum.dispose();
    expect(numbers(w)).toEqual([2, 22]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("frees what the function makes besides its results, which are the caller's alone", () => {
    const same = compile((x: Tensor) => [x, w, tf.mul(tf.add(x, 1), 2)]);
    for (const result of same(one)) result.dispose();
    const before = tf.memory().numTensors;
    for (const result of same(one)) result.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect([one.isDisposed, w.isDisposed]).toEqual([false, false]);
    same.dispose();
  });

  it("shares nothing with a tensor that it was made from or assigned", () => {
    const from = tf.tensor1d([5, 5]);
    const v = tf.variable(from);
    const f = compile(() => {
      v.assign(tf.add(v, from) as Tensor1D);
      return tf.sub(v, from);
    });
    expect([f(), f(), f()].map(numbers)).toEqual([
      [5, 5],
      [10, 10],
      [15, 15],
    ]);
    expect(numbers(from)).toEqual([5, 5]);
    f.dispose();
    v.dispose();
  });

  it("that the function makes at its first call starts there, and lives on", () => {
    let made: Variable | undefined;
    const f = compile((x: Tensor) => {
      made ??= tf.variable(tf.tensor1d([1, 1]), false);
      made.assign(tf.add(tf.mul(made, 2), x) as Tensor1D);
      return made;
    });
    expect([f(one), f(one)].map(numbers)).toEqual([
      [3, 3],
      [7, 7],
    ]);
    expect(numbers(made!)).toEqual([7, 7]);
    f.dispose();
    expect(numbers(made!)).toEqual([7, 7]);
    made!.dispose();
  });

  it("may be written and read several times in one call", () => {
    const f = compile((x: Tensor) => {
      const before = w.clone();
      w.assign(tf.add(w, x) as Tensor1D);
      const between = tf.mul(w, 1);
      w.assign(tf.mul(w, w) as Tensor1D);
      return { before, between, after: w };
    });
    const { before, between, after } = f(one);
    expect([before, between, after].map(numbers)).toEqual([
      [0, 10],
      [1, 11],
      [1, 121],
    ]);
    expect(numbers(w)).toEqual([1, 121]);
    f.dispose();
  });

  itNative("keeps its value when tracing fails, and the function goes on", () => {
    add(one);
    const f = compile((x: Tensor) => {
      w.assign(tf.add(w, x) as Tensor1D);
      return w.dataSync()[0]! > 0 ? x : w;
    });
    expect(() => f(one)).toThrow("expected values to stay in the graph");
    expect(numbers(w)).toEqual([1, 11]);
    add(one);
    expect(numbers(w)).toEqual([2, 12]);
  });

  itNative("that is gone is missed by name of its shape", () => {
    add(one);
    w.dispose();
    expect(() => add(one)).toThrow("compile: expected tensors that exist, received one of shape [2] that is disposed");
  });

  itNative("that is gone takes its session with it, as soon as another one opens", () => {
    const v = tf.variable(tf.tensor1d([3, 4]));
    const f = compile(() => v.assign(tf.mul(v, 2) as Tensor1D));
    add(one);
    const before = openSessions();
    w.dispose();
    f();
    expect(openSessions()).toBe(before);
    expect(numbers(v)).toEqual([6, 8]);
    f.dispose();
    v.dispose();
  });

  it("may be replaced by another one", () => {
    add(one);
    w.dispose();
    w = tf.variable(tf.tensor1d([5, 5]));
    expect(add(one).dataSync()[0]).toBe(12);
    expect(numbers(w)).toEqual([6, 6]);
  });

  itNative("is not missed by a function that has nothing to do with it", () => {
    const v = tf.variable(tf.tensor1d([1, 2]));
    const both = compile(() => tf.add(w, v));
    const own = compile(() => v.assign(tf.add(v, 1) as Tensor1D));
    both();
    own();
    w.dispose();
    own();
    v.assign(tf.tensor1d([10, 20]));
    own();
    expect(numbers(v)).toEqual([11, 21]);
    expect(() => both()).toThrow("compile: expected tensors that exist, received one of shape [2] that is disposed");
    for (const { dispose } of [both, own]) dispose();
    v.dispose();
  });

  it("has its value after the function is disposed, and takes part when it is called again", () => {
    add(one);
    add.dispose();
    expect(numbers(w)).toEqual([1, 11]);
    expect(add(one).dataSync()[0]).toBe(14);
  });

  /** So many functions with a variable, and thus a session, each. */
  const many = () =>
    Array.from({ length: 20 }, (_, i) => {
      const v = tf.variable(tf.tensor1d([i]));
      return { v, f: compile(() => v.assign(tf.add(v, 100) as Tensor1D)) };
    });

  it("comes back when too many sessions are open for all to stay", () => {
    const models = many();
    for (let round = 0; round < 3; round++) for (const { f } of models) f();
    expect(openSessions()).toBeLessThanOrEqual(8);
    expect(models.map(({ v }) => v.dataSync()[0])).toEqual(models.map((_, i) => 300 + i));
    for (const { v, f } of models) {
      f.dispose();
      v.dispose();
    }
  });

  itNative("stays in a session that is used between all others", () => {
    add(one);
    const { runs, restore } = watchBinding();
    onTestFinished(restore);
    const models = many();
    const calls = models.map(({ f }) => {
      f();
      runs.mockClear();
      add(one);
      return runs.mock.calls.length;
    });
    expect(calls).toEqual(models.map(() => 1));
    for (const { v, f } of models) {
      f.dispose();
      v.dispose();
    }
  });
});

/** Everything at random: whatever happens in whatever order, a compiled function and the same one eagerly agree to the bit. */
describe("any sequence of calls, reads, assignments and clones", () => {
  it.each([1, 2, 3, 4, 5, 6])("number %i gives what it gives eagerly", (seed) => {
    const random = new Random(seed);
    const script = Array.from(
      { length: 80 },
      () => [random.uniform(0, 8), random.uniform(), random.uniform()] as const,
    );
    const play = (wrap: <F extends (x: Tensor) => Tensor>(f: F) => F & { dispose?(): void }) => {
      const [a, b] = [tf.variable(tf.tensor1d([1, 2, 3])), tf.variable(tf.tensor1d([0.5, 0, -0.5]))];
      const functions = [
        wrap((x: Tensor) => {
          a.assign(tf.add(tf.mul(a, 0.5), x) as Tensor1D);
          return tf.sum(a);
        }),
        wrap((x: Tensor) => {
          b.assign(tf.sub(a, tf.mul(b, x)) as Tensor1D);
          a.assign(tf.tanh(b) as Tensor1D);
          return tf.sum(tf.mul(a, b));
        }),
        wrap((x: Tensor) => tf.add(tf.mul(a, b), x)),
      ];
      const seen: number[][] = [];
      const kept: Tensor[] = [];
      for (const [what, u, v] of script) {
        const [variable, other] = u < 0.5 ? [a, b] : [b, a];
        const x = v < 0.5 ? tf.scalar(v) : tf.tensor1d([v, 1, -1]);
        if (what < 4) seen.push(numbers(functions[Math.floor(u * 3)]!(x)));
        else if (what < 5) seen.push(numbers(variable));
        else if (what < 6) kept.push(variable.clone());
        else if (what < 7) variable.assign((v < 0.5 ? tf.add(other, v) : (kept.at(-1) ?? other)) as Tensor1D);
        else if (kept.length > 0) seen.push(numbers(kept.splice(Math.floor(u * kept.length), 1)[0]!));
      }
      seen.push(...kept.map(numbers), numbers(a), numbers(b));
      for (const f of functions) f.dispose?.();
      a.dispose();
      b.dispose();
      return seen;
    };
    const compiled = play((f) => compile(f) as unknown as typeof f);
    expect(compiled).toEqual(play((f) => f));
  });
});
