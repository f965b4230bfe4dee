/** Side by side: one graph that computes what several do, each for itself, so that threads can share them out. */
import type { Graph } from "./graph.js";
import { TraceError } from "./trace-error.js";

/**
 * The graph of all of `graphs`, which have room for as many rounds where they are loops; its inputs and results are theirs, one graph's after the other's.
 * @throws TraceError where one writes a variable of another, which might read it before or afterwards
 */
export function sideBySide(graphs: readonly Graph[]): Graph {
  const variables = new Map(graphs.flatMap((graph) => [...graph.variables]));
  for (const { written } of graphs) {
    for (const variable of written) {
      if (graphs.filter((graph) => graph.variables.has(variable)).length === 1) continue;
      throw new TraceError(
        "expected networks with variables of their own",
        "make each network's layers and optimizer anew",
      );
    }
  }
  return {
    nodes: graphs.flatMap(({ nodes }) => nodes),
    inputs: graphs.flatMap(({ inputs }) => inputs),
    live: graphs.flatMap(({ live }) => live),
    captured: graphs.flatMap(({ captured }) => captured),
    variables,
    written: new Set(graphs.flatMap(({ written }) => [...written])),
    results: graphs.flatMap(({ results }) => results),
    writes: graphs.flatMap(({ writes }) => writes),
    ...(graphs[0]?.capacity !== undefined && { capacity: graphs[0].capacity }),
  };
}
