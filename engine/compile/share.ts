/** Tensors that share data, and tensors that do not. */
import { type Tensor, tf, type Variable } from "../tensor.js";
import { type NativeBackend, nativeBackend } from "./backend.js";
import { dtypeNumbers } from "./graph.js";

/** Refuses a tensor that is disposed. */
export function expectExisting({ isDisposed, shape }: Tensor): void {
  if (!isDisposed) return;
  throw new Error(
    `compile: expected tensors that exist, received one of shape [${shape}] that is disposed: use it before.`,
  );
}

/** A tensor with the values of `tensor` in data of its own; nobody who watches the engine is told. */
export function copyOf(tensor: Tensor): Tensor {
  const backend = nativeBackend();
  const { executeSingleOutput } = Object.getPrototypeOf(backend) as NativeBackend;
  const type = { name: "T", type: backend.binding.TF_ATTR_TYPE, value: dtypeNumbers[tensor.dtype] };
  return executeSingleOutput.call(backend, "Identity", [type], [tensor]);
}

/** A tensor that shares the data of `tensor` and stays until it is disposed. */
export function shareOf({ dataId, shape, dtype }: Tensor): Tensor {
  const tensor = tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
  nativeBackend().incRef(dataId);
  return tf.keep(tensor);
}

/** Gives a variable that shares its data with other tensors data of its own. */
export function separate(variable: Variable): void {
  if (nativeBackend().tensorMap.get(variable.dataId).refCount === 1) return;
  const copy = copyOf(variable);
  variable.assign(copy);
  copy.dispose();
}
