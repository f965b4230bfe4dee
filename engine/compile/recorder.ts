/**
 * Recorder: runs a function and writes down every operation that the engine is asked for. The operations do run, on the
 * arguments of the call, so that shapes are known and any TensorFlow.js code works; what they did to variables is undone.
 */
import type { Tracer } from "../live.js";
import { type Scalar, type Tensor, tf, type Variable } from "../tensor.js";
import { type DataId, nativeBackend, type OpAttribute, plainAttributes } from "./backend.js";
import { type Attribute, first, type Graph, type GraphNode, node, type Output, typeOf } from "./graph.js";
import { type GraphRandom, withRandomOps } from "./random-ops.js";
import { type Rehearsal, standIn } from "./rehearsal.js";
import { copyOf, expectExisting, separate, shareOf } from "./share.js";
import { TraceError } from "./trace-error.js";
import { type Watcher, watch } from "./watch.js";

/** Tensors with more elements than this are fed at each call rather than written into the graph. */
const largestConstant = 1024;

/** Operations whose results have shapes that depend on values. */
const shapedByValues = /^(Where|Unique|UniqueV2|NonMaxSuppression.*)$/;

/** What a trace knows of a variable that the function has touched. */
interface Touched {
  handle: GraphNode;
  /** Shares the value from before the trace, and keeps it alive. Set when the variable is first written. */
  original?: Tensor;
  /** The data that stands for what is stored in the variable at this point of the graph. */
  stored: DataId;
  /** The read of what is stored, once there is one, and what uses it. */
  read?: GraphNode;
  users: GraphNode[];
  /** The last node that wrote the variable. */
  write?: GraphNode;
}

/** A number that counts the calls of a graph, from 0. */
function countCalls(): () => number {
  let calls = 0;
  return () => calls++;
}

/** One run of a function, being written down. */
export class Recorder implements Tracer, Watcher<Output[]> {
  readonly graph: Graph = {
    nodes: [],
    inputs: [],
    live: [],
    captured: [],
    variables: new Map(),
    written: new Set(),
    results: [],
    writes: [],
  };
  readonly #outputs = new Map<DataId, Output>();
  readonly #touched = new Map<Variable, Touched>();
  /** Variables by the data that stands for what is stored in them. */
  readonly #stored = new Map<DataId, Variable>();
  /** Variables that the function made, with their first values. */
  readonly #made = new Map<Variable, Tensor>();
  readonly #random: GraphRandom;
  readonly #rehearsal: Rehearsal | undefined;

  readonly #variables: readonly Variable[];

  /**
   * @param rehearsal in place of operations that run
   * @param variables that the function may use. Default all there are: what is not among them would be taken for a constant
   */
  constructor(
    random: GraphRandom,
    rehearsal?: Rehearsal,
    variables: readonly Variable[] = Object.values(tf.engine().state.registeredVariables),
  ) {
    this.#random = random;
    this.#rehearsal = rehearsal;
    this.#variables = variables;
  }

