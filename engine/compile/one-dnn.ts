/**
 * oneDNN: Intel's library of kernels, which TensorFlow carries. It makes convolutions and pooling nearly twice as fast and small products
 * half as fast, and its environment variable (see `tensor.ts`) turns on both or neither. But all that the variable does is to give nodes
 * other names; here those get them that gain by it, and where the variable is on those that it would not reach inside of a loop.
 */
import { nativeBackend } from "./backend.js";
import { first, type Graph, type GraphNode, node, typeOf } from "./graph.js";
import { makeModel } from "./model.js";
import { loadModel } from "./saved-model.js";

const faster = /^(Conv2D|Conv2DBackpropFilter|Conv2DBackpropInput|AvgPool|AvgPoolGrad|MaxPool|MaxPoolGrad)$/;

/** What oneDNN computes as a single operation where the variable is on. */
const reached = /^(MatMul|BatchMatMulV2|Softmax)$/;
const isOn = process.env.TF_ENABLE_ONEDNN_OPTS === "1";

let isThere: boolean | undefined;

/** The same operation by oneDNN, where it is faster and there is oneDNN, or asked for; else `of` as it is. */
export function byOneDnn(of: GraphNode): GraphNode {
  const { op, outputs, inputs, attributes } = of;
  if (isOn && reached.test(op) && outputs[0]!.dtype === "float32") {
    return { ...of, op: `_Mkl${op}`, attributes: { ...attributes, _kernel: { string: "MklNameChangeOp" } } };
  }
  if (!faster.test(op) || outputs[0]!.dtype !== "float32" || !Object.hasOwn(attributes, "padding")) return of;
  // Which pixel was the largest, MaxPool notes for its gradient.
  const pool = inputs[1]?.node;
  if (op === "MaxPoolGrad" && pool?.op !== "_MklNativeMaxPool") return of;
  isThere ??= isAvailable();
  return isThere ? renamed(of) : of;
}

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

/** Whether this TensorFlow has these operations: not every build does. Tries one. */
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
  const graph: Graph = {
    nodes: [one, pool],
    inputs: [],
    live: [],
    captured: [],
    variables: new Map(),
    written: new Set(),
    results: [first(pool)],
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
