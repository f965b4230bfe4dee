/**
 * Jit: graphs that XLA, the compiler inside of TensorFlow, turns into machine code the first time they run. XLA compiles functions, so
 * the graph becomes the body of one. Random tensors stay outside: XLA would draw other numbers.
 */
import { call, FunctionBuilder, ofType, typeAt } from "./function-builder.js";
import { first, type Graph, type GraphNode, liveNodes, node } from "./graph.js";
import { TraceError } from "./trace-error.js";

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

/** The random tensors of a graph, with all that they are made of. @throws TraceError where that is more than constants and live numbers */
export function randomOf(graph: Graph): { random: GraphNode[]; nodes: GraphNode[]; live: GraphNode[] } {
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
