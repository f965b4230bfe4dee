/** Threads: whether a graph gains more from TensorFlow's threads, which run what does not depend on each other at once, than they cost. */
import { typeAt } from "./function-builder.js";
import type { Graph, GraphNode, TensorType } from "./graph.js";

/** So many multiplications take longer than handing a graph over to threads and back (some 65 µs). */
const handOver = 1e7;

/** A called function's, such as a loop's, whose rounds nobody has counted. */
const many = 1e9;

/**
 * Whether the work beside the longest path through a graph, which one thread has to go alone, is worth other threads: the networks of
 * `fitAll`, each in a loop of its own, or the products of a wide network's backward. A loop's rounds wait for each other.
 */
export function isForThreads({ nodes }: Pick<Graph, "nodes">): boolean {
  const paths = new Map<GraphNode, number>();
  let [all, longest] = [0, 0];
  for (const node of nodes) {
    const own = multiplications(node);
    const before = [...node.inputs.map((input) => input.node), ...node.after].map((of) => paths.get(of)!);
    const path = Math.max(0, ...before);
    paths.set(node, path + own);
    all += own;
    longest = Math.max(longest, path + own);
  }
  return all - longest > handOver;
}

/** About how many an operation does: m · k · n of a product of m × k by k × n, whose three tensors have m k, k n and m n numbers. */
function multiplications({ op, calls, inputs, outputs }: GraphNode): number {
  if (calls) return many;
  if (/^(Placeholder|Const|ReadVariable|Identity|Reshape)/.test(op)) return 0;
  const sizes = (types: TensorType[]) =>
    types
      .filter(({ dtype }) => dtype === "float32")
      .map(({ shape }) => (shape ?? []).reduce((product, length) => product * length, 1));
  const [taken, made] = [sizes(inputs.map(typeAt)), sizes(outputs)];
  if (/MatMul|Conv2D/.test(op)) return Math.sqrt([...taken, ...made].reduce((product, size) => product * size, 1));
  return Math.max(0, ...(made.length > 0 ? made : taken));
}
