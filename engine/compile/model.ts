/**
 * Model: several graphs that share variables, with a name for every node, and how they are run under these names. Names follow
 * from the graphs alone, so that graphs that are the same give models that are the same.
 */
import { createHash } from "node:crypto";
import type { Variable } from "../tensor.js";
import {
  type Attribute,
  type Body,
  exactText,
  first,
  type Graph,
  type GraphNode,
  liveNodes,
  node,
  type Output,
  typeOf,
} from "./graph.js";
import { outputName } from "./output-names.js";

/** A node as TensorFlow reads it. */
export interface Definition {
  name: string;
  op: string;
  /** "name:output", and "^name" for what has to run before. */
  inputs: string[];
  attributes: Record<string, Attribute>;
  /** Names of functions that it calls, by attribute. */
  functions?: Record<string, string>;
  constant?: Constant;
}

/** A function as TensorFlow reads it. Inside, an input is "argument", or "name:what the operation calls its output:number". */
export interface FunctionDefinition {
  name: string;
  /** Name and dtype of each. */
  inputs: (readonly [string, string])[];
  /** Where each comes from, and its dtype. */
  results: (readonly [string, string])[];
  definitions: Definition[];
}

/** The numbers of a "Const"; where they are fewer than the shape has elements, the last one stands for the rest. */
export interface Constant {
  dtype: string;
  shape: number[];
  values: number[];
}

/** What to feed and to fetch, as the binding wants it: names with commas between. */
export interface Signature {
  feeds: string;
  fetches: string;
}

/** The nodes, and how they are run once they are loaded. */
export interface Model {
  /** For each graph: inputs, live and captured to feed, in this order; the results to fetch (one number where there are none). */
  graphs: Map<Graph, Signature>;
  /** Fetches the values of `written`, in their order. */
  readAll: Signature;
  /** Feeds values of `variables`; fetches one number. */
  assignAll: Signature;
  /** Frees the values in the session; fetches one number. */
  clear: Signature;
  /** How many numbers the variables hold. */
  size: number;
  definitions: Definition[];
  functions: FunctionDefinition[];
  /** The same for models that are the same. */
  key: string;
}

/** The model of `graphs`, with what moves `variables` in and those `written` out. */
export function makeModel(
  graphs: readonly Graph[],
  variables: readonly Variable[],
  written: readonly Variable[],
): Model {
  const namer = new Namer();
  const signatures = new Map(graphs.map((graph, i) => [graph, namer.graph(graph, `graph${i}`)]));
  const moves = namer.moves(variables, written);
  const { definitions, functions } = namer;
  const texts = (all: readonly Definition[]) =>
    all.map(({ constant, ...rest }) => [rest, constant && { ...constant, values: exactText(constant.values) }]);
  const text = JSON.stringify([
    texts(definitions),
    functions.map(({ definitions, ...rest }) => [rest, texts(definitions)]),
  ]);
  return {
    graphs: signatures,
    ...moves,
    size: variables.reduce((sum, variable) => sum + variable.size, 0),
    definitions,
    functions,
    key: createHash("sha256").update(text).digest("base64"),
  };
}

type Moves = Pick<Model, "readAll" | "assignAll" | "clear">;

/** Collects nodes under unique names. */
class Namer {
  readonly definitions: Definition[] = [];
  readonly functions: FunctionDefinition[] = [];
  readonly #names = new Map<GraphNode, string>();
  readonly #handles = new Map<Variable, string>();

  graph({ nodes, inputs, live, captured, results, writes }: Graph, name: string): Signature {
    for (const [i, of] of nodes.entries()) {
      if (of.variable) this.#names.set(of, this.#handle(of.variable));
      else this.#write(of, `${name}/${i}`);
    }
    // A result may be an input, or the same twice, and every write has to be waited for.
    const fetched = results.map(
      ({ node: of, index }): GraphNode =>
        node("Identity", { T: typeOf(of.outputs[index]!.dtype) }, [{ node: of, index }], of.outputs[index]!, {
          after: writes,
        }),
    );
    if (fetched.length === 0) fetched.push({ ...done, after: writes });
    for (const [i, result] of fetched.entries()) this.#write(result, `${name}/result${i}`);
    const fed = [...inputs, ...liveNodes({ live }), ...captured.map(({ node }) => node)];
    return this.#signature(fed, fetched);
  }

