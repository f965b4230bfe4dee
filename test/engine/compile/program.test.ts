/** A loop whose rounds run one of several graphs. */
import { expect, it } from "vitest";
import { disposeGraph } from "../../../engine/compile/graph.js";
import { program } from "../../../engine/compile/loop.js";
import { forgetGraph, runGraph } from "../../../engine/compile/session.js";
import { trace } from "../../../engine/compile/trace.js";
import { live } from "../../../engine/live.js";
import { type Tensor, tf } from "../../../engine/tensor.js";
import { describeNative } from "../../helpers/native.js";

const int32 = (values: number[]) => tf.tensor1d(values, "int32");
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
  const graph = program(
    [
      { graph: add, sliced: [0] },
      { graph: multiply, sliced: [0] },
      { graph: look, sliced: [] },
    ],
    "three",
  );
  return { w, asked, graph };
}

describeNative("a program", () => {
  it("runs in each round the part whose turn it is, with its own slices and live numbers, and one part's results", () => {
    const { w, asked, graph } = parts();
    const turns = [0, 2, 1, 0, 2, 2];
    const slots = [0, 0, 0, 1, 1, 2];
    const [adds, multiplies, looks] = [
      tf.tensor2d([
        [1, 1],
        [2, 0],
      ]),
      tf.tensor1d([3]),
      tf.tensor1d([1, 10]),
    ];
    const sizes = [scalar(2), scalar(1), scalar(3)];
    const inputs = [adds, multiplies, looks, ...sizes, int32(turns), int32(slots), scalar(turns.length)];
    const results = numbers(runGraph(graph, inputs, turns));
    // [1, 2] + [1, 1]·1 = [2, 3]; · 3·2 = [12, 18]; + [2, 0]·3 = [18, 18]
    expect(asked).toEqual(["add", "multiply", "add"]);
    expect(results).toEqual([
      [5, 36],
      [32, 198, 198],
      [2, 3, 18, 18, 18, 18],
    ]);
    expect(Array.from(w.dataSync())).toEqual([18, 18]);
    forgetGraph(graph);
    disposeGraph(graph);
  });

  it("may leave a part out, and goes on from what the last call has left", () => {
    const { w, asked, graph } = parts();
    const run = (turns: number[], adds: number[][], multiplies: number[]) => {
      const had = [0, 0, 0];
      const slots = turns.map((turn) => had[turn]!++);
      const inputs = [tf.tensor2d(adds, [adds.length, 2]), tf.tensor1d(multiplies), tf.tensor1d([1, 10])];
      const all = [...inputs, ...had.map(scalar), int32(turns), int32(slots), scalar(turns.length)];
      return numbers(runGraph(graph, all, turns));
    };
    expect(run([2], [], [])).toEqual([[], [21], [1, 2]]);
    expect(run([1], [], [2])).toEqual([[], [], []]);
    expect(
      run(
        [0, 0],
        [
          [1, 0],
          [0, 1],
        ],
        [],
      ),
    ).toEqual([[8, 11], [], []]);
    expect([Array.from(w.dataSync()), asked]).toEqual([
      [4, 7],
      ["multiply", "add", "add"],
    ]);
    forgetGraph(graph);
  });
});
