/**
 * Stack: one graph in the place of the graphs of several networks of the same shape. They are laid on each other, node by node:
 * what differs from network to network gets an axis in front, one entry a network, and a product of matrices becomes a batched
 * one. What comes out is what the networks would have computed one after the other.
 */
import { type Tensor, tf, type Variable } from "../tensor.js";
import { first, type Graph, type GraphNode, node, type Output } from "./graph.js";
import { sameAttributes, sameNumbers } from "./same-parts.js";
import { ruleOf, StackBuilder, type Stacked } from "./stack-rules.js";
import { TraceError } from "./trace-error.js";

/** Variables with an axis in front, each in the place of one variable of every network. */
export class VariableStacks {
  readonly #stacks = new Map<Variable, { own: readonly Variable[]; stack: Variable }>();

  /** The stack of these variables, one of each network, made of their values when it is first asked for. */
  of(own: readonly Variable[]): Variable {
    const known = this.#stacks.get(own[0]!);
    if (known) return known.stack;
    if (new Set(own).size < own.length) {
      throw new TraceError(
        "expected networks with variables of their own",
        "make each network's layers and optimizer anew",
      );
    }
    const stack = tf.tidy(() => tf.variable(tf.stack([...own]), false));
    this.#stacks.set(own[0]!, { own, stack });
    return stack;
  }

  /** Gives every network's variables their values. */
  giveBack(): void {
    tf.tidy(() => {
      for (const { own, stack } of this.#stacks.values()) {
        for (const [k, value] of tf.unstack(stack).entries()) own[k]!.assign(value);
      }
    });
  }

  dispose(): void {
    for (const { stack } of this.#stacks.values()) stack.dispose();
    this.#stacks.clear();
  }
}

/** What networks have in common. */
export interface StackOptions {
  /** Positions of the inputs that all networks get as one and the same tensor; the others get an axis in front. */
  shared: readonly number[];
  /** Whether the numbers that go into updates in place (rates, corrections) are the same for all networks at each step. */
  sameRates: boolean;
}

/**
 * The graph that computes all of `graphs`, which are traces of the same function for different networks. Its inputs, results
 * and variables have an axis in front, one entry a network.
 * @throws TraceError where the graphs differ in more than numbers, or an operation has no rule; `graphs` are then as before
 */
export function stackGraphs(graphs: readonly Graph[], variables: VariableStacks, options: StackOptions): Graph {
  return new Stacking(graphs, variables, options).graph();
}

class Stacking {
  readonly #builder: StackBuilder;
  readonly #values = new Map<GraphNode, Stacked[]>();
  readonly #moved = new Map<GraphNode, GraphNode>();
  readonly #captured: Graph["captured"] = [];
  readonly #variables: Graph["variables"] = new Map();
  readonly #rates: Set<GraphNode>;

  constructor(
    readonly graphs: readonly Graph[],
    readonly stacks: VariableStacks,
    readonly options: StackOptions,
  ) {
    this.#builder = new StackBuilder(graphs.length);
    this.#rates = options.sameRates ? ratesOf(graphs[0]!) : new Set();
  }

