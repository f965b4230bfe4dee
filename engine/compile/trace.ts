/**
 * Trace: from a function to a graph. A `Recorder` runs the function and writes down its operations; it does so twice, and two
 * graphs that differ show that the function makes something in JavaScript that a graph would keep for ever.
 */
import { setTracer } from "../live.js";
import { restoreSeed, seedState } from "../random.js";
import type { Tensor, Variable } from "../tensor.js";
import { type Attribute, disposeGraph, type Graph, typeOf } from "./graph.js";
import { GraphRandom } from "./random-ops.js";
import { Recorder } from "./recorder.js";
import { Rehearsal, standIn } from "./rehearsal.js";
import { difference } from "./same-graph.js";
import { TraceError } from "./trace-error.js";

let current: Recorder | undefined;

type Run = (inputs: Tensor[]) => Tensor[];

/** What each graph was traced from. */
const origins = new WeakMap<Graph, { run: Run; random: GraphRandom }>();

/**
 * The graph of `run`, which gets tensors of the shapes, dtypes and values of `args` and returns tensors.
 * @throws TraceError where `run` does what a graph cannot; variables and the engine are then as before
 */
export function trace(args: readonly Tensor[], run: Run): Graph {
  if (current) throw new TraceError("expected no other compiled function to be traced", "call it outside of this one");
  // Variables that the function makes (an optimizer's moments) exist from the second trace on.
  const random = new GraphRandom();
  const again = () => {
    const graph = traceOnce(args, run, random);
    if (graph) return graph;
    throw new TraceError("expected no new variables at each call", "make variables outside of the compiled function");
  };
  const graph = traceOnce(args, run, random) ?? again();
  const found = difference(graph, again);
  origins.set(graph, { run, random });
  if (found === "") return graph;
  disposeGraph(graph);
  throw new TraceError(
    `expected the same operations each time, received another ${found}`,
    "make what differs from call to call an argument, or ask for it by live(() => …)",
  );
}

/**
 * What has changed in the function that `graph`, as `trace` gave it, was traced from: the first operation that it would not ask for
 * any more, with the line, as text; nothing where it would be the same graph. The function runs once, and computes nothing.
 */
export function changeSince(graph: Graph): string | undefined {
  const { run, random } = origins.get(graph)!;
  const rehearsal = new Rehearsal(graph);
  const args = graph.inputs.map(({ outputs: [type] }) => standIn(type as { dtype: string; shape: number[] }));
  try {
    const again = traceOnce(args, run, random, rehearsal);
    const isSame = again !== undefined && rehearsal.isComplete(again.results);
    if (again) disposeGraph(again);
    return isSame ? undefined : "fewer operations";
  } catch (error) {
    return (error as Error).message; // whatever it is, a trace will say it
  } finally {
    for (const arg of args) arg.dispose();
  }
}

/**
 * The graph of `run` where it is of one kind with `like`, as `trace` gave it for another function: the same operations with the same
 * numbers, on other variables. `run` runs once, and computes nothing; nothing is returned where anything differs, be it one digit.
 * @param variables that `run` may use: a value of another one differs from what `like` has in its place
 */
export function traceLike(
  like: Graph,
  args: readonly Tensor[],
  run: Run,
  variables: readonly Variable[],
): Graph | undefined {
  if (current) return undefined;
  const seed = seedState();
  const random = new GraphRandom();
  const rehearsal = new Rehearsal(like, true);
  const examples = args.map(standIn);
  let graph: Graph | undefined;
  try {
    graph = traceOnce(examples, run, random, rehearsal, variables);
    if (graph && rehearsal.isComplete(graph.results)) {
      origins.set(graph, { run, random });
      return graph;
    }
  } catch {
    // Whatever it is, a trace will say it.
  } finally {
    for (const example of examples) example.dispose();
  }
  if (graph) disposeGraph(graph);
  restoreSeed(seed);
  return undefined;
}

/** The graph of `run`, or nothing where it made variables. */
function traceOnce(
  args: readonly Tensor[],
  run: Run,
  random: GraphRandom,
  rehearsal?: Rehearsal,
  variables?: readonly Variable[],
): Graph | undefined {
  const recorder = new Recorder(random, rehearsal, variables);
  let whole = false;
  current = recorder;
  setTracer(recorder);
  try {
    whole = recorder.record(args, run);
  } finally {
    current = undefined;
    setTracer();
    if (!whole) disposeGraph(recorder.graph);
  }
  return whole ? recorder.graph : undefined;
}

/**
 * Writes an operation that updates `variables` in place, such as ResourceApplyAdam, into the graph that is being traced; after
 * the variables it takes `inputs`, tensors or float32 numbers.
 */
export function updateInPlace(
  op: string,
  variables: readonly Variable[],
  inputs: readonly (Tensor | number)[],
  attributes: Record<string, Attribute> = {},
): void {
  if (!current) throw new Error(`updateInPlace: expected a function that is being traced, received none: ${op}.`);
  current.update(op, variables, inputs, { T: typeOf(variables[0]!.dtype), ...attributes });
}
