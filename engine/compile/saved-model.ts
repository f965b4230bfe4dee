/**
 * Saved model: a model written in TensorFlow's own format, a folder with one file `saved_model.pb`, all that tfjs-node can load.
 * The folder is gone as soon as TensorFlow has read it.
 */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nativeBackend } from "./backend.js";
import { directly } from "./direct.js";
import { type Attribute, dtypeNumbers } from "./graph.js";
import { isAlive } from "./is-alive.js";
import type { Constant, Definition, FunctionDefinition, Model } from "./model.js";
import { type AttrValue, type FunctionDef, type NodeDef, protobuf, type TensorShape } from "./protobuf.js";

/** So many models are kept loaded after they have been given back. */
const mostIdle = 16;

/** Of so many numbers the values stay in a model that is given back: to free them would cost more than 1 MB is worth. */
const mostKept = 250_000;

/** Sessions without an owner, by the model's key, the one given back last at the end. */
const idle = new Map<string, number>();

/** Loads a model, or takes one that was given back. @returns the binding's number of the session */
export function loadModel(model: Model): number {
  const { key } = model;
  const session = idle.get(key) ?? load(model);
  idle.delete(key);
  return session;
}

/**
 * Gives a loaded model back. It is kept for a while: loading costs some hundred times as much as a training step, and folds,
 * trials and the next call of `fit` have the same graphs, with other values in their variables.
 */
export function giveBack({ clear, key, size }: Model, session: number): void {
  const { binding } = nativeBackend();
  if (size > mostKept) {
    const run = () => binding.runSavedModel(session, [], clear.feeds, clear.fetches);
    for (const { id } of directly(run)) binding.deleteTensor(id);
  }
  if (idle.has(key)) binding.deleteSavedModel(session);
  else idle.set(key, session);
  for (const [oldest, unused] of [...idle].slice(0, -mostIdle)) {
    idle.delete(oldest);
    binding.deleteSavedModel(unused);
  }
}

function load(model: Model): number {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  try {
    writeFileSync(join(folder, "saved_model.pb"), bytesOf(model));
    return directly((binding) => binding.loadSavedModel(folder, "serve"));
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
    if (!(owner > 0) || isAlive(owner)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch (error) {
      // Another user's: their next process may remove it, this one may not.
      if (!["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
}

function bytesOf({ definitions, functions }: Model): Uint8Array {
  const { FunctionDefLibrary, GraphDef, VersionDef, MetaGraphDef, SavedModel } = protobuf();
  const versions = new VersionDef();
  versions.setProducer(1087); // that of TensorFlow 2.9, which every newer one reads
  const graph = new GraphDef();
  graph.setNodeList(definitions.map(nodeOf));
  graph.setVersions(versions);
  const library = new FunctionDefLibrary();
  library.setFunctionList(functions.map(functionOf));
  graph.setLibrary(library);
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

function functionOf({ name, inputs, results, definitions }: FunctionDefinition): FunctionDef {
  const { FunctionDef, OpDef } = protobuf();
  const argument = ([name, dtype]: readonly [string, string]) => {
    const argument = new OpDef.ArgDef();
    argument.setName(name);
    argument.setType(dtypeNumbers[dtype]!);
    return argument;
  };
  const signature = new OpDef();
  signature.setName(name);
  signature.setIsStateful(true);
  signature.setInputArgList(inputs.map(argument));
  signature.setOutputArgList(results.map(([, dtype], i) => argument([`result${i}`, dtype])));
  const definition = new FunctionDef();
  definition.setSignature(signature);
  definition.setNodeDefList(definitions.map(nodeOf));
  // TensorFlow's optimizers would put its operations in the place of the call, where many threads run them, and change the order of sums; what
  // they take for a part of `tf.data` they leave alone.
  for (const attribute of ["_noinline", "_tf_data_function"]) {
    definition.getAttrMap().set(attribute, attributeValue({ bool: true }));
  }
  for (const [i, [from]] of results.entries()) definition.getRetMap().set(`result${i}`, from);
  return definition;
}

function nodeOf({ name, op, inputs, attributes, functions = {}, constant }: Definition): NodeDef {
  const { NodeDef } = protobuf();
  const definition = new NodeDef();
  definition.setName(name);
  definition.setOp(op);
  definition.setInputList(inputs);
  const map = definition.getAttrMap();
  for (const [key, attribute] of Object.entries(attributes)) map.set(key, attributeValue(attribute));
  for (const [key, called] of Object.entries(functions))
    map.set(key, functionValue(called, op !== "StatefulPartitionedCall"));
  if (constant) map.set("value", constantValue(constant));
  return definition;
}

/** @param isOfOneThread whether one thread runs it, in an order that is found once */
function functionValue(called: string, isOfOneThread: boolean): AttrValue {
  const { AttrValue, NameAttrList } = protobuf();
  const name = new NameAttrList();
  name.setName(called);
  if (isOfOneThread) name.getAttrMap().set("_executor", attributeValue({ string: "SINGLE_THREADED_EXECUTOR" }));
  const value = new AttrValue();
  value.setFunc(name);
  return value;
}

function attributeValue(attribute: Attribute): AttrValue {
  const { AttrValue } = protobuf();
  const value = new AttrValue();
  if ("type" in attribute) value.setType(attribute.type);
  else if ("bool" in attribute) value.setB(attribute.bool);
  else if ("string" in attribute) value.setS(Buffer.from(attribute.string, "latin1"));
  else if ("shape" in attribute) value.setShape(shapeOf(attribute.shape));
  else {
    const list = new AttrValue.ListValue();
    if ("int" in attribute) {
      if (typeof attribute.int === "number") value.setI(attribute.int);
      else list.setIList(attribute.int);
    } else if ("types" in attribute) list.setTypeList(attribute.types);
    else if (typeof attribute.float === "number") value.setF(attribute.float);
    else list.setFList(attribute.float);
    if (Array.isArray(Object.values(attribute)[0])) value.setList(list);
  }
  return value;
}

function constantValue({ dtype, shape, values }: Constant): AttrValue {
  const { AttrValue, Tensor } = protobuf();
  const tensor = new Tensor();
  tensor.setDtype(dtypeNumbers[dtype]!);
  tensor.setTensorShape(shapeOf(shape));
  if (dtype === "float32") tensor.setFloatValList(values);
  else if (dtype === "int32") tensor.setIntValList(values);
  else tensor.setBoolValList(values.map(Boolean));
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
