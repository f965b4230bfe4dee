/**
 * Rehearsal: a function that a graph was traced from runs once more, without computing anything, and what it asks for is compared
 * with what was written down. So it turns out whether a JavaScript number that the graph has as a constant has changed since.
 */
import type { Tensor, Variable } from "../tensor.js";
import { nativeBackend } from "./backend.js";
import { dtypeNumbers, type Graph, type GraphNode, type Output } from "./graph.js";
import { sameValues } from "./same-graph.js";
import { sameAttributes, sameNumbers, sameTypes } from "./same-parts.js";
import { callersLine } from "./trace-error.js";

/** Thrown at the first difference: which operation it is, and the caller's line. */
export class Difference extends Error {
  constructor(op: string) {
    super(`another ${op === "Const" ? "number" : op} (at ${callersLine()})`);
  }
}

/** A tensor of the shape and dtype of `like`, without values. */
export const standIn = ({ shape, dtype }: { shape: number[]; dtype: string }): Tensor =>
  nativeBackend().createOutputTensor({ id: -1, shape, dtype: dtypeNumbers[dtype]! });

/** Compares one node after the other with those of a graph. */
export class Rehearsal {
  readonly #graph: Graph;
  /** Where other variables may stand in the places of the graph's: whose place each has. */
  readonly #variables: Map<Variable, Variable> | undefined;
  readonly #taken = new Set<Variable>();
  /** The graph's node in the place of each of ours. */
  readonly #places = new Map<GraphNode, GraphNode>();
  #count = 0;

  /** @param isLike whether other variables may take the places of the graph's, each another one's */
  constructor(graph: Graph, isLike = false) {
    this.#graph = graph;
    if (isLike) this.#variables = new Map();
  }

  /** Whether all nodes of the graph have been there, and the results are the graph's. */
  isComplete(results: readonly Output[]): boolean {
    return this.#count === this.#graph.nodes.length && this.#same(results, this.#graph.results);
  }

  /** Stand-ins for the results of the next operation. */
  results(op: string): Tensor[] {
    const next = this.#graph.nodes[this.#count];
    if (next?.op !== op) this.differs(op);
    return next.outputs.map(({ dtype, shape }) => standIn({ dtype, shape: shape! }));
  }

  /** The next node. */
  expect(node: GraphNode): void {
    const next = this.#graph.nodes[this.#count++];
    const isSame =
      next?.op === node.op &&
      this.#sameVariable(node.variable, next.variable) &&
      this.#same(node.inputs, next.inputs) &&
      next.after.length === node.after.length &&
      next.after.every((before, i) => before === this.#places.get(node.after[i]!)) &&
      // The shape of an input may since have been made more general.
      (node.op === "Placeholder" || sameAttributes(node.attributes, next.attributes)) &&
      sameTypes(node.outputs, next.outputs) &&
      sameNumbers(node.values, next.values);
    if (!isSame) this.differs(node.op);
    // What has been found to be the same is so at a glance for whoever compares again.
    if (node.op !== "Placeholder") node.attributes = next.attributes;
    node.values = next.values;
    this.#places.set(node, next);
  }

  /** The next tensor from outside. */
  expectCaptured(tensor: Tensor, index: number): void {
    const { tensor: captured } = this.#graph.captured[index] ?? {};
    if (!captured || !sameValues(tensor, captured)) this.differs("large tensor");
  }

  differs(op: string): never {
    throw new Difference(op);
  }

  #sameVariable(ours: Variable | undefined, theirs: Variable | undefined): boolean {
    if (!this.#variables || !ours || !theirs) return ours === theirs;
    if (!this.#variables.has(ours) && !this.#taken.has(theirs)) {
      this.#variables.set(ours, theirs);
      this.#taken.add(theirs);
    }
    return this.#variables.get(ours) === theirs;
  }

  #same(ours: readonly Output[], theirs: readonly Output[]): boolean {
    return (
      ours.length === theirs.length &&
      ours.every(({ node, index }, i) => index === theirs[i]!.index && this.#places.get(node) === theirs[i]!.node)
    );
  }
}