  moves(variables: readonly Variable[], written: readonly Variable[]): Moves {
    const reads = written.map((variable, i): GraphNode => {
      const { dtype, shape } = variable;
      const read = node("ReadVariableOp", { dtype: typeOf(dtype) }, [this.#handleOf(variable)], { dtype, shape });
      return this.#write(read, `read${i}`);
    });
    const assigns: GraphNode[] = [];
    const values = variables.map((variable, i): GraphNode => {
      const { dtype, shape } = variable;
      const value = node("Placeholder", { dtype: typeOf(dtype), shape: { shape } }, [], { dtype, shape });
      this.#write(value, `value${i}`);
      const inputs = [this.#handleOf(variable), first(value)];
      const assign = { op: "AssignVariableOp", attributes: { dtype: typeOf(dtype) }, inputs, after: [], outputs: [] };
      assigns.push(this.#write(assign, `assign${i}`));
      return value;
    });
    const assigned = this.#write({ ...done, after: assigns }, "assigned");
    const destroys = variables.map((variable, i) => {
      const attributes = { ignore_lookup_error: { bool: true } };
      const inputs = [this.#handleOf(variable)];
      return this.#write({ op: "DestroyResourceOp", attributes, inputs, after: [], outputs: [] }, `destroy${i}`);
    });
    const cleared = this.#write({ ...done, after: destroys }, "cleared");
    const signature = (feeds: GraphNode[], fetches: GraphNode[]) => this.#signature(feeds, fetches);
    return {
      readAll: signature([], reads),
      assignAll: signature(values, [assigned]),
      clear: signature([], [cleared]),
    };
  }

  #signature(feeds: GraphNode[], fetches: GraphNode[]): Signature {
    const names = (nodes: GraphNode[]) => nodes.map((of) => `${this.#names.get(of)}:0`).join();
    return { feeds: names(feeds), fetches: names(fetches) };
  }

  /** The name of a variable's handle, the same in every graph. */
  #handle(variable: Variable): string {
    const known = this.#handles.get(variable);
    if (known !== undefined) return known;
    const name = `variable${this.#handles.size}`;
    this.#handles.set(variable, name);
    this.#write(node("VarHandleOp", this.#handleAttributes(variable), [], { dtype: "resource", shape: [] }), name);
    return name;
  }

  #handleAttributes(variable: Variable): Record<string, Attribute> {
    const { dtype, shape } = variable;
    return { dtype: typeOf(dtype), shape: { shape }, shared_name: { string: this.#handle(variable) } };
  }

  #handleOf(variable: Variable): Output {
    const handle = node("VarHandleOp", {}, [], { dtype: "resource", shape: [] });
    this.#names.set(handle, this.#handle(variable));
    return first(handle);
  }

  #write(written: GraphNode, name: string): GraphNode {
    this.#names.set(written, name);
    const { op, attributes } = written;
    const after = [...new Set(written.after)].map((of) => `^${this.#names.get(of)}`);
    const inputs = written.inputs.map(({ node: of, index }: Output) => `${this.#names.get(of)}:${index}`);
    const functions = this.#functions(written);
    this.definitions.push({
      name,
      op,
      inputs: [...inputs, ...after],
      attributes,
      functions,
      constant: constantOf(written),
    });
    return written;
  }

  /** Writes the functions that a node calls; their names by attribute. */
  #functions({ calls }: GraphNode): Record<string, string> | undefined {
    if (!calls) return undefined;
    return Object.fromEntries(Object.entries(calls).map(([attribute, body]) => [attribute, this.#function(body)]));
  }

  #function({ inputs, nodes, results }: Body): string {
    const names = new Map(inputs.map((of, i) => [of, `argument${i}`]));
    const own = nodes.filter((of) => !names.has(of));
    for (const [i, of] of own.entries()) names.set(of, `n${i}`);
    const isInput = new Set(inputs);
    const reference = ({ node: of, index }: Output) =>
      isInput.has(of) ? names.get(of)! : `${names.get(of)}:${outputName(of, index)}`;
    const definitions = own.map((of): Definition => {
      const after = [...new Set(of.after)].map((before) => `^${names.get(before)}`);
      const { op } = of;
      const attributes = of.variable ? this.#handleAttributes(of.variable) : of.attributes;
      const from = [...of.inputs.map(reference), ...after];
      return {
        name: names.get(of)!,
        op,
        inputs: from,
        attributes,
        functions: this.#functions(of),
        constant: constantOf(of),
      };
    });
    const name = `function${this.functions.length}`;
    this.functions.push({
      name,
      inputs: inputs.map((of) => [names.get(of)!, of.outputs[0]!.dtype] as const),
      results: results.map((of) => [reference(of), of.node.outputs[of.index]!.dtype] as const),
      definitions,
    });
    return name;
  }
}

const constantOf = ({ values, outputs }: GraphNode): Constant | undefined =>
  values && { ...(outputs[0] as Constant), values: Array.from(values) };

/** What is fetched where there is nothing else to fetch. */
const done: GraphNode = node("Const", { dtype: typeOf("int32") }, [], { dtype: "int32", shape: [] }, { values: [0] });
