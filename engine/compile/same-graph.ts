/** Whether two traces of a function are the same graph: then nothing in it was made by JavaScript anew. */
import { createHash } from "node:crypto";
import type { Tensor } from "../tensor.js";
import { nativeBackend } from "./backend.js";
import { disposeGraph, exactText, type Graph, type Output } from "./graph.js";

/** Digests of graphs that a second trace has confirmed. */
const confirmed = new Set<string>();

/**
 * Compares `graph` with the graph that `again` gives, unless an equal one was confirmed before: the same constants twice are no
 * coincidence.
 * @returns the first operation that differs, or "" where all are the same
 */
export function difference(graph: Graph, again: () => Graph): string {
  const lines = describe(graph);
  const digest = createHash("sha256").update(lines.join("\n")).digest("base64");
  if (graph.captured.length === 0 && confirmed.has(digest)) return "";
  const second = again();
  try {
    const others = describe(second);
    const at = lines.findIndex((line, i) => line !== others[i]);
    if (at >= 0) return graph.nodes[at]!.op;
    if (others.length > lines.length) return second.nodes[lines.length]!.op;
    if (graph.captured.some(({ tensor }, i) => !sameValues(tensor, second.captured[i]!.tensor))) return "large tensor";
  } finally {
    disposeGraph(second);
  }
  confirmed.add(digest);
  return "";
}

/** A line for each node: what it does, with numbers in the place of other nodes and of variables. */
function describe({ nodes, variables }: Graph): string[] {
  const positions = new Map(nodes.map((node, i) => [node, i] as const));
  const slots = new Map([...variables.keys()].map((variable, i) => [variable, i] as const));
  return nodes.map(({ op, attributes, inputs, after, values, variable }) =>
    JSON.stringify([
      op,
      attributes,
      inputs.map((input: Output) => [positions.get(input.node), input.index]),
      after.map((other) => positions.get(other)),
      values && exactText(values),
      variable && slots.get(variable),
    ]),
  );
}

/** Whether two tensors hold the same numbers, to the bit. */
export function sameValues(a: Tensor, b: Tensor): boolean {
  if (a.dataId === b.dataId) return true;
  const [first, second] = [a, b].map(({ dataId }) => nativeBackend().readSync(dataId));
  return Array.prototype.every.call(first, (value, i) => Object.is(value, second![i]));
}
