/**
 * Loop: a graph that runs another one many times in one call, with the next slice of some inputs each time; or one of several, as
 * each round is told. TensorFlow's own loop, written out: each value that goes round passes Merge (the first value, or the last round's), Switch (out, or into
 * another round) and NextIteration; what is the same in all rounds is computed once, and enters them by Enter. A graph that is not this round's turn is
 * passed by the same means: Switch lets no value into it, without which nothing in it runs, and Merge takes up what goes on.
 */
import { ofType } from "./function-builder.js";
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
const bool: TensorType = { dtype: "bool", shape: [] };

/** One of the graphs that rounds of a loop run. */
export interface Part {
  graph: Graph;
  /** Positions of inputs that have another slice in each of its rounds. */
  sliced: readonly number[];
}

/**
 * The graph of `count` runs of `of`. Its inputs are those of `of`, then `count`, an int32 scalar; the inputs in `sliced`
 * and all live numbers have an axis of length count more, in front, and so have the results.
 * @param sliced positions of inputs
 * @param name another one for each loop that shares variables with this one
 * @param capacity the length of the results, zeros at the end, where it is not to be count
 */
export const loop = (of: Graph, sliced: readonly number[], name: string, capacity?: number): Graph =>
  loopOf([{ graph: of, sliced }], name, capacity);

/**
 * The graph of some rounds, each of which runs some of `parts`, in their order. Its inputs are those of the parts; then int32 scalars:
 * how many turns each part has; then int32 [rounds, parts]: how many turns a part has had before this one, or −1 where it has none;
 * then the number of rounds. Axes in front as in `loop`, of as many slices as the part has turns.
 */
export const program = (parts: readonly Part[], name: string): Graph => loopOf(parts, name);

