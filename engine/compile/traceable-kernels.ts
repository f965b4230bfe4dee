/** Kernels of tfjs-node that look at values or take many operations where one does, written for graphs. */
import { type Tensor, tf } from "../tensor.js";
import { nativeBackend } from "./backend.js";

/** A kernel's function, by TensorFlow.js's name. */
type Kernel = (args: { inputs: Record<string, Tensor>; attrs: Record<string, unknown> }) => Tensor;

const type = (name: string, { dtype }: { dtype: string }) => {
  const numbers: Record<string, number> = { float32: 1, int32: 3, bool: 10 };
  return { name, type: nativeBackend().binding.TF_ATTR_TYPE, value: numbers[dtype] };
};

const kernels: Record<string, Kernel> = {
  /** tfjs-node's reads the indices to check them; TensorFlow checks them itself. */
  GatherV2({ inputs, attrs }) {
    const { x, indices } = inputs as { x: Tensor; indices: Tensor };
    const axis = tf.scalar(attrs.axis as number, "int32");
    const batchDims = { name: "batch_dims", type: nativeBackend().binding.TF_ATTR_INT, value: attrs.batchDims ?? 0 };
    const attributes = [batchDims, type("Tparams", x), type("Tindices", indices), type("Taxis", axis)];
    return nativeBackend().executeSingleOutput("GatherV2", attributes, [x, indices, axis]);
  },
};

/** Puts these kernels in the place of tfjs-node's; gives the way back. */
export function withTraceableKernels(): () => void {
  const undo = Object.entries(kernels).map(([name, kernelFunc]) => {
    const kernel = tf.getKernel(name, "tensorflow");
    const before = kernel.kernelFunc;
    kernel.kernelFunc = kernelFunc as unknown as typeof before;
    return () => {
      kernel.kernelFunc = before;
    };
  });
  return () => {
    for (const restore of undo) restore();
  };
}
