/** The protocol buffers of a saved model, as tfjs-node's own classes write them; only what `saved-model` needs of them. */
import { createRequire } from "node:module";

export interface TensorShape {
  setDimList(dims: unknown[]): void;
}
export interface TensorProto {
  setDtype(dtype: number): void;
  setTensorShape(shape: TensorShape): void;
  setFloatValList(values: number[]): void;
  setIntValList(values: number[]): void;
  setBoolValList(values: boolean[]): void;
}
interface List {
  setTypeList(values: number[]): void;
  setIList(values: number[]): void;
  setFList(values: number[]): void;
}
export interface AttrValue {
  setS(bytes: Uint8Array): void;
  setI(value: number): void;
  setF(value: number): void;
  setB(value: boolean): void;
  setType(dtype: number): void;
  setShape(shape: TensorShape): void;
  setTensor(tensor: TensorProto): void;
  setList(list: List): void;
  setFunc(name: FunctionName): void;
}
interface FunctionName {
  setName(name: string): void;
  getAttrMap(): Map<string, AttrValue>;
}
interface Argument {
  setName(name: string): void;
  setType(dtype: number): void;
}
interface OpDef {
  setName(name: string): void;
  setIsStateful(isStateful: boolean): void;
  setInputArgList(args: Argument[]): void;
  setOutputArgList(args: Argument[]): void;
}
export interface FunctionDef {
  setSignature(signature: OpDef): void;
  setNodeDefList(nodes: NodeDef[]): void;
  getRetMap(): Map<string, string>;
  getAttrMap(): Map<string, AttrValue>;
}
export interface NodeDef {
  setName(name: string): void;
  setOp(op: string): void;
  setInputList(inputs: string[]): void;
  getAttrMap(): Map<string, AttrValue>;
}
export interface Messages {
  TensorShape: { new (): TensorShape; Dim: new () => { setSize(size: number): void } };
  Tensor: new () => TensorProto;
  AttrValue: { new (): AttrValue; ListValue: new () => List };
  NodeDef: new () => NodeDef;
  NameAttrList: new () => FunctionName;
  OpDef: { new (): OpDef; ArgDef: new () => Argument };
  FunctionDef: new () => FunctionDef;
  FunctionDefLibrary: new () => { setFunctionList(functions: FunctionDef[]): void };
  VersionDef: new () => { setProducer(version: number): void };
  GraphDef: new () => {
    setNodeList(nodes: NodeDef[]): void;
    setVersions(versions: unknown): void;
    setLibrary(library: unknown): void;
  };
  MetaGraphDef: {
    new (): { setMetaInfoDef(info: unknown): void; setGraphDef(graph: unknown): void };
    MetaInfoDef: new () => { setTagsList(tags: string[]): void };
  };
  SavedModel: new () => {
    setSavedModelSchemaVersion(version: number): void;
    setMetaGraphsList(graphs: unknown[]): void;
    serializeBinary(): Uint8Array;
  };
}

let messages: Messages | undefined;

/** tfjs-node's classes, loaded when first asked for. */
export function protobuf(): Messages {
  messages ??= createRequire(import.meta.url)("@tensorflow/tfjs-node/dist/proto/api_pb.js") as Messages;
  return messages;
}
