/** A loop whose rounds run one of several graphs. */
import { expect, it } from "vitest";
import { loop } from "../../../engine/compile/loop.js";
import { forgetGraph, runGraph } from "../../../engine/compile/session.js";
import { trace } from "../../../engine/compile/trace.js";
import { live } from "../../../engine/live.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { describeNative } from "../../helpers/native.js";

const scalar = (value: number) => tf.scalar(value, "int32");
const numbers = (tensors: Tensor[]) => tensors.map((tensor) => Array.from(tensor.dataSync()));

/** Adds to a variable, multiplies it, and looks at it: three parts. */
function parts() {
  const w = tf.variable(tf.tensor1d([1, 2]));
  const asked: string[] = [];
  const ask = (name: string) => {
    asked.push(name);
    return asked.length;
  };
  const add = trace([tf.tensor1d([0, 0])], ([x]) => {
    w.assign(
      tf.add(
        w,
        tf.mul(
          x!,
          live(() => ask("add")),
        ),
      ),
    );
    return [tf.sum(w)];
  });
  const multiply = trace([tf.scalar(1)], ([x]) => {
    w.assign(
      tf.mul(
        w,
        tf.mul(
          x!,
          live(() => ask("multiply")),
        ),
      ),
    );
    return [];
  });
  const look = trace([tf.tensor1d([1, 10])], ([x]) => [tf.sum(tf.mul(w, x!)), w.clone()]);
  const graph = loop([
    { graph: add, sliced: [0] },
    { graph: multiply, sliced: [0] },
    { graph: look, sliced: [] },
  ]);
  return { w, asked, graph };
}

/** Of each part which of its turns begins a round, then where they end. */
const runs = (rounds: number[][]) => {
  const rows = rounds.map((round) => [...round.map((turn) => Math.max(0, turn)), ...round.map((turn) => turn + 1)]);
  return tf.tensor2d(rows, [rows.length, 6], "int32");
};
const [no, adds] = [-1, (rows: number[][]) => tf.tensor2d(rows, [rows.length, 2])];

describeNative("a program", () => {
  it("runs in each round the parts that have a turn, with their own slices, live numbers and results", () => {
    const { w, asked, graph } = parts();
    const rounds = [
      [0, no, 0],
      [no, 0, no],
      [1, no, 1],
      [no, no, 2],
    ];
    const added = [
      [1, 1],
      [2, 0],
    ];
    const inputs = [adds(added), tf.tensor1d([3]), tf.tensor1d([1, 10])];
    const counts = [2, 1, 3].map(scalar);
    const results = numbers(runGraph(graph, [...inputs, ...counts, runs(rounds), scalar(4)], rounds));
    // [1, 2] + [1, 1]·1 = [2, 3]; · 3·2 = [12, 18]; + [2, 0]·3 = [18, 18]
    expect(asked).toEqual(["add", "multiply", "add"]);
    expect(results).toEqual([
      [5, 36],
      [32, 198, 198],
      [2, 3, 18, 18, 18, 18],
    ]);
    expect(Array.from(w.dataSync())).toEqual([18, 18]);
    forgetGraph(graph);
  });

  it("may leave a part out, and goes on from what the last call has left", () => {
    const { w, asked, graph } = parts();
    const run = (rounds: number[][], counts: number[], added: number[][], multiplied: number[]) => {
      const inputs = [adds(added), tf.tensor1d(multiplied), tf.tensor1d([1, 10]), ...counts.map(scalar)];
      const all = [...inputs, runs(rounds), scalar(rounds.length)];
      return numbers(runGraph(graph, all, rounds));
    };
    expect(run([[no, no, 0]], [0, 0, 1], [], [])).toEqual([[], [21], [1, 2]]);
    expect(run([[no, 0, no]], [0, 1, 0], [], [2])).toEqual([[], [], []]);
    const twice = [
      [0, no, no],
      [1, no, no],
    ];
    const added = [
      [1, 0],
      [0, 1],
    ];
    expect(run(twice, [2, 0, 0], added, [])).toEqual([[8, 11], [], []]);
    expect([Array.from(w.dataSync()), asked]).toEqual([
      [4, 7],
      ["multiply", "add", "add"],
    ]);
    forgetGraph(graph);
  });
});
