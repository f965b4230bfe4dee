/** Function builder: a function inside of a graph, written node by node: what a loop repeats, or what XLA compiles. */
import {
  type Attribute,
  type Body,
  dtypeNumbers,
  first,
  type Graph,
  type GraphNode,
  node,
  type Output,
  type TensorType,
  typeOf,
} from "./graph.js";
import { outputName } from "./output-names.js";

export const ofType = (dtype: string) => ({ T: typeOf(dtype) });
export const typeAt = ({ node: of, index }: Output): TensorType => of.outputs[index]!;
export const typesOf = (outputs: readonly Output[]) => ({
  types: outputs.map((output) => dtypeNumbers[typeAt(output).dtype]!),
});

/** The node that calls `body`, compiled by XLA. */
export function call(body: Body, inputs: Output[]): GraphNode {
  const attributes: Record<string, Attribute> = {
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

/** A function under construction. */
export class FunctionBuilder {
  readonly inputs: GraphNode[] = [];
  readonly nodes: GraphNode[] = [];

  constructor(types: readonly TensorType[]) {
    for (const type of types) this.inputs.push(node("Placeholder", { dtype: typeOf(type.dtype) }, [], type));
  }

  get arguments(): Output[] {
    return this.inputs.map(first);
  }

  add(added: GraphNode): GraphNode {
    this.nodes.push(added);
    return added;
  }

  op(op: string, attributes: Record<string, Attribute>, inputs: Output[], type: TensorType): Output {
    return first(this.add(node(op, attributes, inputs, type)));
  }

  constant(values: number[], shape: number[] = []): Output {
    return first(this.add(node("Const", { dtype: typeOf("int32") }, [], { dtype: "int32", shape }, { values })));
  }

  /** Part number `at` along an axis of `all`. */
  slice(all: Output, at: Output, axis = 0): Output {
    const { dtype, shape } = typeAt(all);
    const attributes = {
      Tparams: typeOf(dtype),
      Tindices: typeOf("int32"),
      Taxis: typeOf("int32"),
      batch_dims: { int: 0 },
    };
    return this.op("GatherV2", attributes, [all, at, this.constant([axis])], {
      dtype,
      shape: shape!.toSpliced(axis, 1),
    });
  }

  unpack(all: Output, types: TensorType[]): Output[] {
    const attributes = { ...ofType(types[0]!.dtype), num: { int: types.length }, axis: { int: 0 } };
    const apart = this.add({ op: "Unpack", attributes, inputs: [all], after: [], outputs: types });
    return types.map((_, index) => ({ node: apart, index }));
  }

  /** Writes `value` to place `at` of `all`. */
  put(all: Output, value: Output, at: Output): Output {
    const { dtype, shape } = typeAt(all);
    const one = [1, ...shape!.slice(1)];
    const reshape = { ...ofType(dtype), Tshape: typeOf("int32") };
    const row = this.op("Reshape", reshape, [value, this.constant(one, [one.length])], { dtype, shape: one });
    const zero = this.constant([0]);
    const pack = { ...ofType("int32"), N: { int: one.length }, axis: { int: 0 } };
    const place = this.op("Pack", pack, [at, ...one.slice(1).map(() => zero)], { dtype: "int32", shape: [one.length] });
    return this.op(
      "XlaDynamicUpdateSlice",
      { ...ofType(dtype), Tindices: typeOf("int32") },
      [all, row, place],
      typeAt(all),
    );
  }

  /** As long as the first of `values` passes `goesOn`, all of them become what `body` makes of them. */
  loop(
    values: Output[],
    goesOn: (scope: FunctionBuilder) => Output,
    body: (scope: FunctionBuilder) => Output[],
  ): Output[] {
    const outputs = values.map(typeAt);
    const condition = new FunctionBuilder(outputs);
    const round = new FunctionBuilder(outputs);
    const calls = { cond: condition.body([goesOn(condition)]), body: round.body(body(round)) };
    const attributes = { T: typesOf(values), parallel_iterations: { int: 1 } };
    const added = this.add({ op: "While", attributes, inputs: values, after: [], outputs, calls });
    // XLA wants the handles of variables straight from where they come from.
    return outputs.map(({ dtype }, index) => (dtype === "resource" ? values[index]! : { node: added, index }));
  }

  /** What `body` makes of `values` where `condition` holds, else the last of `values` as they are. */
  either(condition: Output, values: Output[], body: (scope: FunctionBuilder) => Output[]): Output[] {
    const [then, otherwise] = [new FunctionBuilder(values.map(typeAt)), new FunctionBuilder(values.map(typeAt))];
    const made = body(then);
    const calls = {
      then_branch: then.body(made),
      else_branch: otherwise.body(otherwise.arguments.slice(values.length - made.length)),
    };
    const attributes = { Tcond: typeOf("bool"), Tin: typesOf(values), Tout: typesOf(made) };
    const inputs = [condition, ...values];
    const added = this.add({ op: "If", attributes, inputs, after: [], outputs: made.map(typeAt), calls });
    return made.map((_, index) => ({ node: added, index }));
  }

  /** @throws TraceError for an operation whose outputs have no names that are known: here, not when all graphs are loaded that share variables */
  body(results: Output[]): Body {
    const own = new Set(this.nodes);
    for (const { node: from, index } of [...this.nodes.flatMap(({ inputs }) => inputs), ...results]) {
      if (own.has(from)) outputName(from, index);
    }
    return { inputs: this.inputs, nodes: this.nodes, results };
  }

  /** Copies the operations of a graph; `known` gives the outputs that are there, variables' handles too. */
  copy({ nodes }: Pick<Graph, "nodes">, known: Map<GraphNode, Output[]>): Map<GraphNode, GraphNode> {
    const moved = new Map<GraphNode, GraphNode>();
    for (const old of nodes) {
      if (known.has(old)) continue;
      const inputs = old.inputs.map(({ node: from, index }) => known.get(from)![index]!);
      const copy = this.add({ ...old, inputs, after: old.after.flatMap((before) => moved.get(before) ?? []) });
      moved.set(old, copy);
      known.set(
        old,
        old.outputs.map((_, index) => ({ node: copy, index })),
      );
    }
    return moved;
  }
}
