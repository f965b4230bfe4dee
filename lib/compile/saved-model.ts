/**
 * Saved model: graphs written in TensorFlow's own format, a folder with one file `saved_model.pb`, all that tfjs-node can load.
 * Several graphs in one file share their variables. The folder is gone as soon as TensorFlow has read it.
 */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Variable } from "../tensor.js";
import { nativeBackend } from "./backend.js";
import { type Attribute, dtypeNumbers, first, type Graph, type GraphNode, node, type Output, typeOf } from "./graph.js";
import { type AttrValue, type NodeDef, protobuf, type TensorShape } from "./protobuf.js";

/** What to feed and to fetch, as the binding wants it: names with commas between. */
export interface Signature {
  feeds: string;
  fetches: string;
}

/** Graphs in one saved model, and how they are run once it is loaded. */
export interface SavedModel {
  /** For each graph: inputs, live and captured to feed, in this order; the results to fetch (one number where there are none). */
  graphs: Map<Graph, Signature>;
  /** Fetches the values of `written`, in their order. */
  readAll: Signature;
  /** Feeds values of `variables`; fetches one number. */
  assignAll: Signature;
  /** Frees the values in the session; fetches one number. */
  clear: Signature;
  bytes: Uint8Array;
  /** The same for models that are the same to the byte. */
  key: string;
}

/** So many models are kept loaded after they have been given back. */
const mostIdle = 16;

/** Sessions without an owner and without values, by the model's key, the one given back last at the end. */
const idle = new Map<string, number>();

/** Writes `graphs`, and what moves `variables` in and those `written` out. */
export function writeModel(
  graphs: readonly Graph[],
  variables: readonly Variable[],
  written: readonly Variable[],
): SavedModel {
  const writer = new Writer();
  const signatures = new Map(graphs.map((graph, i) => [graph, writer.graph(graph, `graph${i}`)]));
  const moves = writer.moves(variables, written);
  const bytes = writer.bytes();
  return { graphs: signatures, ...moves, bytes, key: createHash("sha256").update(bytes).digest("base64") };
}

/** Loads a model, or takes one of the same bytes that was given back. @returns the binding's number of the session */
export function loadModel({ key, bytes }: SavedModel): number {
  const session = idle.get(key) ?? load(bytes);
  idle.delete(key);
  return session;
}

/**
 * Gives a loaded model back. It is kept for a while: loading costs some hundred times as much as a training step, and folds,
 * trials and the next call of `fit` have the same graphs, with other values in their variables.
 */
export function giveBack({ clear, key }: SavedModel, session: number): void {
  const { binding } = nativeBackend();
  for (const { id } of binding.runSavedModel(session, [], clear.feeds, clear.fetches)) binding.deleteTensor(id);
  if (idle.has(key)) binding.deleteSavedModel(session);
  else idle.set(key, session);
  for (const [oldest, unused] of [...idle].slice(0, -mostIdle)) {
    idle.delete(oldest);
    binding.deleteSavedModel(unused);
  }
}

function load(bytes: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  try {
    writeFileSync(join(folder, "saved_model.pb"), bytes);
    return nativeBackend().binding.loadSavedModel(folder, "serve");
  } finally {
    rmSync(folder, { recursive: true, force: true });
    sweep();
  }
}

const prefix = "gradbook-graph-";
let swept = false;

