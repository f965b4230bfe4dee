/**
 * Graph: a computation as data. Nodes are TensorFlow operations; what flows between them are outputs of other nodes. `trace`
 * makes a graph from a function, `simplify`, `loop` and others rewrite it, `saved-model` writes it for TensorFlow, `session` runs it.
 */
import type { DataType, Tensor, Variable } from "../tensor.js";

/** Shape and dtype of one output of a node; "resource" is the handle of a variable, "variant" a list of tensors. */
export interface TensorType {
  dtype: DataType | "resource" | "variant";
  /** `undefined` where only the run tells. */
  shape: number[] | undefined;
}

/** An attribute of an operation: one value or a list, under the name of its kind in TensorFlow's protocol buffers. */
export type Attribute =
  | { int: number | number[] }
  | { float: number | number[] }
  | { bool: boolean }
  | { string: string }
  /** TensorFlow's number of the dtype (1: float32, 3: int32, 10: bool). */
  | { type: number }
  | { types: number[] }
  | { shape: number[] };

/** One operation. */
export interface GraphNode {
  /** TensorFlow's name of it: "MatMul", "Const", "Placeholder", "VarHandleOp" … */
  op: string;
  attributes: Record<string, Attribute>;
  inputs: Output[];
  /** Nodes that must have run before this one although it takes nothing from them. */
  after: GraphNode[];
  outputs: TensorType[];
  /** The numbers of a "Const". */
  values?: ArrayLike<number>;
  /** The variable of a "VarHandleOp". */
  variable?: Variable;
  /** Functions that it calls, by the name of the attribute: the body of a "While". */
  calls?: Record<string, Body>;
}

/** A function inside of a graph: it sees nothing of what is outside but its arguments. */
export interface Body {
  /** Placeholders in the place of arguments; of a variable the handle. */
  inputs: GraphNode[];
  nodes: GraphNode[];
  results: Output[];
}

/** Output number `index` of `node`. */
export interface Output {
  node: GraphNode;
  index: number;
}

/** A traced function. */
export interface Graph {
  /** Each after all it takes and waits for. */
  nodes: GraphNode[];
  /** Placeholders that the arguments of a call are fed to, in their order. */
  inputs: GraphNode[];
  /** Placeholders for the numbers that are asked for anew at each call (see `live`). */
  live: LiveInput[];
  /** Placeholders for tensors from outside of the function that are too large to be constants. */
  captured: CapturedInput[];
  /** The variables it reads or writes, each with the node of its handle. */
  variables: Map<Variable, GraphNode>;
  /** Those of them that it writes. */
  written: Set<Variable>;
  /** What a call returns, in order. */
  results: Output[];
  /** The nodes that write variables: a call is over when all of them have run. */
  writes: GraphNode[];
  /** In a loop whose live numbers come in arrays of one length, whatever the number of rounds: that length. */
  capacity?: number;
}

export interface LiveInput {
  /** Several numbers may share one: in a loop it has those of all rounds, one row a round. */
  node: GraphNode;
  /** The number; a list of them, one for each network, in a graph for several. */
  value: () => number | readonly number[];
  /** In a loop of several parts: in whose rounds it is asked for. */
  part?: number;
}

export interface CapturedInput {
  node: GraphNode;
  /** Kept alive as long as the graph. */
  tensor: Tensor;
}

/** TensorFlow's numbers of the dtypes. */
export const dtypeNumbers: Record<string, number> = { float32: 1, int32: 3, bool: 10, resource: 20, variant: 21 };

/** A node with one output. */
export function node(
  op: string,
  attributes: Record<string, Attribute>,
  inputs: Output[],
  output: TensorType,
  rest: Partial<GraphNode> = {},
): GraphNode {
  return { op, attributes, inputs, after: [], outputs: [output], ...rest };
}

/** Numbers as text that tells them apart to the bit, which JSON does not do with NaN, ±Infinity and −0. */
export const exactText = (values: ArrayLike<number>): string =>
  Buffer.from(Float64Array.from(values).buffer).toString("base64");

/** The only (or first) output of `node`. */
export const first = (of: GraphNode): Output => ({ node: of, index: 0 });

/** The number of a dtype as an attribute. */
export const typeOf = (dtype: string): Attribute => ({ type: dtypeNumbers[dtype]! });

/** Whether a node's outputs follow from its inputs alone, so that it may be computed once for all who ask, at any time. */
export const isPure = ({ op, after }: GraphNode): boolean =>
  after.length === 0 && !/^(Placeholder|ReadVariable|Assign|Resource|Random|TruncatedNormal|Multinomial)/.test(op);

/** Whether all variables of a graph are still there; after `optimizer.dispose`, for example, they are not. */
export const isWhole = ({ variables }: Graph): boolean => ![...variables.keys()].some(({ isDisposed }) => isDisposed);

/** The placeholders of live numbers, each once. */
export const liveNodes = ({ live }: Pick<Graph, "live">): GraphNode[] => [...new Set(live.map(({ node: of }) => of))];

/** Frees the tensors from outside that a graph has kept alive. */
export function disposeGraph({ captured }: Graph): void {
  for (const { tensor } of captured) tensor.dispose();
}
