/**
 * Loop: a graph that runs others many times in one call, with the next slice of some inputs each time: TensorFlow's `While`, which one thread
 * runs or, in a function of its own, XLA compiles. What XLA compiles it compiles for fixed shapes: arrays then always have room for as many
 * turns as there can be.
 */
import { call, FunctionBuilder, ofType, typeAt } from "./function-builder.js";
import {
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
import { randomOf } from "./jit.js";
import { simplify } from "./simplify.js";

const int32: TensorType = { dtype: "int32", shape: [] };
const bool: TensorType = { dtype: "bool", shape: [] };
const list: TensorType = { dtype: "variant", shape: [] };

/** One of the graphs that rounds of a loop run. */
export interface Part {
  graph: Graph;
  /** Positions of inputs that have another slice in each of its turns. */
  sliced: readonly number[];
}

export interface LoopOptions {
  /** The length of the results where it is not to be the number of turns: so many turns has a part at most, and so many rounds there are. */
  capacity?: number;
  /** Whether XLA compiles it; it then needs a capacity, which is the length of all arrays. */
  jit?: boolean;
}

/** A part, and where in its turns everything is: a number of what is given, of which a turn has all or its slice. */
interface Prepared {
  graph: Graph;
  places: Map<GraphNode, { at: number; isSliced: boolean }>;
  /** Live numbers of one type, which come together. */
  rows: { of: GraphNode[]; at: number }[];
}

/**
 * The graph of some rounds, each of which runs some of `parts`, in their order, as often as it is told. Its inputs are those of the parts, with
 * an axis in front where they are sliced, as the live numbers have, and the results; and then an int32 scalar, the number of rounds. With one
 * part a round is a turn. With several there are before it: scalars, how many turns each part has; and int32 [rounds, 2 · parts]: of each part
 * which of its turns is the first in this round, then of each where they end. Without jit only the first part may have several in a round.
 */
export function loop(parts: readonly Part[], { capacity, jit = false }: LoopOptions = {}): Graph {
  const length = jit ? capacity! : -1;
  const nodes: GraphNode[] = [];
  const add = (added: GraphNode): GraphNode => {
    nodes.push(added);
    return added;
  };
  const placeholder = (dtype: TensorType["dtype"], shape: number[]) =>
    add(node("Placeholder", { dtype: typeOf(dtype), shape: { shape } }, [], { dtype, shape }));
  const count = placeholder("int32", []);
  const counts = parts.length === 1 ? [count] : parts.map(() => placeholder("int32", []));
  const turns = parts.length === 1 ? undefined : placeholder("int32", [length, 2 * parts.length]);
  const inputs: GraphNode[] = [];
  const live: Graph["live"] = [];
  const captured: Graph["captured"] = [];
  const variables: Graph["variables"] = new Map();
  /** What the function is given beside the number of rounds and the turns, each once. */
  const given: Output[] = [];
  const give = (of: Output): number => given.push(of) - 1;
  const handles = new Map<unknown, number>();

  const prepared = parts.map(({ graph: whole, sliced }, number): Prepared => {
    const graph = simplify(whole, !jit);
    const places: Prepared["places"] = new Map();
    for (const [i, input] of graph.inputs.entries()) {
      const { dtype, shape } = input.outputs[0]!;
      const isSliced = sliced.includes(i);
      const outside = isSliced ? placeholder(dtype, [length, ...shape!]) : add(input);
      inputs.push(outside);
      places.set(input, { at: give(first(outside)), isSliced });
    }
    for (const { node: of, tensor } of graph.captured) {
      captured.push({ node: add(of), tensor });
      places.set(of, { at: give(first(of)), isSliced: false });
    }
    const rows: Prepared["rows"] = [];
    const row = new Map<GraphNode, { all: GraphNode; column: number }>();
    const types = new Map(liveNodes(graph).map(({ outputs: [type] }) => [JSON.stringify(type), type!]));
    for (const [text, { dtype, shape }] of types) {
      const of = liveNodes(graph).filter(({ outputs: [type] }) => JSON.stringify(type) === text);
      const all = placeholder(dtype, [length, of.length, ...shape!]);
      for (const [column, one] of of.entries()) row.set(one, { all, column });
      rows.push({ of, at: give(first(all)) });
    }
    for (const { node: of, value } of graph.live) live.push({ node: row.get(of)!.all, value, part: number });
    for (const of of graph.nodes) {
      if (!of.variable) continue;
      if (!variables.has(of.variable)) variables.set(of.variable, of);
      if (!jit) continue; // The function asks for the handle itself.
      if (!handles.has(of.variable)) handles.set(of.variable, give(first(add(of))));
      places.set(of, { at: handles.get(of.variable)!, isSliced: false });
    }
    if (!jit) {
      const { all, asked } = sameInAllTurns(graph, places);
      nodes.push(...all);
      for (const of of asked) places.set(of, { at: give(first(of)), isSliced: false });
      return { graph, places, rows };
    }
    const { random, nodes: drawing, live: numbers } = randomOf(graph);
    if (random.length > 0) {
      // Drawn for all turns of a call, by TensorFlow.
      const draw: Graph = {
        nodes: drawing,
        inputs: numbers,
        live: [],
        captured: [],
        variables: new Map(),
        written: new Set(),
        results: random.map(first),
        writes: [],
      };
      const drawn = loop([{ graph: draw, sliced: [...numbers.keys()] }], { capacity });
      const outside = new FunctionBuilder([]);
      const stand = (place: GraphNode, of: Output) =>
        Object.assign(place, node("Identity", ofType(typeAt(of).dtype), [of], typeAt(of)));
      for (const [i, one] of numbers.entries()) {
        const { all, column } = row.get(one)!;
        stand(drawn.inputs[i]!, outside.slice(first(all), outside.constant([column]), 1));
      }
      stand(drawn.inputs.at(-1)!, first(counts[number]!));
      nodes.push(...outside.nodes, ...drawn.nodes);
      for (const [i, of] of random.entries()) {
        const stack = drawn.results[i]!;
        stack.node.outputs[stack.index]!.shape = [capacity!, ...of.outputs[0]!.shape!];
        places.set(of, { at: give(stack), isSliced: true });
      }
    }
    return { graph, places, rows };
  });

  if (turns) inputs.push(...counts, turns);
  inputs.push(count);
  const results = prepared.flatMap(({ graph }, part) =>
    graph.results.map(({ node: of, index }) => ({ part, type: of.outputs[index]! })),
  );
  const outside = new FunctionBuilder([]);
  const shapeOf = ({ shape }: TensorType) => outside.constant([...shape!], [shape!.length]);
  const lists = (jit ? [] : results).map(({ part, type }) => {
    const attributes = { element_dtype: typeOf(type.dtype), shape_type: typeOf("int32") };
    const size = capacity === undefined ? first(counts[part]!) : outside.constant([capacity]);
    return outside.op("TensorListReserve", attributes, [shapeOf(type), size], list);
  });
  const passed = [first(count), ...(turns ? [first(turns)] : []), ...given, ...lists];
  const main = jit ? new FunctionBuilder(passed.map(typeAt)) : outside;
  const zeros = ({ dtype, shape }: TensorType) => {
    const whole = [capacity!, ...shape!];
    return first(main.add(node("Const", { dtype: typeOf(dtype) }, [], { dtype, shape: whole }, { values: [0] })));
  };
  const [total, ...others] = (jit ? main.arguments : passed) as [Output, ...Output[]];
  const start = [main.constant([0]), total, ...others, ...(jit ? results.map(({ type }) => zeros(type)) : [])];
  const less = (scope: FunctionBuilder) => scope.op("Less", ofType("int32"), scope.arguments.slice(0, 2), bool);
  const next = (scope: FunctionBuilder, from: Output, after: GraphNode[]) =>
    first(scope.add(node("AddV2", ofType("int32"), [from, scope.constant([1])], int32, { after })));

  /** Does turn number `slot` of a part, on what is given and its results so far. */
  const turn = (
    scope: FunctionBuilder,
    number: number,
    slot: Output,
    values: (at: number) => Output,
    own: Output[],
  ) => {
    const { graph, places, rows } = prepared[number]!;
    const known = new Map<GraphNode, Output[]>();
    for (const [of, { at, isSliced }] of places) known.set(of, [isSliced ? scope.slice(values(at), slot) : values(at)]);
    for (const { of, at } of rows) {
      const types = of.map(({ outputs: [type] }) => type!);
      for (const [i, one] of scope.unpack(scope.slice(values(at), slot), types).entries()) known.set(of[i]!, [one]);
    }
    const moved = scope.copy(graph, known);
    const put = (all: Output, value: Output) =>
      jit
        ? scope.put(all, value, slot)
        : scope.op("TensorListSetItem", { element_dtype: typeOf(typeAt(value).dtype) }, [all, slot, value], list);
    return {
      results: graph.results.map(({ node: from, index }, i) => put(own[i]!, known.get(from)![index]!)),
      writes: graph.writes.map((write) => moved.get(write)!),
    };
  };

  const out = main.loop(start, less, (scope) => {
    const [round, all, ...rest] = scope.arguments as [Output, Output, ...Output[]];
    const shared = rest.slice(turns ? 1 : 0, rest.length - results.length);
    const made = rest.slice(rest.length - results.length);
    if (!turns) {
      const done = turn(scope, 0, round, (at) => shared[at]!, made);
      return [next(scope, round, done.writes), all, ...shared, ...done.results];
    }
    const row = scope.unpack(scope.slice(rest[0]!, round), Array(2 * parts.length).fill(int32));
    let before: GraphNode[] = [];
    for (const [number, { places, rows }] of prepared.entries()) {
      const uses = [...new Set([...places.values(), ...rows].map(({ at }) => at))];
      const own = results.flatMap(({ part }, i) => (part === number ? [i] : []));
      const [begin, end] = [row[number]!, row[parts.length + number]!];
      const [used, found] = [uses.map((at) => shared[at]!), own.map((i) => made[i]!)];
      /** A turn inside of a function of `used`; gives the number of the next one, and the results. */
      const once = (inner: FunctionBuilder, used: Output[], slot: Output, found: Output[]) => {
        const done = turn(inner, number, slot, (at) => used[uses.indexOf(at)]!, found);
        return [next(inner, slot, done.writes), ...done.results];
      };
      // Parts after the first have one turn in a round, or none.
      const ended =
        jit || number === 0
          ? scope.loop([begin, end, ...used, ...found], less, (inner) => {
              const [slot, last, ...some] = inner.arguments as [Output, Output, ...Output[]];
              const same = some.slice(0, uses.length);
              const [next, ...results] = once(inner, same, slot, some.slice(uses.length));
              return [next!, last, ...same, ...results];
            })
          : scope.either(scope.op("Less", ofType("int32"), [begin, end], bool), [...used, begin, ...found], (inner) => {
              const [slot, ...some] = inner.arguments.slice(uses.length) as [Output, ...Output[]];
              return once(inner, inner.arguments.slice(0, uses.length), slot, some);
            });
      ended[0]!.node.after.push(...before);
      before = [ended[0]!.node];
      for (const [i, at] of own.entries()) made[at] = ended.at(i - own.length)!;
    }
    return [next(scope, round, before), all, rest[0]!, ...shared, ...made];
  });
  const ends = out.slice(out.length - results.length);
  const stack = (made: Output, type: TensorType) => {
    const attributes = { element_dtype: typeOf(type.dtype), num_elements: { int: -1 } };
    return main.op("TensorListStack", attributes, [made, shapeOf(type)], { dtype: type.dtype, shape: undefined });
  };
  const done = jit ? call(main.body([...ends, out[0]!]), passed) : out[0]!.node;
  const stacked = ends.map((end, index) => (jit ? { node: done, index } : stack(end, results[index]!.type)));
  return {
    nodes: [...nodes, ...outside.nodes, ...(jit ? [done] : [])],
    inputs,
    live,
    captured,
    variables,
    written: new Set(parts.flatMap(({ graph: { written } }) => [...written])),
    results: stacked,
    writes: [done],
    ...(jit && { capacity }),
  };
}

/** Operations of a part that are the same in all of its turns, so that once is enough, and those of them that others ask for. */
function sameInAllTurns(graph: Graph, places: Prepared["places"]): { all: GraphNode[]; asked: GraphNode[] } {
  const same = new Set<GraphNode>();
  for (const of of graph.nodes) {
    const place = places.get(of);
    const isSame = place
      ? !place.isSliced
      : isPure(of) && !of.variable && of.outputs.length === 1 && of.inputs.every(({ node: from }) => same.has(from));
    if (isSame) same.add(of);
  }
  const used = [...graph.nodes.filter((of) => !same.has(of)).flatMap(({ inputs }) => inputs), ...graph.results];
  // What is a number anyway stays in the function.
  const asked = [...new Set(used.map(({ node: of }) => of))].filter(
    (of) => same.has(of) && !places.has(of) && of.op !== "Const",
  );
  const needed = new Set(asked);
  const all = graph.nodes.toReversed().filter((of) => {
    if (!needed.has(of)) return false;
    for (const { node: from } of of.inputs) if (!places.has(from)) needed.add(from);
    return true;
  });
  return { all: all.reverse(), asked };
}
