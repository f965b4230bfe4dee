/**
 * What TensorFlow.js 4.22's WebAssembly kernels do wrong or slowly, done right: put in their place when that engine starts, so that
 * everybody's `tf` is right, autodiff's too, and no layer has to know.
 */
import type { KernelFunc, Tensor4D, TensorInfo } from "@tensorflow/tfjs";

type TensorFlow = typeof import("@tensorflow/tfjs");

/** What of the backend is used here. */
interface Wasm {
  makeOutput(shape: number[], dtype: string): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
  disposeData(dataId: object): boolean;
}

type Inputs = Record<string, TensorInfo>;
type Attributes = Record<string, unknown>;

/** The kernel as it is, to be run inside of another. */
function plainKernel(
  tf: TensorFlow,
  name: string,
): (inputs: Inputs, backend: unknown, attrs: Attributes) => TensorInfo {
  const { kernelFunc } = tf.getKernel(name, "wasm");
  return (inputs, backend, attrs) => (kernelFunc as (call: object) => TensorInfo)({ inputs, backend, attrs });
}

function replace(
  tf: TensorFlow,
  name: string,
  run: (inputs: Inputs, backend: Wasm, attrs: Attributes) => TensorInfo,
): void {
  const kernelFunc = (({ inputs, backend, attrs }: { inputs: Inputs; backend: Wasm; attrs: Attributes }) =>
    run(inputs, backend, attrs)) as unknown as KernelFunc;
  const kernel = tf.getKernel(name, "wasm");
  tf.unregisterKernel(name, "wasm");
  tf.registerKernel({ ...kernel, kernelFunc });
}

/** A product with a transposed factor takes seven times as long as to transpose it first. */
function replaceMatMul(tf: TensorFlow): void {
  const multiply = plainKernel(tf, "BatchMatMul");
  const transpose = plainKernel(tf, "Transpose");
  replace(tf, "BatchMatMul", ({ a, b }, backend, { transposeA, transposeB }) => {
    const made: TensorInfo[] = [];
    const turned = (x: TensorInfo, isTransposed: unknown): TensorInfo => {
      if (!isTransposed) return x;
      const axes = x.shape.map((_, i) => i);
      const perm = [...axes.slice(0, -2), axes.length - 1, axes.length - 2];
      const result = transpose({ x }, backend, { perm });
      made.push(result);
      return result;
    };
    const inputs = { a: turned(a!, transposeA), b: turned(b!, transposeB) };
    const product = multiply(inputs, backend, { transposeA: false, transposeB: false });
    for (const { dataId } of made) backend.disposeData(dataId);
    return product;
  });
}

/** Floats come as the bits of integers. */
function replaceOneHot(tf: TensorFlow): void {
  const oneHot = plainKernel(tf, "OneHot");
  const cast = plainKernel(tf, "Cast");
  replace(tf, "OneHot", (inputs, backend, attrs) => {
    const { dtype } = attrs;
    if (dtype !== "float32") return oneHot(inputs, backend, attrs);
    const x = oneHot(inputs, backend, { ...attrs, dtype: "int32" });
    const result = cast({ x }, backend, { dtype });
    backend.disposeData(x.dataId);
    return result;
  });
}

/** The gradient forgets windows without a positive value. Here it goes to the first of the largest values of each window. */
function replaceMaxPoolGrad(tf: TensorFlow): void {
  replace(tf, "MaxPoolGrad", ({ dy, input }, backend, { filterSize, strides, pad }) => {
    const shape = input!.shape as Tensor4D["shape"];
    type Pool = Parameters<TensorFlow["backend_util"]["computePool2DInfo"]>;
    const pool = tf.backend_util.computePool2DInfo(shape, filterSize as Pool[1], strides as Pool[2], 1, pad as Pool[4]);
    const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, padInfo } = pool;
    const result = backend.makeOutput(shape, "float32");
    const [values, gradient, sums] = [input!, dy!, result].map((info) => backend.typedArrayFromHeap(info));
    sums!.fill(0);
    /** Where in `values` the first of the largest values of a window is. */
    const largest = (n: number, top: number, left: number, c: number): number => {
      let best = -1;
      for (let row = Math.max(top, 0); row < Math.min(top + filterHeight, inHeight); row++) {
        for (let column = Math.max(left, 0); column < Math.min(left + filterWidth, inWidth); column++) {
          const at = ((n * inHeight + row) * inWidth + column) * inChannels + c;
          if (best < 0 || values![at]! > values![best]!) best = at;
        }
      }
      return best;
    };
    let window = 0;
    for (let n = 0; n < batchSize; n++)
      for (let i = 0; i < outHeight; i++)
        for (let j = 0; j < outWidth; j++)
          for (let c = 0; c < inChannels; c++) {
            const [top, left] = [i * pool.strideHeight - padInfo.top, j * pool.strideWidth - padInfo.left];
            const at = largest(n, top, left, c);
            sums![at] = sums![at]! + gradient![window++]!;
          }
    return result;
  });
}

/** Puts them in place, once the WebAssembly backend is there. */
export function replaceWasmKernels(tf: TensorFlow): void {
  replaceMatMul(tf);
  replaceOneHot(tf);
  replaceMaxPoolGrad(tf);
}
