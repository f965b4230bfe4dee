/**
 * How each operation of a graph becomes one for a stack of networks: what was [shape] for one network is [networks, shape] for
 * all. A value that is the same for all of them keeps its shape, and broadcasting joins the two.
 */
import { type Attribute, first, type GraphNode, node, type Output, type TensorType, typeOf } from "./graph.js";
import { TraceError } from "./trace-error.js";

/** A value of the stacked graph. */
export interface Stacked {
  output: Output;
  dtype: TensorType["dtype"];
  /** Of one network. */
  shape: number[];
  /** Whether the networks have values of their own, along an axis in front. */
  own: boolean;
}

/** Adds nodes to the stacked graph. */
export class StackBuilder {
  readonly nodes: GraphNode[] = [];
  /** What has been taken apart, by the node it comes from. */
  readonly #parts = new Map<GraphNode, GraphNode>();

  constructor(readonly count: number) {}

  add(added: GraphNode): GraphNode {
    this.nodes.push(added);
    return added;
  }

  op(op: string, attributes: Record<string, Attribute>, inputs: Output[], type: TensorType): Output {
    return first(this.add(node(op, attributes, inputs, type)));
  }

  integers(values: readonly number[], shape = [values.length]): Output {
    const added = node("Const", { dtype: typeOf("int32") }, [], { dtype: "int32", shape }, { values: [...values] });
    return first(this.add(added));
  }

  /** The type of a value that each network has for itself. */
  type(dtype: TensorType["dtype"], shape: readonly number[]): TensorType {
    return { dtype, shape: [this.count, ...shape] };
  }

  /** `value` with axes of length 1 after that of the networks, up to `rank` axes of one network: what broadcasting needs. */
  align({ output, dtype, shape, own }: Stacked, rank: number): Output {
    if (!own || shape.length >= rank) return output;
    const wide = [...new Array<number>(rank - shape.length).fill(1), ...shape];
    const attributes = { T: typeOf(dtype), Tshape: typeOf("int32") };
    const type = this.type(dtype, wide);
    return this.op("Reshape", attributes, [output, this.integers(type.shape!)], type);
  }

  /** `value` repeated for each network, where they share it. */
  spread({ output, dtype, shape, own }: Stacked): Output {
    if (own) return output;
    const type = this.type(dtype, shape);
    return this.op(
      "BroadcastTo",
      { T: typeOf(dtype), Tidx: typeOf("int32") },
      [output, this.integers(type.shape!)],
      type,
    );
  }

  /** The value of network `k`; taking them apart copies nothing. */
  take({ output, dtype, shape, own }: Stacked, k: number): Output {
    if (!own) return output;
    let parts = this.#parts.get(output.node);
    if (!parts) {
      const outputs = Array.from({ length: this.count }, () => ({ dtype, shape }));
      const attributes = { num: { int: this.count }, T: typeOf(dtype), axis: { int: 0 } };
      parts = this.add({ op: "Unpack", attributes, inputs: [output], after: [], outputs });
      if (output.index === 0) this.#parts.set(output.node, parts);
    }
    return { node: parts, index: k };
  }
}

/** Makes the stacked form of `of`, at least one of whose inputs differs from network to network; gives its outputs. */
type Rule = (builder: StackBuilder, of: GraphNode, inputs: Stacked[]) => Output[];

/** The numbers of an input that has to be a constant. */
function constant({ output, shape }: Stacked): number[] {
  const { values } = output.node;
  const size = shape.reduce((product, length) => product * length, 1);
  return Array.from({ length: size }, (_, i) => values![Math.min(i, values!.length - 1)]!);
}

const stackedTypes = (builder: StackBuilder, of: GraphNode): TensorType[] =>
  of.outputs.map(({ dtype, shape }) => builder.type(dtype, shape!));

/** The operation itself on inputs that fit. */
function same(
  builder: StackBuilder,
  of: GraphNode,
  inputs: Output[],
  op = of.op,
  attributes = of.attributes,
): Output[] {
  const added = builder.add({ op, attributes, inputs, after: [], outputs: stackedTypes(builder, of) });
  return of.outputs.map((_, index) => ({ node: added, index }));
}

/** Element by element, with broadcasting. */
const elementwise: Rule = (builder, of, inputs) => {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  const aligned = inputs.map((input) => builder.align(input, rank));
  return same(builder, of, aligned, of.op === "Select" ? "SelectV2" : of.op);
};

/** From so many multiplications a network on, TensorFlow's batched product is slower than one product after the other. */
const largeProduct = 2 ** 17;

const matMul: Rule = (builder, of, inputs) => {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  const [rows = 1, columns = 1] = of.outputs[0]!.shape!.slice(-2);
  const [{ shape }] = inputs as [Stacked];
  const inner = shape.reduce((product, length) => product * length, 1) / rows;
  if (rank === 2 && rows * inner * columns >= largeProduct) return unrolled(builder, of, inputs);
  return same(
    builder,
    of,
    inputs.map((input) => builder.align(input, rank)),
  );
};

/** Along axes, which are one further back. */
const reduction: Rule = (builder, of, [value, axes]) => {
  const rank = value!.shape.length;
  const shifted = constant(axes!).map((axis) => (axis < 0 ? axis + rank : axis) + 1);
  return same(builder, of, [value!.output, builder.integers(shifted, axes!.shape)]);
};

const reshape: Rule = (builder, of, [value]) => {
  const [type] = stackedTypes(builder, of);
  return same(builder, of, [value!.output, builder.integers(type!.shape!)]);
};

const transpose: Rule = (builder, of, [value, axes]) => {
  const shifted = [0, ...constant(axes!).map((axis) => axis + 1)];
  return same(builder, of, [value!.output, builder.integers(shifted)]);
};

