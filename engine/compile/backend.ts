/**
 * The inside of tfjs-node that compiling needs: the backend's two methods through which every operation goes, the table of
 * its tensors, and the binding that loads and runs saved models. Described here because the package's own types hide it.
 */
import { engine, type Tensor, tf } from "../tensor.js";
import type { Attribute } from "./graph.js";

/** What stands for a tensor's data; tensors that share data have the same one. */
export type DataId = Tensor["dataId"];

/** An entry of the backend's table of tensors. */
export interface TensorData {
  readonly shape: number[];
  /** TensorFlow's number of the dtype. */
  readonly dtype: number;
  /** The binding's number of the tensor; −1 while there are only `values`. */
  readonly id: number;
  /** Values that the binding has not been given yet. */
  readonly values: ArrayLike<number> | null;
  /** How many tensors share the data. */
  refCount: number;
}

/** An attribute of an operation as tfjs-node writes it; `type` is one of the binding's `TF_ATTR_` numbers. */
export interface OpAttribute {
  name: string;
  type: number;
  value: unknown;
}

/** What the binding tells of a tensor it has made. */
export interface TensorMetadata {
  id: number;
  dtype: number;
  shape: number[];
}

export interface Binding {
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_SHAPE: number;
  createTensor(shape: number[], dtype: number, values: ArrayLike<number>): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(op: string, attributes: OpAttribute[], tensors: number[], outputs: number): TensorMetadata[];
  loadSavedModel(folder: string, tags: string): number;
  runSavedModel(session: number, tensors: number[], inputs: string, outputs: string): TensorMetadata[];
  deleteSavedModel(session: number): void;
  getNumOfSavedModels(): number;
  /** See `setup/binding.cc`; the official binary has none. */
  direct?(on: boolean): void;
}

export interface NativeBackend {
  readonly binding: Binding;
  readonly tensorMap: {
    has(dataId: DataId): boolean;
    get(dataId: DataId): TensorData;
    set(dataId: DataId, data: TensorData): void;
    delete(dataId: DataId): void;
  };
  disposeData(dataId: DataId, isForced?: boolean): boolean;
  executeSingleOutput(op: string, attributes: OpAttribute[], inputs: Tensor[]): Tensor;
  executeMultipleOutputs(op: string, attributes: OpAttribute[], inputs: Tensor[], outputs: number): Tensor[];
  getInputTensorIds(tensors: Tensor[]): number[];
  incRef(dataId: DataId): void;
  createOutputTensor(metadata: TensorMetadata): Tensor;
  readSync(dataId: DataId): ArrayLike<number>;
  read(dataId: DataId): Promise<ArrayLike<number>>;
}

/** tfjs-node's attributes of an operation, in the form that graphs have. @throws TypeError for one of another kind */
export function plainAttributes(attributes: OpAttribute[]): Record<string, Attribute> {
  const { binding } = nativeBackend();
  const plain = ({ name, type, value }: OpAttribute): Attribute => {
    if (type === binding.TF_ATTR_INT) return { int: value as number };
    if (type === binding.TF_ATTR_FLOAT) return { float: value as number };
    if (type === binding.TF_ATTR_BOOL) return { bool: value as boolean };
    if (type === binding.TF_ATTR_STRING) return { string: value as string };
    if (type === binding.TF_ATTR_TYPE) return { type: value as number };
    if (type === binding.TF_ATTR_SHAPE) return { shape: value as number[] };
    throw new TypeError(
      `compile: expected an attribute of a kind that tfjs-node has, received ${name} of type ${type}.`,
    );
  };
  return Object.fromEntries(attributes.map((attribute) => [attribute.name, plain(attribute)]));
}

/** The way back: attributes of an operation as tfjs-node writes them. */
export function opAttributes(attributes: Record<string, Attribute>): OpAttribute[] {
  const { binding } = nativeBackend();
  const types: Record<string, number> = {
    int: binding.TF_ATTR_INT,
    float: binding.TF_ATTR_FLOAT,
    bool: binding.TF_ATTR_BOOL,
    string: binding.TF_ATTR_STRING,
    type: binding.TF_ATTR_TYPE,
    shape: binding.TF_ATTR_SHAPE,
  };
  return Object.entries(attributes).map(([name, attribute]) => {
    const [kind, value] = Object.entries(attribute)[0]!;
    return { name, type: types[kind]!, value };
  });
}

/** tfjs-node's backend. @throws Error on another engine, which has no graphs. */
export function nativeBackend(): NativeBackend {
  if (engine.name !== "native") {
    throw new Error(`compile: expected the native engine, received ${engine.description}.`);
  }
  return tf.backend() as unknown as NativeBackend;
}
