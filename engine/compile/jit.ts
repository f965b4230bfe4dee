/**
 * Jit: graphs that XLA, the compiler inside of TensorFlow, turns into machine code the first time they run. XLA compiles functions, so
 * the graph becomes the body of one, and a loop TensorFlow's functional `While`. Random tensors stay outside: XLA would draw other
 * numbers. What it compiles it compiles for fixed shapes: a loop's arrays always have room for as many turns as there can be.
 */
import { FunctionBuilder, ofType, typeAt, typesOf } from "./function-builder.js";
import {
  type Body,
  first,
  type Graph,
  type GraphNode,
  liveNodes,
  node,
  type Output,
  type TensorType,
  typeOf,
} from "./graph.js";
import { loop, type Part } from "./loop.js";
import { simplify } from "./simplify.js";
import { TraceError } from "./trace-error.js";

const int32: TensorType = { dtype: "int32", shape: [] };
const isRandom = ({ op }: GraphNode): boolean => /^Stateless(Random|Truncated)/.test(op);

/** Whether an error of a graph's first run says that XLA cannot compile it; its operation, where it is named. */
export function jitFailure(error: unknown): string | undefined {
  const { message } = error as Error;
  if (!/xla/i.test(message)) return undefined;
  return (
    /(?:on XLA_\w+:|XLA can compile, received) (\w+)/.exec(message)?.[1] ??
    message.replaceAll(/\s+/g, " ").slice(0, 300)
  );
}

/** The node that calls `body`, compiled by XLA. */
function call(body: Body, inputs: Output[]): GraphNode {
  const attributes = {
    Tin: typesOf(inputs),
    Tout: typesOf(body.results),
    config: { string: "" },
    config_proto: { string: "" },
    executor_type: { string: "" },
    _XlaMustCompile: { bool: true },
  };
  const outputs = body.results.map(typeAt);
  return { op: "StatefulPartitionedCall", attributes, inputs, after: [], outputs, calls: { f: body } };
}

/** The random tensors of a graph, with all that they are made of. @throws TraceError where that is more than constants and live numbers */
function randomOf(graph: Graph): { random: GraphNode[]; nodes: GraphNode[]; live: GraphNode[] } {
  const random = graph.nodes.filter(isRandom);
  const needed = new Set(random);
  for (const of of graph.nodes.toReversed()) {
    if (needed.has(of)) for (const { node: from } of of.inputs) needed.add(from);
  }
  const live = liveNodes(graph).filter((of) => needed.has(of));
  const nodes = graph.nodes.filter((of) => needed.has(of));
  const other = nodes.find((of) => of.variable || (of.op === "Placeholder" && !live.includes(of)));
  if (!other) return { random, nodes, live };
  throw new TraceError(
    `expected random tensors that depend on the step alone, which XLA can compile, received ${random[0]!.op} of others`,
    "leave out jit: true",
  );
}

/** The same as `graph`, compiled by XLA. */
export function jit(graph: Graph): Graph {
  const { random, nodes: drawing } = randomOf(graph);
  const placeholders = [...graph.inputs, ...liveNodes(graph), ...graph.captured.map((one) => one.node)];
  const handles = [...graph.variables.values()];
  const given = [...placeholders, ...handles, ...random].map(first);
  const scope = new FunctionBuilder(given.map(typeAt));
  const known = new Map(given.map((of, i) => [of.node, [scope.arguments[i]!]]));
  for (const of of graph.nodes) if (of.variable) known.set(of, known.get(graph.variables.get(of.variable)!)!);
  const moved = scope.copy(graph, known);
  const after = graph.writes.map((write) => moved.get(write)!);
  const results = graph.results.map(({ node: from, index }) => {
    const value = known.get(from)![index]!;
    return first(scope.add(node("Identity", ofType(typeAt(value).dtype), [value], typeAt(value), { after })));
  });
  const done = scope.constant([0]);
  done.node.after = after;
  const called = call(scope.body([...results, done]), given);
  const outside = new Set([...placeholders, ...handles, ...drawing]);
  return {
    ...graph,
    nodes: [...outside, called],
    results: results.map((_, index) => ({ node: called, index })),
    writes: [called],
  };
}

