/**
 * Loop: a graph that runs another one many times in one call, with the next slice of some inputs each time. TensorFlow's own
 * loop, written out: each value that goes round passes Merge (the first value, or the last round's), Switch (out, or into
 * another round) and NextIteration; what is the same in all rounds is computed once, and enters them by Enter.
 */
import {
  type Attribute,
  first,
  type Graph,
  type GraphNode,
  isPure,
  liveNodes,
  node,
  type Output,
  type TensorType,
  typeOf,
} from "./graph.js";
import { simplify } from "./simplify.js";

const int32: TensorType = { dtype: "int32", shape: [] };
const ofType = (dtype: string) => ({ T: typeOf(dtype) });

/**
 * The graph of `count` runs of `of`. Its inputs are those of `of`, then `count`, an int32 scalar; the inputs in `sliced`
 * and all live numbers have an axis of length count more, in front, and so have the results.
 * @param sliced positions of inputs
 * @param name another one for each loop that shares variables with this one
 */
export function loop(of: Graph, sliced: readonly number[], name: string): Graph {
  const graph = simplify(of);
  const nodes: GraphNode[] = [];
  const add = (added: GraphNode): GraphNode => {
    nodes.push(added);
    return added;
  };
  const constant = (values: number[], shape: number[] = []) =>
    first(add(node("Const", { dtype: typeOf("int32") }, [], { dtype: "int32", shape }, { values })));
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
  const counter = goingRound(constant([0]), int32);
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
  // TensorFlow does not know that what goes round keeps its shape.
  const round = add(node("EnsureShape", { ...ofType("int32"), shape: { shape: [] } }, [counted.inside], int32));
  let previous = round;
  /**
   * Adds an operation of the rounds. Each waits for the one before, so that it belongs to its round even where it takes nothing
   * of it, and so that one thread runs them all: to hand one over takes longer than most of them do. Threads take whole loops.
   */
  const addInside = (added: GraphNode): GraphNode => {
    if (!added.inputs.some(({ node: from }) => from === previous)) added.after.push(previous);
    previous = add(added);
    return added;
  };

  /** What stands for outputs of the graph: inside of the rounds, or outside where it is the same in all of them. */
  const insides = new Map<GraphNode, Output[]>();
  const outsides = new Map<GraphNode, Output[]>();
  const inside = ({ node: old, index }: Output): Output => {
    const known = insides.get(old) ?? insides.set(old, []).get(old)!;
    known[index] ??= enter(outsides.get(old)![index]!, true);
    return known[index];
  };
  const zero = enter(constant([0]), true);
  const placeholder = (dtype: TensorType["dtype"], shape: number[]) =>
    add(node("Placeholder", { dtype: typeOf(dtype), shape: { shape } }, [], { dtype, shape }));
  /** This round's part of something with an axis for the rounds in front. */
  const slice = (all: GraphNode): Output => {
    const { dtype, shape } = all.outputs[0]!;
    const attributes = {
      Tparams: typeOf(dtype),
      Tindices: typeOf("int32"),
      Taxis: typeOf("int32"),
      batch_dims: { int: 0 },
    };
    const inputs = [enter(first(all), true), first(round), zero];
    return first(addInside(node("GatherV2", attributes, inputs, { dtype, shape: shape!.slice(1) })));
  };
  const same = (old: GraphNode): GraphNode => {
    const copy = add(node("Placeholder", old.attributes, [], old.outputs[0]!));
    outsides.set(old, [first(copy)]);
    return copy;
  };
  const inputs = graph.inputs.map((input, i) => {
    if (!sliced.includes(i)) return same(input);
    const { dtype, shape } = input.outputs[0]!;
    const all = placeholder(dtype, [-1, ...shape!]);
    insides.set(input, [slice(all)]);
    return all;
  });
  const captured = graph.captured.map(({ node: old, tensor }) => ({ node: same(old), tensor }));

  // Live numbers of one type come together.
  const rows = new Map<GraphNode, GraphNode>();
  const types = new Map(liveNodes(graph).map(({ outputs: [type] }) => [JSON.stringify(type), type!]));
  for (const [text, { dtype, shape }] of types) {
    const alike = liveNodes(graph).filter(({ outputs: [type] }) => JSON.stringify(type) === text);
    const all = placeholder(dtype, [-1, alike.length, ...shape!]);
    const attributes = { ...ofType(dtype), num: { int: alike.length }, axis: { int: 0 } };
    const outputs = alike.map(({ outputs: [type] }) => type!);
    const apart = addInside({ op: "Unpack", attributes, inputs: [slice(all)], after: [], outputs });
    for (const [index, of] of alike.entries()) {
      rows.set(of, all);
      insides.set(of, [{ node: apart, index }]);
    }
  }
  const live = graph.live.map(({ node: of, value }) => ({ node: rows.get(of)!, value }));

  const moved = new Map<GraphNode, GraphNode>();
  const variables = new Map(graph.variables);
  for (const old of graph.nodes) {
    if (insides.has(old) || outsides.has(old)) continue;
    const isSame = isPure(old) && old.inputs.every(({ node: from }) => outsides.has(from));
    const inputs = old.inputs.map((input) => (isSame ? outsides.get(input.node)![input.index]! : inside(input)));
    const copy = { ...old, inputs, after: old.after.map((before) => moved.get(before)!) };
    if (isSame) add(copy);
    else addInside(copy);
    const outputs = old.outputs.map((_, index) => ({ node: copy, index }));
    if (isSame) outsides.set(old, outputs);
    else insides.set(old, outputs);
    moved.set(old, copy);
    if (old.variable) variables.set(old.variable, copy);
  }

  const results = graph.results.map((result) => {
    const { dtype, shape } = result.node.outputs[result.index]!;
    const elementShape = constant([...shape!], [shape!.length]);
    const attributes = { element_dtype: typeOf(dtype), shape_type: typeOf("int32") };
    const variant: TensorType = { dtype: "variant", shape: [] };
    const empty = add(node("TensorListReserve", attributes, [elementShape, first(count)], variant));
    const list = goingRound(first(empty), variant);
    const { inside: now, out } = split(list);
    const item = { element_dtype: typeOf(dtype) };
    list.next(first(addInside(node("TensorListSetItem", item, [now, first(round), inside(result)], variant))));
    const stacked = { ...item, num_elements: { int: -1 } };
    return first(add(node("TensorListStack", stacked, [out(), elementShape], { dtype, shape: undefined })));
  });
  const next = node("AddV2", ofType("int32"), [first(round), enter(constant([1]), true)], int32);
  next.after.push(...graph.writes.map((write) => moved.get(write)!), previous);
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