/** Rows of a table: each network has its own table, its own row numbers, or both. */
const gather: Rule = (builder, of, inputs) => {
  const [table, rows, axis] = inputs as [Stacked, Stacked, Stacked];
  if (constant(axis)[0] !== 0) return unrolled(builder, of, inputs);
  const both = table.own && rows.own;
  const attributes = { ...of.attributes, batch_dims: { int: both ? 1 : 0 } };
  return same(builder, of, [table.output, rows.output, builder.integers([table.own ? 1 : 0], [])], of.op, attributes);
};

const sum: Rule = (builder, of, inputs) => {
  if (inputs.every(({ own }) => own))
    return same(
      builder,
      of,
      inputs.map(({ output }) => output),
    );
  const [head, ...rest] = inputs.map((input) => builder.spread(input));
  const [type] = stackedTypes(builder, of);
  return [rest.reduce((total, next) => builder.op("AddV2", { T: of.attributes.T! }, [total, next], type!), head!)];
};

const pack: Rule = (builder, of, inputs) => {
  const { axis } = of.attributes;
  if (!axis || !("int" in axis) || typeof axis.int !== "number" || axis.int < 0) return unrolled(builder, of, inputs);
  const spread = inputs.map((input) => builder.spread(input));
  return same(builder, of, spread, of.op, { ...of.attributes, axis: { int: axis.int + 1 } });
};

/** One-hot rows; the axis that is added is the last one. */
const oneHot: Rule = (builder, of, inputs) => {
  const { axis } = of.attributes;
  const isLast = axis !== undefined && "int" in axis && axis.int === -1 && inputs.slice(1).every(({ own }) => !own);
  return isLast
    ? same(
        builder,
        of,
        inputs.map(({ output }) => output),
      )
    : unrolled(builder, of, inputs);
};

/** The last axis alone matters: the others are rows. */
const byRow: Rule = (builder, of, inputs) =>
  same(
    builder,
    of,
    inputs.map((input) => builder.spread(input)),
  );

/** Once for each network, where there is no operation for all of them. */
const unrolled: Rule = (builder, of, inputs) => {
  const runs = Array.from({ length: builder.count }, (_, k) =>
    builder.add({ ...of, inputs: inputs.map((input) => builder.take(input, k)), after: [] }),
  );
  return of.outputs.map(({ dtype, shape }, index) =>
    builder.op(
      "Pack",
      { N: { int: builder.count }, T: typeOf(dtype), axis: { int: 0 } },
      runs.map((run) => ({ node: run, index })),
      builder.type(dtype, shape!),
    ),
  );
};

const assign: Rule = (builder, of, [handle, value]) => same(builder, of, [handle!.output, builder.spread(value!)]);

const read: Rule = (builder, of, [handle]) => same(builder, of, [handle!.output]);

/** An update in place: its numbers (rates, weights of means) are the same for all networks. */
const update: Rule = (builder, of, inputs) => {
  const isNumber = ({ dtype, shape }: Stacked) => shape.length === 0 && dtype !== "resource";
  if (inputs.some((input) => isNumber(input) && input.own)) {
    throw new TraceError(
      `expected the same numbers for all networks in ${of.op}, received several`,
      "trace plain operations",
    );
  }
  return same(
    builder,
    of,
    inputs.map((input) => (input.shape.length > 0 ? builder.spread(input) : input.output)),
  );
};

const table: [Rule, string][] = [
  [
    elementwise,
    "Abs Add AddV2 Cast Ceil Cos Div Elu Equal Erf Exp Expm1 Floor FloorDiv FloorMod Greater GreaterEqual Identity IsFinite IsInf " +
      "IsNan LeakyRelu LeakyReluGrad Less LessEqual Log Log1p LogicalAnd LogicalNot LogicalOr Maximum Minimum Mod Mul Neg " +
      "NotEqual OnesLike Pow Prelu RealDiv Reciprocal Relu Relu6 ReluGrad Round Rsqrt Select SelectV2 Selu Sigmoid Sign Sin " +
      "Softplus Sqrt Square SquaredDifference Step Sub Tan Tanh ZerosLike",
  ],
  [matMul, "BatchMatMul BatchMatMulV2"],
  [reduction, "All Any ArgMax ArgMin Max Mean Min Prod Sum"],
  [reshape, "Reshape"],
  [transpose, "Transpose"],
  [gather, "GatherV2"],
  [sum, "AddN"],
  [pack, "Pack"],
  [oneHot, "OneHot"],
  [byRow, "LogSoftmax Softmax"],
  [
    unrolled,
    "AvgPool AvgPoolGrad BroadcastTo ConcatV2 Conv2D Conv2DBackpropFilter Conv2DBackpropInput Cumsum DepthwiseConv2dNative " +
      "DepthwiseConv2dNativeBackpropFilter DepthwiseConv2dNativeBackpropInput ExpandDims Fill MaxPool MaxPoolGrad MirrorPad " +
      "Pad PadV2 ReverseV2 Slice Split SplitV Squeeze StatelessRandomNormal StatelessRandomUniform StatelessTruncatedNormal " +
      "StridedSlice Tile Unpack",
  ],
  [assign, "AssignVariableOp"],
  [read, "ReadVariableOp"],
];

const rules = new Map(table.flatMap(([rule, ops]) => ops.split(" ").map((op) => [op, rule] as const)));

/** The rule of `op`; updates in place have one. */
export const ruleOf = (op: string): Rule | undefined =>
  rules.get(op) ?? (op.startsWith("ResourceApply") ? update : undefined);