/**
 * What `loop` makes of one part and `program` of several, compiled by XLA: the same inputs, but that those with an axis in front have
 * the length `capacity` along it, and so have the results; and that a round of several parts is told of each which of its turns is the
 * first in this round, then of each where they end, so that turns of one part follow each other in a loop of their own: to enter one, XLA
 * copies the variables.
 * @param capacity so many turns has a part at most, and so many rounds there are
 */
export function jitLoop(parts: readonly Part[], name: string, capacity: number): Graph {
  const nodes: GraphNode[] = [];
  const placeholder = (dtype: TensorType["dtype"], shape: number[]) => {
    const added = node("Placeholder", { dtype: typeOf(dtype), shape: { shape } }, [], { dtype, shape });
    nodes.push(added);
    return added;
  };
  const count = placeholder("int32", []);
  const counts = parts.length === 1 ? [count] : parts.map(() => placeholder("int32", []));
  const turns = parts.length === 1 ? undefined : placeholder("int32", [capacity, 2 * parts.length]);
  const inputs: GraphNode[] = [];
  const live: Graph["live"] = [];
  const captured: Graph["captured"] = [];
  const variables: Graph["variables"] = new Map();
  /** What the function is given besides, each once. */
  const given: Output[] = [];
  const give = (of: Output): number => given.push(of) - 1;
  const handles = new Map<unknown, number>();

  const prepared = parts.map(({ graph: whole, sliced }, number) => {
    const graph = simplify(whole, false);
    /** For each node that is not copied: where it stands among what is given, and whether it has a slice for each turn. */
    const places = new Map<GraphNode, { at: number; isSliced: boolean }>();
    for (const [i, input] of graph.inputs.entries()) {
      const { dtype, shape } = input.outputs[0]!;
      const isSliced = sliced.includes(i);
      const outside = isSliced ? placeholder(dtype, [capacity, ...shape!]) : input;
      if (!isSliced) nodes.push(input);
      inputs.push(outside);
      places.set(input, { at: give(first(outside)), isSliced });
    }
    for (const { node: of, tensor } of graph.captured) {
      nodes.push(of);
      captured.push({ node: of, tensor });
      places.set(of, { at: give(first(of)), isSliced: false });
    }
    const rows: { of: GraphNode[]; at: number }[] = [];
    const row = new Map<GraphNode, { all: GraphNode; column: number }>();
    const types = new Map(liveNodes(graph).map(({ outputs: [type] }) => [JSON.stringify(type), type!]));
    for (const [text, { dtype, shape }] of types) {
      const of = liveNodes(graph).filter(({ outputs: [type] }) => JSON.stringify(type) === text);
      const all = placeholder(dtype, [capacity, of.length, ...shape!]);
      for (const [column, one] of of.entries()) row.set(one, { all, column });
      rows.push({ of, at: give(first(all)) });
    }
    for (const { node: of, value } of graph.live) live.push({ node: row.get(of)!.all, value, part: number });
    for (const of of graph.nodes) {
      if (!of.variable) continue;
      if (!handles.has(of.variable)) {
        nodes.push(of);
        variables.set(of.variable, of);
        handles.set(of.variable, give(first(of)));
      }
      places.set(of, { at: handles.get(of.variable)!, isSliced: false });
    }

    const { random, nodes: drawing, live: numbers } = randomOf(graph);
    if (random.length > 0) {
      // Drawn for all turns of a call, by TensorFlow's own loop.
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
      const drawn = loop(draw, [...numbers.keys()], `${name} random numbers of ${number}`, capacity);
      const outside = new FunctionBuilder([]);
      const stand = (place: GraphNode, { node: of, index }: Output) =>
        Object.assign(
          place,
          node(
            "Identity",
            ofType(typeAt({ node: of, index }).dtype),
            [{ node: of, index }],
            typeAt({ node: of, index }),
          ),
        );
      for (const [i, one] of numbers.entries()) {
        const { all, column } = row.get(one)!;
        stand(drawn.inputs[i]!, outside.slice(first(all), outside.constant([column]), 1));
      }
      stand(drawn.inputs.at(-1)!, first(counts[number]!));
      nodes.push(...outside.nodes, ...drawn.nodes);
      for (const [i, of] of random.entries()) {
        const stack = drawn.results[i]!;
        stack.node.outputs[stack.index]!.shape = [capacity, ...of.outputs[0]!.shape!];
        places.set(of, { at: give(stack), isSliced: true });
      }
    }
    return { graph, places, rows };
  });

  if (turns) inputs.push(...counts, turns);
  inputs.push(count);
  const main = new FunctionBuilder([int32, ...(turns ? [typeAt(first(turns))] : []), ...given.map(typeAt)]);
  const [total, ...passed] = main.arguments as [Output, ...Output[]];
  const offset = turns ? 1 : 0;
  const buffers = parts.flatMap((_, number) =>
    prepared[number]!.graph.results.map(({ node: of, index }) => {
      const { dtype, shape } = of.outputs[index]!;
      const whole = [capacity, ...shape!];
      const zero = node("Const", { dtype: typeOf(dtype) }, [], { dtype, shape: whole }, { values: [0] });
      return first(main.add(zero));
    }),
  );

  /** Does a turn of a part: `values` are those of the loop from what is given on, buffers at their end. */
  const turn = (
    scope: FunctionBuilder,
    number: number,
    slot: Output,
    values: Output[],
  ): { values: Output[]; writes: GraphNode[] } => {
    const { graph, places, rows } = prepared[number]!;
    const known = new Map<GraphNode, Output[]>();
    for (const [of, { at, isSliced }] of places)
      known.set(of, [isSliced ? scope.slice(values[at]!, slot) : values[at]!]);
    for (const { of, at } of rows) {
      const own = scope.unpack(
        scope.slice(values[at]!, slot),
        of.map(({ outputs: [type] }) => type!),
      );
      for (const [i, one] of of.entries()) known.set(one, [own[i]!]);
    }
    const moved = scope.copy(graph, known);
    const next = [...values];
    let at = given.length;
    for (let before = 0; before < number; before++) at += prepared[before]!.graph.results.length;
    for (const { node: from, index } of graph.results) {
      next[at] = scope.put(values[at]!, known.get(from)![index]!, slot);
      at += 1;
    }
    return { values: next, writes: graph.writes.map((write) => moved.get(write)!) };
  };

  const start = [main.constant([0]), total, ...passed, ...buffers];
  const goesOn = (scope: FunctionBuilder) => {
    const [round, all] = scope.arguments as [Output, Output];
    return scope.op("Less", ofType("int32"), [round, all], { dtype: "bool", shape: [] });
  };
  const out = main.loop(start, goesOn, (scope) => {
    const [round, all, ...rest] = scope.arguments as [Output, Output, ...Output[]];
    let values = rest.slice(offset);
    const nextRound = (after: GraphNode[]) =>
      first(scope.add(node("AddV2", ofType("int32"), [round, scope.constant([1])], int32, { after })));
    if (!turns) {
      const done = turn(scope, 0, round, values);
      return [nextRound(done.writes), all, ...done.values];
    }
    const row = scope.unpack(scope.slice(rest[0]!, round), Array(2 * parts.length).fill(int32));
    for (const number of parts.keys()) {
      const isTurn = (inner: FunctionBuilder) => {
        const [slot, end] = inner.arguments as [Output, Output];
        return inner.op("Less", ofType("int32"), [slot, end], { dtype: "bool", shape: [] });
      };
      const [from, end] = [row[number]!, row[parts.length + number]!];
      [, , ...values] = scope.loop([from, end, ...values], isTurn, (inner) => {
        const [slot, last, ...own] = inner.arguments as [Output, Output, ...Output[]];
        const done = turn(inner, number, slot, own);
        const next = node("AddV2", ofType("int32"), [slot, inner.constant([1])], int32, { after: done.writes });
        return [first(inner.add(next)), last, ...done.values];
      }) as [Output, Output, ...Output[]];
    }
    return [nextRound([]), all, rest[0]!, ...values];
  });
  const results = out.slice(2 + offset + given.length);
  const called = call(main.body([...results, out[0]!]), [first(count), ...(turns ? [first(turns)] : []), ...given]);
  return {
    nodes: [...nodes, called],
    inputs,
    live,
    captured,
    variables,
    written: new Set(parts.flatMap(({ graph: { written } }) => [...written])),
    results: results.map((_, index) => ({ node: called, index })),
    writes: [called],
    capacity,
  };
}
