/** Feed variables: a graph that takes the values of its variables as arguments, so that it shares no session with those that train them. */
import type { Variable } from "../tensor.js";
import { type Graph, node } from "./graph.js";

/**
 * Turns `graph`, which only reads, into one whose inputs are its own and then `variables`, in their order. It is not used otherwise
 * afterwards.
 * @throws Error where it writes variables
 */
export function feedVariables(graph: Graph): { graph: Graph; variables: Variable[] } {
  if (graph.written.size > 0) throw new Error("feedVariables: expected a graph that only reads its variables.");
  const reads = graph.nodes.filter(({ op }) => op === "ReadVariableOp");
  const variables = reads.map(({ inputs }) => inputs[0]!.node.variable!);
  for (const read of reads) {
    const [value] = read.outputs;
    const attributes = { dtype: read.attributes.dtype!, shape: { shape: value!.shape! } };
    Object.assign(read, node("Placeholder", attributes, [], value!));
  }
  const nodes = graph.nodes.filter(({ variable }) => !variable);
  return { graph: { ...graph, nodes, inputs: [...graph.inputs, ...reads], variables: new Map() }, variables };
}