/** Once in a process: removes the folders of processes that were killed while they had one. */
function sweep(): void {
  if (swept) return;
  swept = true;
  for (const name of readdirSync(tmpdir())) {
    const owner = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (owner > 0 && !isAlive(owner)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

type Moves = Pick<SavedModel, "readAll" | "assignAll" | "clear">;

/** Collects nodes under unique names. */
class Writer {
  readonly #nodes: NodeDef[] = [];
  readonly #names = new Map<GraphNode, string>();
  readonly #handles = new Map<Variable, string>();

  graph({ nodes, inputs, live, captured, results, writes }: Graph, name: string): Signature {
    // Names first: a loop's nodes refer to later ones.
    for (const [i, of] of nodes.entries()) {
      this.#names.set(of, of.variable ? this.#handle(of.variable) : `${name}/${i}`);
    }
    for (const of of nodes) if (!of.variable) this.#write(of, this.#names.get(of)!);
    // A result may be an input, or the same twice, and every write has to be waited for.
    const fetched = results.map(
      ({ node: of, index }): GraphNode =>
        node("Identity", { T: typeOf(of.outputs[index]!.dtype) }, [{ node: of, index }], of.outputs[index]!, {
          after: writes,
        }),
    );
    if (fetched.length === 0) fetched.push({ ...done, after: writes });
    for (const [i, result] of fetched.entries()) this.#write(result, `${name}/result${i}`);
    const fed = [...inputs, ...live.map(({ node }) => node), ...captured.map(({ node }) => node)];
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

  bytes(): Uint8Array {
    const { GraphDef, VersionDef, MetaGraphDef, SavedModel } = protobuf();
    const versions = new VersionDef();
    versions.setProducer(1087); // that of TensorFlow 2.9, which every newer one reads
    const graph = new GraphDef();
    graph.setNodeList(this.#nodes);
    graph.setVersions(versions);
    const info = new MetaGraphDef.MetaInfoDef();
    info.setTagsList(["serve"]);
    const metaGraph = new MetaGraphDef();
    metaGraph.setMetaInfoDef(info);
    metaGraph.setGraphDef(graph);
    const model = new SavedModel();
    model.setSavedModelSchemaVersion(1);
    model.setMetaGraphsList([metaGraph]);
    return model.serializeBinary();
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
    const { dtype, shape } = variable;
    const attributes: Record<string, Attribute> = {
      dtype: typeOf(dtype),
      shape: { shape },
      shared_name: { string: name },
    };
    this.#write(node("VarHandleOp", attributes, [], { dtype: "resource", shape: [] }), name);
    return name;
  }

  #handleOf(variable: Variable): Output {
    const handle = node("VarHandleOp", {}, [], { dtype: "resource", shape: [] });
    this.#names.set(handle, this.#handle(variable));
    return first(handle);
  }

  #write(written: GraphNode, name: string): GraphNode {
    const { NodeDef } = protobuf();
    this.#names.set(written, name);
    const input = ({ node: of, index }: Output) => `${this.#names.get(of)}:${index}`;
    const after = [...new Set(written.after)].map((of) => `^${this.#names.get(of)}`);
    const definition = new NodeDef();
    definition.setName(name);
    definition.setOp(written.op);
    definition.setInputList([...written.inputs.map(input), ...after]);
    const attributes = definition.getAttrMap();
    for (const [key, attribute] of Object.entries(written.attributes)) attributes.set(key, attributeValue(attribute));
    if (written.values) attributes.set("value", constantValue(written));
    this.#nodes.push(definition);
    return written;
  }
}

/** What is fetched where there is nothing else to fetch. */
const done: GraphNode = node("Const", { dtype: typeOf("int32") }, [], { dtype: "int32", shape: [] }, { values: [0] });

function attributeValue(attribute: Attribute): AttrValue {
  const { AttrValue } = protobuf();
  const value = new AttrValue();
  if ("type" in attribute) value.setType(attribute.type);
  else if ("bool" in attribute) value.setB(attribute.bool);
  else if ("string" in attribute) value.setS(new TextEncoder().encode(attribute.string));
  else if ("shape" in attribute) value.setShape(shapeOf(attribute.shape));
  else {
    const list = new AttrValue.ListValue();
    if ("int" in attribute) {
      if (typeof attribute.int === "number") value.setI(attribute.int);
      else list.setIList(attribute.int);
    } else if (typeof attribute.float === "number") value.setF(attribute.float);
    else list.setFList(attribute.float);
    if (Array.isArray(Object.values(attribute)[0])) value.setList(list);
  }
  return value;
}

function constantValue({ outputs: [type], values }: GraphNode): AttrValue {
  const { AttrValue, Tensor } = protobuf();
  const { dtype, shape } = type!;
  const tensor = new Tensor();
  tensor.setDtype(dtypeNumbers[dtype]!);
  tensor.setTensorShape(shapeOf(shape!));
  // Fewer numbers than the shape has elements: the last one stands for the rest.
  const numbers = Array.from(values!);
  if (dtype === "float32") tensor.setFloatValList(numbers);
  else if (dtype === "int32") tensor.setIntValList(numbers);
  else tensor.setBoolValList(numbers.map(Boolean));
  const value = new AttrValue();
  value.setTensor(tensor);
  return value;
}

function shapeOf(shape: number[]): TensorShape {
  const { TensorShape } = protobuf();
  const proto = new TensorShape();
  proto.setDimList(
    shape.map((size) => {
      const dim = new TensorShape.Dim();
      dim.setSize(size);
      return dim;
    }),
  );
  return proto;
}
