/**
 * Simplify: the same results from fewer operations. What a function computes and nobody uses is left out (backward's gradient
 * with respect to the data), what it computes twice is computed once, and some forms have a cheaper one.
 */

import { typeAt } from "./function-builder.js";
import {
  exactText,
  first,
  type Graph,
  type GraphNode,
  isPure,
  node,
  type Output,
  type TensorType,
  typeOf,
} from "./graph.js";
import { byOneDnn, isManyProducts } from "./one-dnn.js";

/**
 * A graph with the same inputs, results and writes as `graph`, which stays as it is.
 * @param areForms whether operations take forms that are cheaper in TensorFlow; XLA finds its own
 */
export function simplify(graph: Graph, areForms = true): Graph {
  const nodes: GraphNode[] = [];
  /** For each old node the one that stands for it, and what stands for its outputs. */
  const moved = new Map<GraphNode, GraphNode>();
  const outputs = new Map<GraphNode, Output[]>();
  const numbers = new Map<GraphNode, number>();
  const seen = new Map<string, GraphNode>();
  const now = ({ node: of, index }: Output): Output => outputs.get(of)![index]!;
  const add = (added: GraphNode): GraphNode => {
    const key = isPure(added) && !added.variable ? keyOf(added, numbers) : undefined;
    const known = key === undefined ? undefined : seen.get(key);
    if (known) return known;
    if (key !== undefined) seen.set(key, added);
    numbers.set(added, nodes.push(added) - 1);
    return added;
  };
  for (const of of graph.nodes) {
    const after = [...new Set(of.after.map((before) => moved.get(before)!))];
    const plain = { ...of, inputs: of.inputs.map(now), after };
    const cheaper = areForms && !isManyProducts(plain) ? cheaperForm(plain, add) : undefined;
    if (cheaper && numbers.has(cheaper.node)) {
      moved.set(of, cheaper.node);
      outputs.set(of, [cheaper]);
      continue;
    }
    const added = add(areForms ? byOneDnn(plain) : plain);
    moved.set(of, added);
    outputs.set(
      of,
      of.outputs.map((_, index) => ({ node: added, index })),
    );
  }

  const old = ({ node: of }: { node: GraphNode }) => moved.get(of)!;
  const writes = graph.writes.map((write) => moved.get(write)!);
  const results = graph.results.map(now);
  const inputs = graph.inputs.map((input) => moved.get(input)!);
  const live = graph.live.map((one) => ({ ...one, node: old(one) }));
  const captured = graph.captured.map((one) => ({ ...one, node: old(one) }));
  const needed = new Set([...writes, ...results.map(({ node: of }) => of), ...inputs]);
  for (const { node: of } of [...live, ...captured]) needed.add(of);
  for (const of of nodes.toReversed()) if (needed.has(of)) for (const { node: from } of of.inputs) needed.add(from);
  for (const of of nodes) of.after = of.after.filter((before) => needed.has(before));
  const variables = [...graph.variables].map(([variable, handle]) => [variable, moved.get(handle)!] as const);
  return {
    nodes: nodes.filter((of) => needed.has(of)),
    inputs,
    live,
    captured,
    variables: new Map(variables.filter(([, handle]) => needed.has(handle))),
    written: graph.written,
    results,
    writes,
  };
}

/** The same for nodes that compute the same. */
function keyOf({ op, attributes, inputs, outputs, values }: GraphNode, numbers: Map<GraphNode, number>): string {
  const from = inputs.map(({ node: of, index }) => [numbers.get(of), index]);
  return JSON.stringify([op, attributes, from, outputs, values && exactText(values)]);
}

/** Another way to compute what `of` computes; new nodes are added by `add`. */
function cheaperForm(of: GraphNode, add: (added: GraphNode) => GraphNode): Output | undefined {
  const [a, b] = of.inputs;
  if (of.op === "AddN" && of.inputs.length === 1) return a;
  if (of.op === "Mul") return reluGradient(of, a!, b!, add) ?? reluGradient(of, b!, a!, add);
  if (of.op === "BatchMatMulV2") return timesTransposed(of, add);
  return undefined;
}

/** dy ⊙ (y > 0), as Mul(dy, Cast(Greater(y, 0))), in one operation. */
function reluGradient(
  { outputs }: GraphNode,
  dy: Output,
  factor: Output,
  add: (added: GraphNode) => GraphNode,
): Output | undefined {
  const { node: cast } = factor;
  const greater = cast.op === "Cast" ? cast.inputs[0]!.node : cast;
  if (greater.op !== "Greater") return undefined;
  const [y, zero] = greater.inputs as [Output, Output];
  const { op, values } = zero.node;
  const [type, ...others] = [outputs[0]!, typeAt(dy), typeAt(y)];
  const same = others.every(({ dtype, shape }) => dtype === "float32" && `${shape}` === `${type.shape}`);
  if (!same || type.dtype !== "float32" || op !== "Const" || values!.length !== 1 || values![0] !== 0) return undefined;
  return first(add(node("ReluGrad", { T: typeOf("float32") }, [dy, y], type)));
}

/**
 * a · bᵀ as (b · aᵀ)ᵀ, where b is the larger one, such as the weights in backward: TensorFlow reads the second factor across
 * its rows, which for wide rows misses the cache each time (32 × 512 by 512 × 512: 4.7 times as fast).
 */
function timesTransposed(
  { attributes, inputs, outputs }: GraphNode,
  add: (added: GraphNode) => GraphNode,
): Output | undefined {
  const [a, b] = inputs.map(typeAt) as [TensorType, TensorType];
  const { adj_x, adj_y, T } = attributes as Record<string, { bool: boolean }>;
  if (adj_x!.bool || !adj_y!.bool || !a.shape || a.shape.length !== b.shape?.length) return undefined;
  const rows = ({ shape }: TensorType) => shape!.at(-2)!;
  if (rows(b) <= 2 * rows(a)) return undefined;
  const { dtype, shape } = outputs[0]!;
  const turned = [...shape!.slice(0, -2), rows(b), rows(a)];
  const product = add(node("BatchMatMulV2", attributes, inputs.toReversed(), { dtype, shape: turned }));
  const axes = shape!.map((_, i) => i);
  const values = [...axes.slice(0, -2), axes.length - 1, axes.length - 2];
  const swap = node("Const", { dtype: typeOf("int32") }, [], { dtype: "int32", shape: [values.length] }, { values });
  const perm = first(add(swap));
  return first(add(node("Transpose", { T: T!, Tperm: typeOf("int32") }, [first(product), perm], outputs[0]!)));
}
