/**
 * Loop: a graph that runs another one many times in one call, with the next slice of some inputs each time. TensorFlow's own
 * loop, written out: each value that goes round passes Merge (the first value, or the last round's), Switch (out, or into
 * another round) and NextIteration; what stays the same enters the rounds once, by Enter.
 */
import {
  type Attribute,
  first,
  type Graph,
  type GraphNode,
  node,
  type Output,
  type TensorType,
  typeOf,
} from "./graph.js";

const int32: TensorType = { dtype: "int32", shape: [] };
const ofType = (dtype: string) => ({ T: typeOf(dtype) });

/**
 * The graph of `count` runs of `graph`. Its inputs are those of `graph`, then `count`, an int32 scalar; the inputs in `sliced`
 * and all live numbers have an axis of length count more, in front, and so have the results.
 * @param sliced positions of inputs
 * @param name another one for each loop that shares variables with this one
 */
export function loop(graph: Graph, sliced: readonly number[], name: string): Graph {
  const nodes: GraphNode[] = [];
  const add = (added: GraphNode): GraphNode => {
    nodes.push(added);
    return added;
  };
  const constant = (...values: number[]) =>
    first(add(node("Const", { dtype: typeOf("int32") }, [], { dtype: "int32", shape: [] }, { values })));
  const enter = (from: Output, isConstant: boolean): Output => {
    const type = from.node.outputs[from.index]!;
    const attributes: Record<string, Attribute> = {
      ...ofType(type.dtype),
      frame_name: { string: name },
      is_constant: { bool: isConstant },
      parallel_iterations: { int: 1 },
    };
    return first(add(node("Enter", attributes, [from], type)));
  };

  /** A value that goes round: `start` at first, later what `next` is given. */
  const goingRound = (start: Output, type: TensorType) => {
    const merge = add({
      op: "Merge",
      attributes: { ...ofType(type.dtype), N: { int: 2 } },
      inputs: [enter(start, false)],
      after: [],
      outputs: [type, int32],
    });
    const next = (value: Output) =>
      merge.inputs.push(first(add(node("NextIteration", ofType(type.dtype), [value], type))));
    return { merge: first(merge), type, next };
  };
  const count = add(node("Placeholder", { dtype: typeOf("int32"), shape: { shape: [] } }, [], int32));
  const counter = goingRound(constant(0), int32);
  const goesOn = add(
    node("Less", ofType("int32"), [counter.merge, enter(first(count), true)], { dtype: "bool", shape: [] }),
  );
  const condition = first(add(node("LoopCond", {}, [first(goesOn)], { dtype: "bool", shape: [] })));
  /** What goes out at the end, and what goes into the round. */
  const split = ({ merge, type }: { merge: Output; type: TensorType }) => {
    const gate = add({
      op: "Switch",
      attributes: ofType(type.dtype),
      inputs: [merge, condition],
      after: [],
      outputs: [type, type],
    });
    const out = () => first(add(node("Exit", ofType(type.dtype), [{ node: gate, index: 0 }], type)));
    return { inside: { node: gate, index: 1 }, out };
  };
  const counted = split(counter);
  const round = add(node("Identity", ofType("int32"), [counted.inside], int32));

  // The nodes of the graph, inside of the loop.
  const copies = new Map<GraphNode, Output[]>();
  const moved = new Map<GraphNode, GraphNode>();
  const placeholder = (old: GraphNode, slices: boolean): GraphNode => {
    const { dtype, shape } = old.outputs[0]!;
    if (!slices) {
      const same = add(node("Placeholder", old.attributes, [], { dtype, shape }));
      copies.set(old, [enter(first(same), true)]);
      return same;
    }
    const all = add(node("Placeholder", { dtype: typeOf(dtype) }, [], { dtype, shape: [-1, ...shape!] }));
    const axis = constant(0);
    axis.node.after.push(round);
    const attributes = {
      Tparams: typeOf(dtype),
      Tindices: typeOf("int32"),
      Taxis: typeOf("int32"),
      batch_dims: { int: 0 },
    };
    const row = add(
      node("GatherV2", attributes, [enter(first(all), true), first(round), axis], { dtype, shape: undefined }),
    );
    // TensorFlow sees the shape again, which a slice of something unknown does not have.
    const size = add(
      node(
        "Const",
        { dtype: typeOf("int32") },
        [],
        { dtype: "int32", shape: [shape!.length] },
        { values: shape!, after: [round] },
      ),
    );
    const reshape = node("Reshape", { T: typeOf(dtype), Tshape: typeOf("int32") }, [first(row), first(size)], {
      dtype,
      shape,
    });
    copies.set(old, [first(add(reshape))]);
    return all;
  };
  const inputs = graph.inputs.map((input, i) => placeholder(input, sliced.includes(i)));
  const live = graph.live.map(({ node: old, value }) => ({ node: placeholder(old, true), value }));
  const captured = graph.captured.map(({ node: old, tensor }) => ({ node: placeholder(old, false), tensor }));
  const inside = ({ node: old, index }: Output): Output => copies.get(old)![index]!;
  const variables = new Map(graph.variables);
  for (const old of graph.nodes) {
    if (copies.has(old)) continue;
    if (old.variable) {
      const handle = add({ ...old });
      variables.set(old.variable, handle);
      copies.set(old, [enter(first(handle), true)]);
      continue;
    }
    const copy = add({ ...old, inputs: old.inputs.map(inside), after: [] });
    copies.set(
      old,
      old.outputs.map((_, index) => ({ node: copy, index })),
    );
    moved.set(old, copy);
    copy.after = old.after.map((before) => moved.get(before)!);
    // What takes nothing, or what variables hold, belongs to a round by waiting for it.
    if (old.inputs.length === 0 || old.op === "ReadVariableOp") copy.after.push(round);
  }

  const results = graph.results.map((result) => {
    const { dtype, shape } = result.node.outputs[result.index]!;
    const elementShape = () =>
      add(
        node("Const", { dtype: typeOf("int32") }, [], { dtype: "int32", shape: [shape!.length] }, { values: shape! }),
      );
    const attributes = { element_dtype: typeOf(dtype), shape_type: typeOf("int32") };
    const variant: TensorType = { dtype: "variant", shape: [] };
    const empty = add(node("TensorListReserve", attributes, [first(elementShape()), first(count)], variant));
    const list = goingRound(first(empty), variant);
    const { inside: now, out } = split(list);
    const item = { element_dtype: typeOf(dtype) };
    list.next(first(add(node("TensorListSetItem", item, [now, first(round), inside(result)], variant))));
    const stacked = { ...item, num_elements: { int: -1 } };
    return first(add(node("TensorListStack", stacked, [out(), first(elementShape())], { dtype, shape: undefined })));
  });
  const one = constant(1);
  one.node.after.push(round);
  const next = node("AddV2", ofType("int32"), [first(round), one], int32, {
    after: graph.writes.map((write) => moved.get(write)!),
  });
  counter.next(first(add(next)));
  const { written } = graph;
  return {
    nodes,
    inputs: [...inputs, count],
    live,
    captured,
    variables,
    written,
    results,
    writes: [counted.out().node],
  };
}