  graph(): Graph {
    const [model] = this.graphs as [Graph];
    if (this.graphs.some(({ nodes }) => nodes.length !== model.nodes.length))
      this.#refuse("another number of operations");
    for (const [i, of] of model.nodes.entries()) {
      const all = this.graphs.map(({ nodes }) => nodes[i]!);
      if (all.some(({ op, attributes }) => op !== of.op || !sameAttributes(attributes, of.attributes))) {
        this.#refuse(`another ${of.op}`);
      }
      const values = this.#stack(of, all);
      this.#values.set(of, values);
      const last = this.#builder.nodes.at(-1)!;
      this.#moved.set(of, values[0]?.output.node ?? last);
      this.#moved.get(of)!.after.push(...of.after.map((before) => this.#moved.get(before)!));
    }
    const value = ({ node: of, index }: Output) => this.#values.get(of)![index]!;
    const written = [...model.written].map((variable) => {
      const { variable: stack } = this.#moved.get(model.variables.get(variable)!)!;
      return stack!;
    });
    return {
      nodes: this.#builder.nodes,
      inputs: model.inputs.map((input) => this.#moved.get(input)!),
      live: model.live.map(({ node: of }, i) => {
        const all = this.graphs.map(({ live }) => live[i]!.value);
        const ask = () => all.map((one) => one() as number);
        return { node: this.#moved.get(of)!, value: this.#rates.has(of) ? () => ask()[0]! : ask };
      }),
      captured: this.#captured,
      variables: this.#variables,
      written: new Set(written),
      results: model.results.map((result) => this.#builder.spread(value(result))),
      writes: model.writes.map((write) => this.#moved.get(write)!),
    };
  }

  /** The stacked form of the nodes `all`, which stand at the same place of their graphs. */
  #stack(of: GraphNode, all: readonly GraphNode[]): Stacked[] {
    if (of.op === "Placeholder") return [this.#placeholder(of, all)];
    if (of.op === "Const") return [this.#constant(of, all)];
    if (of.variable) return [this.#handle(of, all)];
    const inputs = of.inputs.map(({ node: from, index }) => this.#values.get(from)![index]!);
    if (!inputs.some(({ own }) => own)) {
      const copy = this.#builder.add({ ...of, inputs: inputs.map(({ output }) => output), after: [] });
      return of.outputs.map(({ dtype, shape }, index) => ({
        output: { node: copy, index },
        dtype,
        shape: shape!,
        own: false,
      }));
    }
    const rule = ruleOf(of.op);
    if (!rule) {
      throw new TraceError(
        `expected operations that can be stacked, received ${of.op}`,
        "train the networks one by one",
      );
    }
    const outputs = rule(this.#builder, of, inputs);
    return of.outputs.map(({ dtype, shape }, index) => ({ output: outputs[index]!, dtype, shape: shape!, own: true }));
  }

  #placeholder(of: GraphNode, all: readonly GraphNode[]): Stacked {
    const [model] = this.graphs as [Graph];
    const { dtype, shape } = of.outputs[0]!;
    const input = model.inputs.indexOf(of);
    const captured = model.captured.findIndex(({ node: one }) => one === of);
    const tensors = captured < 0 ? [] : this.graphs.map((graph) => graph.captured[captured]!.tensor);
    const isSame = tensors.length > 0 && tensors.every(({ dataId }) => dataId === tensors[0]!.dataId);
    const own = !(this.options.shared.includes(input) || this.#rates.has(of) || isSame);
    const type = own ? this.#builder.type(dtype, shape!) : { dtype, shape };
    const added = this.#builder.add(
      node("Placeholder", { ...all[0]!.attributes, shape: { shape: type.shape! } }, [], type),
    );
    if (captured >= 0) {
      const tensor: Tensor = tf.keep(own ? tf.stack(tensors) : tf.clone(tensors[0]!));
      this.#captured.push({ node: added, tensor });
    }
    return { output: first(added), dtype, shape: shape!, own };
  }

  #constant(of: GraphNode, all: readonly GraphNode[]): Stacked {
    const { dtype, shape } = of.outputs[0]!;
    const own = all.some(({ values }) => !sameNumbers(values, of.values));
    if (!own) return { output: first(this.#builder.add({ ...of, after: [] })), dtype, shape: shape!, own };
    const size = shape!.reduce((product, length) => product * length, 1);
    // Fewer numbers than elements: the last one stands for the rest.
    const whole = all.flatMap(({ values }) =>
      Array.from({ length: size }, (_, i) => values![Math.min(i, values!.length - 1)]!),
    );
    const added = node("Const", of.attributes, [], this.#builder.type(dtype, shape!), { values: whole });
    return { output: first(this.#builder.add(added)), dtype, shape: shape!, own };
  }

  #handle(of: GraphNode, all: readonly GraphNode[]): Stacked {
    const stack = this.stacks.of(all.map(({ variable }) => variable!));
    const attributes = { ...of.attributes, shape: { shape: stack.shape } };
    const added = this.#builder.add({ ...of, attributes, variable: stack, after: [] });
    this.#variables.set(stack, added);
    return { output: first(added), dtype: "resource", shape: [], own: true };
  }

  #refuse(received: string): never {
    throw new TraceError(`expected networks with the same operations, received ${received}`, "train them one by one");
  }
}

/** The live numbers that reach a number of an update in place. */
function ratesOf({ nodes, live }: Graph): Set<GraphNode> {
  const reached = new Set<GraphNode>();
  const visit = (of: GraphNode): void => {
    if (reached.has(of)) return;
    reached.add(of);
    for (const { node: from } of of.inputs) visit(from);
  };
  for (const of of nodes) {
    if (!of.op.startsWith("ResourceApply")) continue;
    for (const { node: from, index } of of.inputs) if (from.outputs[index]!.shape?.length === 0) visit(from);
  }
  return new Set(live.map(({ node: of }) => of).filter((of) => reached.has(of)));
}
