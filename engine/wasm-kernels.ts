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

/** Where the windows of a pooling layer lie, as TensorFlow.js counts. */
function poolOf(tf: TensorFlow, { shape }: TensorInfo, { filterSize, strides, pad }: Attributes) {
  type Pool = Parameters<TensorFlow["backend_util"]["computePool2DInfo"]>;
  const [size, steps, padding] = [filterSize as Pool[1], strides as Pool[2], pad as Pool[4]];
  return tf.backend_util.computePool2DInfo(shape as Tensor4D["shape"], size, steps, 1, padding);
}

/** Calls `visit` for each window, with the number of its place and the pixels of it that are in the picture, all by their offsets. */
function eachWindow(pool: ReturnType<typeof poolOf>, visit: (offset: number, pixels: readonly number[]) => void): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth, padInfo } = pool;
  let offset = 0;
  for (let n = 0; n < batchSize; n++)
    for (let i = 0; i < outHeight; i++)
      for (let j = 0; j < outWidth; j++, offset += inChannels) {
        const [top, left] = [i * pool.strideHeight - padInfo.top, j * pool.strideWidth - padInfo.left];
        const pixels: number[] = [];
        for (let row = Math.max(top, 0); row < Math.min(top + filterHeight, inHeight); row++)
          for (let column = Math.max(left, 0); column < Math.min(left + filterWidth, inWidth); column++)
            pixels.push(((n * inHeight + row) * inWidth + column) * inChannels);
        visit(offset, pixels);
      }
}

/** The mean loses NaN, and its gradient divides by all pixels of a window. Here by those in the picture, as the mean does. */
function replaceAvgPool(tf: TensorFlow): void {
  replace(tf, "AvgPool", ({ x }, backend, attrs) => {
    const pool = poolOf(tf, x!, attrs);
    const result = backend.makeOutput(pool.outShape, "float32");
    const [values, means] = [x!, result].map((info) => backend.typedArrayFromHeap(info));
    eachWindow(pool, (offset, pixels) => {
      for (let c = 0; c < pool.inChannels; c++) {
        let sum = 0;
        for (const pixel of pixels) sum += values![pixel + c]!;
        means![offset + c] = sum / pixels.length;
      }
    });
    return result;
  });
  replace(tf, "AvgPoolGrad", ({ dy, input }, backend, attrs) => {
    const pool = poolOf(tf, input!, attrs);
    const result = backend.makeOutput(input!.shape, "float32");
    const [gradient, sums] = [dy!, result].map((info) => backend.typedArrayFromHeap(info));
    sums!.fill(0);
    eachWindow(pool, (offset, pixels) => {
      for (const pixel of pixels)
        for (let c = 0; c < pool.inChannels; c++) {
          sums![pixel + c] = sums![pixel + c]! + gradient![offset + c]! / pixels.length;
        }
    });
    return result;
  });
}

/** The gradient forgets windows without a positive value. Here it goes to the first of the largest values of each window. */
function replaceMaxPoolGrad(tf: TensorFlow): void {
  replace(tf, "MaxPoolGrad", ({ dy, input }, backend, attrs) => {
    const { shape } = input!;
    const pool = poolOf(tf, input!, attrs);
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
  replaceAvgPool(tf);
  replaceMaxPoolGrad(tf);
}
