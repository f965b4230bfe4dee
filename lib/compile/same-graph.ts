/** Whether two traces of a function are the same graph: then nothing in it was made by JavaScript anew. */
import type { Tensor } from "../tensor.js";
import { nativeBackend } from "./backend.js";
import type { Graph, GraphNode, Output } from "./graph.js";

/** The first node of `b` that `a` has otherwise, or "" where they are the same. */
export function difference(a: Graph, b: Graph): string {
  const positions = [a, b].map(({ nodes }) => new Map(nodes.map((node, i) => [node, i] as const)));
  /** What a node does, with numbers in the place of other nodes. */
  const text = (node: GraphNode, of: Map<GraphNode, number>) => {
    const inputs = node.inputs.map((input: Output) => [of.get(input.node), input.index]);
    const values = node.values && Array.from(node.values, String);
    return JSON.stringify([node.op, node.attributes, inputs, node.after.map((other) => of.get(other)), values]);
  };
  if (a.nodes.length !== b.nodes.length) return `${a.nodes.length} operations, then ${b.nodes.length}`;
  for (const [i, node] of a.nodes.entries()) {
    const other = b.nodes[i]!;
    if (node.variable !== other.variable || text(node, positions[0]!) !== text(other, positions[1]!)) return node.op;
  }
  const changed = a.captured.some(({ tensor }, i) => !sameValues(tensor, b.captured[i]!.tensor));
  return changed ? "a tensor from outside" : "";
}

function sameValues(a: Tensor, b: Tensor): boolean {
  if (a.dataId === b.dataId) return true;
  const [first, second] = [a, b].map(({ dataId }) => nativeBackend().readSync(dataId));
  return Array.prototype.every.call(first, (value, i) => Object.is(value, second![i]));
}