  /** Traces `run`; false when it made variables, and has to be traced once more. */
  record(args: readonly Tensor[], run: (inputs: Tensor[]) => Tensor[]): boolean {
    const engine = tf.engine();
    for (const variable of this.#variables) {
      // A tensor that shares its data with the variable could not be told from it.
      separate(variable);
      this.#stored.set(variable.dataId, variable);
    }
    engine.startScope("compile");
    const unwatch = watch(this);
    const restoreRandom = withRandomOps(this.#random, () => this.live(countCalls(), "int32"));
    try {
      const results = run(args.map((tensor) => this.#input(tensor)));
      this.graph.results = results.map((tensor) => this.#output(tensor));
      for (const variable of this.#touched.keys()) this.#store(variable);
    } finally {
      unwatch();
      restoreRandom();
      this.#undo();
      engine.endScope();
    }
    return this.#made.size === 0;
  }

  /** A placeholder for what `value` gives at each call; 1 for now. */
  live(value: () => number, dtype: "float32" | "int32"): Scalar {
    const example = tf.scalar(1, dtype);
    const placeholder = this.#placeholder(example);
    this.graph.live.push({ node: placeholder, value });
    return example;
  }

  refuse(what: string): never {
    throw new TraceError(`expected no look at ${what}`, "look inside of live(() => …)");
  }

  /** An operation that changes `variables` in place: it waits for all who use their values of before. */
  update(
    op: string,
    variables: readonly Variable[],
    inputs: readonly (Tensor | number)[],
    attributes: Record<string, Attribute>,
  ): void {
    const refs = inputs.map((input) => this.#output(typeof input === "number" ? tf.scalar(input) : input));
    for (const variable of variables) {
      this.#store(variable);
      this.assigns(variable);
    }
    const touched = variables.map((variable) => this.#touch(variable));
    const update: GraphNode = {
      op,
      attributes,
      inputs: [...touched.map(({ handle }) => first(handle)), ...refs],
      after: touched.flatMap(({ read, users, write }) => [
        ...(read ? [read] : []),
        ...users,
        ...(write ? [write] : []),
      ]),
      outputs: [],
    };
    this.#add(update);
    for (const variable of variables) {
      variable.assign(this.#copy(variable));
      this.#written(variable, update);
    }
  }

  #add(added: GraphNode): GraphNode {
    this.#rehearsal?.expect(added);
    this.graph.nodes.push(added);
    return added;
  }

  results(op: string): Tensor[] | undefined {
    return this.#rehearsal?.results(op);
  }

  /** A tensor like `tensor` in data of its own. */
  #copy(tensor: Tensor): Tensor {
    return this.#rehearsal ? standIn(tensor) : copyOf(tensor);
  }

  begins(op: string, inputs: Tensor[]): Output[] {
    if (shapedByValues.test(op)) {
      throw new TraceError(
        `expected operations whose results have a fixed shape, received ${op}`,
        "call it outside of the compiled function",
      );
    }
    return inputs.map((input) => {
      expectExisting(input);
      return this.#output(input);
    });
  }

  ends(op: string, attributes: OpAttribute[], inputs: Output[], results: Tensor[]): void {
    const outputs = results.map(({ dtype, shape }) => ({ dtype, shape }));
    const wrong = outputs.find(({ dtype }) => dtype === "string" || dtype === "complex64");
    if (wrong) {
      throw new TraceError(
        `expected operations on numbers (float32, int32) or bool, received ${op} with the dtype ${wrong.dtype}`,
        "call it outside of the compiled function",
      );
    }
    const added = this.#add({ op, attributes: plainAttributes(attributes), inputs, after: [], outputs });
    for (const { node: of } of inputs) {
      for (const touched of this.#touched.values()) if (touched.read === of) touched.users.push(added);
    }
    for (const [index, result] of results.entries()) this.#outputs.set(result.dataId, { node: added, index });
  }

  /** Where the data of `tensor` comes from in the graph. */
  #output(tensor: Tensor): Output {
    const { dataId } = tensor;
    const known = this.#outputs.get(dataId);
    if (known) return known;
    const variable = this.#stored.get(dataId);
    const output = first(variable ? this.#read(variable) : this.#constant(tensor));
    this.#outputs.set(dataId, output);
    return output;
  }

  #placeholder({ shape, dtype, dataId }: Tensor): GraphNode {
    const added = this.#add(node("Placeholder", { dtype: typeOf(dtype), shape: { shape } }, [], { dtype, shape }));
    this.#outputs.set(dataId, first(added));
    return added;
  }

  #input(tensor: Tensor): Tensor {
    const example = this.#copy(tensor);
    this.graph.inputs.push(this.#placeholder(example));
    return example;
  }

  #constant(tensor: Tensor): GraphNode {
    const { dtype, shape, size } = tensor;
    if (dtype === "string" || dtype === "complex64") {
      throw new TraceError(
        `expected tensors of numbers or bool, received one of dtype ${dtype}`,
        "use it outside of the compiled function",
      );
    }
    const values = nativeBackend().readSync(tensor.dataId);
    const same = Array.prototype.every.call(values, (value) => Object.is(value, values[0]));
    if (size <= largestConstant || same) {
      const kept = same && size > 0 ? [values[0]!] : Array.from(values);
      return this.#add(node("Const", { dtype: typeOf(dtype) }, [], { dtype, shape }, { values: kept }));
    }
    const placeholder = this.#placeholder(tensor);
    this.#rehearsal?.expectCaptured(tensor, this.graph.captured.length);
    this.graph.captured.push({ node: placeholder, tensor: shareOf(tensor) });
    return placeholder;
  }

  #touch(variable: Variable): Touched {
    const known = this.#touched.get(variable);
    if (known) return known;
    const { dtype, shape } = variable;
    const attributes = { dtype: typeOf(dtype), shape: { shape } };
    const handle = node("VarHandleOp", attributes, [], { dtype: "resource", shape: [] }, { variable });
    const touched: Touched = { handle: this.#add(handle), stored: variable.dataId, users: [] };
    this.graph.variables.set(variable, handle);
    this.#touched.set(variable, touched);
    return touched;
  }

  #read(variable: Variable): GraphNode {
    const touched = this.#touch(variable);
    if (touched.read) return touched.read;
    const { dtype, shape } = variable;
    const read = node("ReadVariableOp", { dtype: typeOf(dtype) }, [first(touched.handle)], { dtype, shape });
    if (touched.write) read.after.push(touched.write);
    touched.read = this.#add(read);
    return read;
  }

  /** Before a variable changes: keeps its value from before the trace, and reads it where a tensor shares its data. */
  assigns(variable: Variable): void {
    if (this.#made.has(variable)) return;
    const touched = this.#touch(variable);
    if (touched.original === undefined) touched.original = shareOf(variable);
    if (variable.dataId !== touched.stored || this.#outputs.has(touched.stored)) return;
    const ours = touched.stored === touched.original.dataId ? 2 : 1;
    if (nativeBackend().tensorMap.get(touched.stored).refCount > ours) {
      this.#outputs.set(touched.stored, first(this.#read(variable)));
    }
  }

  makes(variable: Variable): void {
    this.#made.set(variable, shareOf(variable));
    // Its value was not computed.
    if (this.#rehearsal) variable.dispose();
    this.#rehearsal?.differs("new variable");
  }

  disposes(variable: Variable): void {
    if (this.#made.has(variable)) return;
    throw new TraceError("expected variables to live on", "dispose them outside of the compiled function");
  }

  /** Writes to memory what a variable was last given by `assign`. */
  #store(variable: Variable): void {
    const { handle, stored, read, write } = this.#touch(variable);
    if (this.#made.has(variable) || variable.dataId === stored) return;
    const assign: GraphNode = {
      op: "AssignVariableOp",
      attributes: { dtype: typeOf(variable.dtype) },
      inputs: [first(handle), this.#output(variable)],
      after: [...(read ? [read] : []), ...(write ? [write] : [])],
      outputs: [],
    };
    this.#written(variable, this.#add(assign));
  }

  #written(variable: Variable, write: GraphNode): void {
    const touched = this.#touch(variable);
    this.#stored.set(variable.dataId, variable);
    // After an assignment the value is known without reading it.
    Object.assign(touched, { stored: variable.dataId, read: undefined, users: [], write });
    this.graph.written.add(variable);
    this.graph.writes.push(write);
  }

  /** Gives the variables back what they held before. */
  #undo(): void {
    for (const [variable, first] of this.#made) {
      if (!variable.isDisposed) variable.assign(first);
      first.dispose();
    }
    for (const [variable, { original }] of this.#touched) {
      if (original === undefined) continue;
      if (variable.dataId !== original.dataId) variable.assign(original);
      original.dispose();
    }
  }

  reads(dataId: DataId): void {
    if (!this.#outputs.has(dataId) && !this.#stored.has(dataId)) return;
    const source = this.#outputs.get(dataId)?.node;
    if (source?.op === "Const" || this.graph.captured.some(({ node }) => node === source)) return;
    throw new TraceError(
      "expected values to stay in the graph, received a request to read them (dataSync, arraySync, print …)",
      "return the tensor and read it outside, or use tf.where in place of if",
    );
  }
}