function loopOf(parts: readonly Part[], name: string, capacity?: number): Graph {
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
  const merge = (inputs: Output[], type: TensorType): GraphNode => {
    const attributes = { ...ofType(type.dtype), N: { int: 2 } };
    return add({ op: "Merge", attributes, inputs, after: [], outputs: [type, int32] });
  };
  const switched = (value: Output, condition: Output, type: TensorType): GraphNode => {
    const attributes = ofType(type.dtype);
    return { op: "Switch", attributes, inputs: [value, condition], after: [], outputs: [type, type] };
  };

  /** A value that goes round: `start` at first, later what `next` is given. */
  const goingRound = (start: Output, type: TensorType) => {
    const merged = merge([enter(start, false)], type);
    const next = (value: Output) =>
      merged.inputs.push(first(add(node("NextIteration", ofType(type.dtype), [value], type))));
    return { merge: first(merged), type, next };
  };
  const placeholder = (dtype: TensorType["dtype"], shape: number[]) =>
    add(node("Placeholder", { dtype: typeOf(dtype), shape: { shape } }, [], { dtype, shape }));
  const count = placeholder("int32", []);
  const counter = goingRound(constant([0]), int32);
  const goesOn = add(
    node("Less", ofType("int32"), [counter.merge, enter(first(count), true)], { dtype: "bool", shape: [] }),
  );
  const condition = first(add(node("LoopCond", {}, [first(goesOn)], { dtype: "bool", shape: [] })));
  /** What goes out at the end, and what goes into the round. */
  const split = ({ merge, type }: { merge: Output; type: TensorType }) => {
    const gate = add(switched(merge, condition, type));
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
  const zero = enter(constant([0]), true);
  /** Part number `at` of something with an axis for rounds in front. */
  const slice = (all: GraphNode, at: Output): Output => {
    const { dtype, shape } = all.outputs[0]!;
    const attributes = {
      Tparams: typeOf(dtype),
      Tindices: typeOf("int32"),
      Taxis: typeOf("int32"),
      batch_dims: { int: 0 },
    };
    const inputs = [enter(first(all), true), at, zero];
    return first(addInside(node("GatherV2", attributes, inputs, { dtype, shape: shape!.slice(1) })));
  };

  /** The rows of a tensor, each for itself. */
  const unpack = (all: Output, types: TensorType[]): Output[] => {
    const attributes = { ...ofType(types[0]!.dtype), num: { int: types.length }, axis: { int: 0 } };
    const apart = addInside({ op: "Unpack", attributes, inputs: [all], after: [], outputs: types });
    return types.map((_, index) => ({ node: apart, index }));
  };

  const inputs: GraphNode[] = [];
  const counts = parts.length === 1 ? [count] : parts.map(() => placeholder("int32", []));
  const turns = parts.length === 1 ? undefined : placeholder("int32", [-1, parts.length]);
  const slots = turns ? unpack(slice(turns, first(round)), Array(parts.length).fill(int32)) : [first(round)];
  const live: Graph["live"] = [];
  const captured: Graph["captured"] = [];
  const variables: Graph["variables"] = new Map();
  const results: Output[] = [];
  const lastWrites: GraphNode[] = [];

  for (const [number, part] of parts.entries()) {
    const graph = simplify(part.graph);
    const slot = slots[number]!;
    const isTurn = turns && first(addInside(node("GreaterEqual", ofType("int32"), [slot, zero], bool)));
    const gate = isTurn && addInside(switched(slot, isTurn, int32));
    /** The number of the part's turn; where it has none nothing that waits for it runs. */
    const own = gate ? first(addInside(node("Identity", ofType("int32"), [{ node: gate, index: 1 }], int32))) : slot;

    /** What stands for outputs of the graph: inside of the rounds, or outside where it is the same in all of them. */
    const insides = new Map<GraphNode, Output[]>();
    const outsides = new Map<GraphNode, Output[]>();
    const inside = ({ node: old, index }: Output): Output => {
      const known = insides.get(old) ?? insides.set(old, []).get(old)!;
      known[index] ??= enter(outsides.get(old)![index]!, true);
      return known[index];
    };
    const same = (old: GraphNode): GraphNode => {
      const copy = add(node("Placeholder", old.attributes, [], old.outputs[0]!));
      outsides.set(old, [first(copy)]);
      return copy;
    };
    for (const [i, input] of graph.inputs.entries()) {
      if (!part.sliced.includes(i)) {
        inputs.push(same(input));
        continue;
      }
      const { dtype, shape } = input.outputs[0]!;
      const all = placeholder(dtype, [-1, ...shape!]);
      insides.set(input, [slice(all, own)]);
      inputs.push(all);
    }
    for (const { node: old, tensor } of graph.captured) captured.push({ node: same(old), tensor });

    // Live numbers of one type come together.
    const rows = new Map<GraphNode, GraphNode>();
    const types = new Map(liveNodes(graph).map(({ outputs: [type] }) => [JSON.stringify(type), type!]));
    for (const [text, { dtype, shape }] of types) {
      const alike = liveNodes(graph).filter(({ outputs: [type] }) => JSON.stringify(type) === text);
      const all = placeholder(dtype, [-1, alike.length, ...shape!]);
      const types = alike.map(({ outputs: [type] }) => type!);
      const apart = unpack(slice(all, own), types);
      for (const [index, of] of alike.entries()) {
        rows.set(of, all);
        insides.set(of, [apart[index]!]);
      }
    }
    for (const { node: of, value } of graph.live) live.push({ node: rows.get(of)!, value, part: number });

    const moved = new Map<GraphNode, GraphNode>();
    for (const [variable, handle] of graph.variables) variables.set(variable, handle);
    for (const old of graph.nodes) {
      if (insides.has(old) || outsides.has(old)) continue;
      const isSame = isPure(old) && old.inputs.every(({ node: from }) => outsides.has(from));
      const from = old.inputs.map((input) => (isSame ? outsides.get(input.node)![input.index]! : inside(input)));
      const copy = { ...old, inputs: from, after: old.after.map((before) => moved.get(before)!) };
      if (isSame) add(copy);
      else addInside(copy);
      const outputs = old.outputs.map((_, index) => ({ node: copy, index }));
      if (isSame) outsides.set(old, outputs);
      else insides.set(old, outputs);
      moved.set(old, copy);
      if (old.variable) variables.set(old.variable, copy);
    }

    for (const result of graph.results) {
      const { dtype, shape } = result.node.outputs[result.index]!;
      const elementShape = constant([...shape!], [shape!.length]);
      const attributes = { element_dtype: typeOf(dtype), shape_type: typeOf("int32") };
      const variant: TensorType = { dtype: "variant", shape: [] };
      const empty = add(
        node(
          "TensorListReserve",
          attributes,
          [elementShape, capacity === undefined ? first(counts[number]!) : constant([capacity])],
          variant,
        ),
      );
      const list = goingRound(first(empty), variant);
      const { inside: now, out } = split(list);
      // Not inside of the turn; nobody else holds the list, so that the item is set in place.
      const choice = isTurn && add(switched(now, isTurn, variant));
      const item = { element_dtype: typeOf(dtype) };
      const taken = choice ? { node: choice, index: 1 } : now;
      const set = first(addInside(node("TensorListSetItem", item, [taken, own, inside(result)], variant)));
      list.next(choice ? first(merge([set, { node: choice, index: 0 }], variant)) : set);
      const stacked = { ...item, num_elements: { int: -1 } };
      results.push(first(add(node("TensorListStack", stacked, [out(), elementShape], { dtype, shape: undefined }))));
    }
    const writes = graph.writes.map((write) => moved.get(write)!);
    if (gate) {
      const done = addInside(node("Identity", ofType("int32"), [own], int32));
      done.after.push(...writes);
      previous = merge([first(done), { node: gate, index: 0 }], int32);
    } else lastWrites.push(...writes);
  }
  const next = node("AddV2", ofType("int32"), [first(round), enter(constant([1]), true)], int32);
  next.after.push(...lastWrites, previous);
  counter.next(first(add(next)));
  return {
    nodes,
    inputs: turns ? [...inputs, ...counts, turns, count] : [...inputs, count],
    live,
    captured,
    variables,
    written: new Set(parts.flatMap(({ graph: { written } }) => [...written])),
    results,
    writes: [counted.out().node],
  };
}
