/**
 * Trace: runs a function once and writes down every operation that the engine is asked for. The operations do run, on the
 * arguments of the call, so that shapes are known and any TensorFlow.js code works; what they did to variables is undone.
 */
import { type DataType, type Scalar, type Tensor, tf, type Variable } from "../tensor.js";
import { type DataId, type NativeBackend, nativeBackend, type OpAttribute } from "./backend.js";
import { type Attribute, disposeGraph, first, type Graph, type GraphNode, node, type Output, typeOf } from "./graph.js";
import { GraphRandom, withRandomOps } from "./random-ops.js";
import { difference } from "./same-graph.js";
import { TraceError } from "./trace-error.js";
import { withTraceableKernels } from "./traceable-kernels.js";

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

let current: Trace | undefined;

/** Whether a function is being traced. */
export const isTracing = (): boolean => current !== undefined;

/**
 * The graph of `run`, which gets tensors of the shapes, dtypes and values of `args` and returns tensors.
 * @throws TraceError where `run` does what a graph cannot; variables and the engine are then as before
 */
export function trace(args: readonly Tensor[], run: (inputs: Tensor[]) => Tensor[]): Graph {
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
  if (found === "") return graph;
  disposeGraph(graph);
  throw new TraceError(
    `expected the same operations each time, received another ${found}`,
    "make what differs from call to call an argument, or ask for it by live(() => …)",
  );
}

/** The graph of `run`, or nothing where it made variables. */
function traceOnce(
  args: readonly Tensor[],
  run: (inputs: Tensor[]) => Tensor[],
  random: GraphRandom,
): Graph | undefined {
  const tracing = new Trace(random);
  let whole = false;
  try {
    whole = tracing.record(args, run);
  } finally {
    if (!whole) disposeGraph(tracing.graph);
  }
  return whole ? tracing.graph : undefined;
}

/**
 * A number that may differ from call to call: a learning rate that follows a schedule, the number of the step. Inside a
 * compiled function `value` is asked once at each call, in the order of the trace, and not while tracing. Elsewhere this is
 * `tf.scalar(value())`.
 */
export function live(value: () => number, dtype: "float32" | "int32" = "float32"): Scalar {
  return current ? current.live(value, dtype) : tf.scalar(value(), dtype);
}

/**
 * Writes an operation that updates `variables` in place, such as ResourceApplyAdam, into the graph that is being traced; after
 * the variables it takes `inputs`, tensors or float32 numbers.
 * @returns false where nothing is being traced: then do it by plain operations
 */
export function updateInPlace(
  op: string,
  variables: readonly Variable[],
  inputs: readonly (Tensor | number)[],
  attributes: Record<string, Attribute> = {},
): boolean {
  current?.update(op, variables, inputs, { T: typeOf(variables[0]!.dtype), ...attributes });
  return current !== undefined;
}

class Trace {
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
  readonly #backend: NativeBackend = nativeBackend();
  readonly #outputs = new Map<DataId, Output>();
  readonly #touched = new Map<Variable, Touched>();
  /** Variables by the data that stands for what is stored in them. */
  readonly #stored = new Map<DataId, Variable>();
  /** Variables that the function made, with their first values. */
  readonly #made = new Map<Variable, Tensor>();

  constructor(readonly random: GraphRandom) {}

