/**
 * oneDNN: Intel's library of kernels, which TensorFlow carries. It makes convolutions and pooling nearly twice as fast, many products at
 * once up to five times (64 of 32 × 32 by 32 × 32), and single small products half as fast; its environment variable (see `tensor.ts`) turns on both or neither. But all that the variable does is to give nodes
 * other names; here those get them that gain by it, and where the variable is on those that it would not reach inside of a loop.
 */
import { nativeBackend } from "./backend.js";
import { typeAt } from "./function-builder.js";
import { first, type Graph, type GraphNode, node, type TensorType, typeOf } from "./graph.js";
import { makeModel } from "./model.js";
import { loadModel } from "./saved-model.js";

const faster = /^(Conv2D|Conv2DBackpropFilter|Conv2DBackpropInput|AvgPool|AvgPoolGrad|MaxPool|MaxPoolGrad)$/;

/** What oneDNN computes as a single operation where the variable is on. */
const reached = /^(MatMul|BatchMatMulV2|Softmax)$/;
const isOn = process.env.TF_ENABLE_ONEDNN_OPTS === "1";

/** Matrices of fewer rows or columns are multiplied faster without. */
const narrow = 8;

let isThere: boolean | undefined;

/** The same operation by oneDNN, where it is faster and there is oneDNN, or asked for; else `of` as it is. */
export function byOneDnn(of: GraphNode): GraphNode {
  const { op, outputs, inputs, attributes } = of;
  if ((isOn && reached.test(op) && outputs[0]!.dtype === "float32") || isManyProducts(of)) {
    isThere ??= isAvailable();
    return isThere ? productBy(of) : of;
  }
  if (!faster.test(op) || outputs[0]!.dtype !== "float32" || !Object.hasOwn(attributes, "padding")) return of;
  // Which pixel was the largest, MaxPool notes for its gradient.
  const pool = inputs[1]?.node;
  if (op === "MaxPoolGrad" && pool?.op !== "_MklNativeMaxPool") return of;
  isThere ??= isAvailable();
  return isThere ? renamed(of) : of;
}

/** Whether an operation is a product for each of several networks, of matrices and not of vectors, for which oneDNN is slower. */
export function isManyProducts({ op, inputs, outputs }: GraphNode): boolean {
  if (op !== "BatchMatMulV2") return false;
  const { dtype, shape } = outputs[0]!;
  if (dtype !== "float32" || shape === undefined || shape.length < 3) return false;
  const sizes = [...inputs.flatMap((input) => typeAt(input).shape?.slice(-2) ?? [0]), ...shape.slice(-2)];
  return shape[0]! > 1 && sizes.every((size) => size >= narrow);
}

const productBy = (of: GraphNode): GraphNode => ({
  ...of,
  op: `_Mkl${of.op}`,
  attributes: { ...of.attributes, _kernel: { string: "MklNameChangeOp" } },
});

function renamed({ op, outputs, inputs, attributes, ...rest }: GraphNode): GraphNode {
  const isMax = op.startsWith("MaxPool");
  return {
    ...rest,
    op: `_MklNative${op}`,
    attributes: {
      ...attributes,
      _kernel: { string: "MklNameChangeOp" },
      ...(isMax && { workspace_enabled: { bool: true } }),
    },
    inputs: op === "MaxPoolGrad" ? [...inputs, { node: inputs[1]!.node, index: 1 }] : inputs,
    outputs: op === "MaxPool" ? [...outputs, { dtype: "float32", shape: undefined }] : outputs,
  };
}

/** Whether this TensorFlow has these operations: not every build does. Tries one of each kind. */
function isAvailable(): boolean {
  const shape = [1, 2, 2, 1];
  const one = node("Const", { dtype: typeOf("float32") }, [], { dtype: "float32", shape }, { values: [1] });
  const attributes = {
    T: typeOf("float32"),
    strides: { int: [1, 1, 1, 1] },
    ksize: { int: [1, 2, 2, 1] },
    padding: { string: "VALID" },
    data_format: { string: "NHWC" },
  };
  const pool = renamed(node("MaxPool", attributes, [first(one)], { dtype: "float32", shape: [1, 1, 1, 1] }));
  const many = { T: typeOf("float32"), adj_x: { bool: true }, adj_y: { bool: false } };
  const type: TensorType = { dtype: "float32", shape: [1, 2, 1, 1] };
  const product = productBy(node("BatchMatMulV2", many, [first(one), first(one)], type));
  const graph: Graph = {
    nodes: [one, pool, product],
    inputs: [],
    live: [],
    captured: [],
    variables: new Map(),
    written: new Set(),
    results: [first(pool), first(product)],
    writes: [],
  };
  const { binding } = nativeBackend();
  try {
    const model = makeModel([graph], [], []);
    const { feeds, fetches } = model.graphs.get(graph)!;
    const session = loadModel(model);
    for (const { id } of binding.runSavedModel(session, [], feeds, fetches)) binding.deleteTensor(id);
    binding.deleteSavedModel(session);
    return true;
  } catch {
    return false; // TensorFlow's own kernels compute the same.
  }
}