  /** Traces `run`; false when it made variables, and has to be traced once more. */
  record(args: readonly Tensor[], run: (inputs: Tensor[]) => Tensor[]): boolean {
    const backend = this.#backend;
    for (const variable of Object.values(tf.engine().state.registeredVariables)) {
      // A tensor that shares its data with the variable could not be told from it.
      if (backend.tensorMap.get(variable.dataId).refCount > 1) this.#separate(variable);
      this.#stored.set(variable.dataId, variable);
    }
    const engine = tf.engine();
    engine.startScope("compile");
    const restore = this.#watch();
    current = this;
    try {
      const results = run(args.map((tensor) => this.#input(tensor)));
      this.graph.results = results.map((tensor) => this.#output(tensor));
      for (const variable of this.#touched.keys()) this.#store(variable);
    } finally {
      current = undefined;
      restore();
      this.#undo();
      engine.endScope();
    }
    return this.#made.size === 0;
  }

  live(value: () => number, dtype: "float32" | "int32"): Scalar {
    const example = tf.scalar(1, dtype);
    const placeholder = this.#placeholder(example);
    this.graph.live.push({ node: placeholder, value });
    return example;
  }

  update(
    op: string,
    variables: readonly Variable[],
    inputs: readonly (Tensor | number)[],
    attributes: Record<string, Attribute>,
  ): void {
    const refs = inputs.map((input) => this.#output(typeof input === "number" ? tf.scalar(input) : input));
    for (const variable of variables) {
      this.#store(variable);
      this.#keepOriginal(variable);
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
    this.graph.nodes.push(added);
    return added;
  }

  /** Has every operation, every look at values and every change of a variable pass by here; gives the way back. */
  #watch(): () => void {
    const backend = this.#backend;
    const { executeSingleOutput, executeMultipleOutputs, readSync, read } = backend;
    const watched = Object.assign(backend, {
      executeSingleOutput: (op: string, attributes: OpAttribute[], inputs: Tensor[]) => {
        const refs = this.#refs(op, inputs);
        const result = executeSingleOutput.call(backend, op, attributes, inputs);
        this.#operation(op, attributes, refs, [result]);
        return result;
      },
      executeMultipleOutputs: (op: string, attributes: OpAttribute[], inputs: Tensor[], count: number) => {
        const refs = this.#refs(op, inputs);
        const results = executeMultipleOutputs.call(backend, op, attributes, inputs, count);
        this.#operation(op, attributes, refs, results);
        return results;
      },
      readSync: (dataId: DataId) => {
        this.#refuseReading(dataId);
        return readSync.call(backend, dataId);
      },
      read: (dataId: DataId) => {
        this.#refuseReading(dataId);
        return read.call(backend, dataId);
      },
    });
    const { assign, dispose } = tf.Variable.prototype;
    const engine = tf.engine();
    const { makeVariable } = engine;
    const trace = this;
    tf.Variable.prototype.assign = function (value) {
      trace.#keepOriginal(this);
      assign.call(this, value);
    };
    tf.Variable.prototype.dispose = function () {
      if (trace.#made.has(this)) return dispose.call(this);
      throw new TraceError("expected variables to live on", "dispose them outside of the compiled function");
    };
    engine.makeVariable = (...args) => {
      const variable = makeVariable.apply(engine, args);
      this.#made.set(variable, tf.keep(tf.clone(variable)));
      return variable;
    };
    const restoreKernels = withTraceableKernels();
    let calls = 0;
    const restoreRandom = withRandomOps(this.random, () => this.live(() => calls++, "int32"));
    return () => {
      restoreKernels();
      restoreRandom();
      for (const name of ["executeSingleOutput", "executeMultipleOutputs", "readSync", "read"]) {
        Reflect.deleteProperty(watched, name);
      }
      Reflect.deleteProperty(engine, "makeVariable");
      Object.assign(tf.Variable.prototype, { assign, dispose });
    };
  }

  #refs(op: string, inputs: Tensor[]): Output[] {
    if (shapedByValues.test(op)) {
      throw new TraceError(
        `expected operations whose results have a fixed shape, received ${op}`,
        "call it outside of the compiled function",
      );
    }
    return inputs.map((input) => this.#output(input));
  }

  #operation(op: string, attributes: OpAttribute[], inputs: Output[], results: Tensor[]): void {
    const outputs = results.map(({ dtype, shape }) => ({ dtype, shape }));
    const wrong = outputs.find(({ dtype }) => dtype === "string" || dtype === "complex64");
    if (wrong) {
      throw new TraceError(
        `expected operations on numbers (float32, int32) or bool, received ${op} with the dtype ${wrong.dtype}`,
        "call it outside of the compiled function",
      );
    }
    const added = this.#add({ op, attributes: this.#plain(op, attributes), inputs, after: [], outputs });
    for (const { node: of } of inputs) {
      for (const touched of this.#touched.values()) if (touched.read === of) touched.users.push(added);
    }
    for (const [index, result] of results.entries()) this.#outputs.set(result.dataId, { node: added, index });
  }

  /** tfjs-node's attributes in the graph's form. */
  #plain(op: string, attributes: OpAttribute[]): Record<string, Attribute> {
    const { binding } = this.#backend;
    const plain = ({ name, type, value }: OpAttribute): Attribute => {
      if (type === binding.TF_ATTR_INT) return { int: value as number };
      if (type === binding.TF_ATTR_FLOAT) return { float: value as number };
      if (type === binding.TF_ATTR_BOOL) return { bool: value as boolean };
      if (type === binding.TF_ATTR_STRING) return { string: value as string };
      if (type === binding.TF_ATTR_TYPE) return { type: value as number };
      if (type === binding.TF_ATTR_SHAPE) return { shape: value as number[] };
      throw new TraceError(
        `expected attributes of a known kind, received ${name} of ${op}`,
        "call it outside of the compiled function",
      );
    };
    return Object.fromEntries(attributes.map((attribute) => [attribute.name, plain(attribute)]));
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
    const values = this.#backend.readSync(tensor.dataId);
    const same = Array.prototype.every.call(values, (value) => Object.is(value, values[0]));
    if (size <= largestConstant || same) {
      const kept = same && size > 0 ? [values[0]!] : Array.from(values);
      return this.#add(node("Const", { dtype: typeOf(dtype) }, [], { dtype, shape }, { values: kept }));
    }
    const placeholder = this.#placeholder(tensor);
    this.graph.captured.push({ node: placeholder, tensor: tf.keep(this.#share(tensor)) });
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
  #keepOriginal(variable: Variable): void {
    if (this.#made.has(variable)) return;
    const touched = this.#touch(variable);
    if (touched.original === undefined) touched.original = tf.keep(this.#share(variable));
    if (variable.dataId !== touched.stored) return;
    const ours = touched.stored === touched.original.dataId ? 2 : 1;
    if (this.#backend.tensorMap.get(touched.stored).refCount > ours) {
      this.#outputs.set(touched.stored, first(this.#read(variable)));
    }
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

  #refuseReading(dataId: DataId): void {
    if (!this.#outputs.has(dataId) && !this.#stored.has(dataId)) return;
    const source = this.#outputs.get(dataId)?.node;
    if (source?.op === "Const" || this.graph.captured.some(({ node }) => node === source)) return;
    throw new TraceError(
      "expected values to stay in the graph, received a request to read them (dataSync, arraySync, print …)",
      "return the tensor and read it outside, or use tf.where in place of if",
    );
  }

  /** A tensor with the same values in data of its own. */
  #copy(tensor: Tensor): Tensor {
    const attributes = [{ name: "T", type: this.#backend.binding.TF_ATTR_TYPE, value: typeNumber(tensor.dtype) }];
    const prototype = Object.getPrototypeOf(this.#backend) as NativeBackend;
    return prototype.executeSingleOutput.call(this.#backend, "Identity", attributes, [tensor]);
  }

  /** A tensor that shares the data of `tensor`. */
  #share({ dataId, shape, dtype }: Tensor): Tensor {
    const tensor = tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
    (tf.backend() as unknown as { incRef(dataId: DataId): void }).incRef(dataId);
    return tensor;
  }

  #separate(variable: Variable): void {
    const copy = this.#copy(variable);
    variable.assign(copy);
    copy.dispose();
  }
}

const typeNumber = (dtype: DataType): number => (typeOf(dtype) as { type: number }).type;
