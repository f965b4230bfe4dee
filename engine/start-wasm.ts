/** Starts TensorFlow.js on WebAssembly, in Node and in browsers alike; who makes a tensor before it is ready is told what to wait for. */
import { replaceWasmKernels } from "./wasm-kernels.js";

/** What a tensor needs; TensorFlow.js throws where WebAssembly is not ready yet, and this says what to do about it. */
function backendOrAdvice(this: object): unknown {
  try {
    return Reflect.get(Object.getPrototypeOf(this), "backend", this);
  } catch (cause) {
    throw new Error(
      "Expected the WebAssembly engine to be ready, received a tensor while it is starting: write `await engine.ready` " +
        'before the first tensor (`const { engine } = require("gradbook")`), or `import` gradbook, which waits by itself.',
      { cause },
    );
  }
}

/**
 * Starts `tf` on WebAssembly.
 * @param choose has TensorFlow.js choose the backend, once it knows where its file is
 */
export async function startWasm(
  tf: typeof import("@tensorflow/tfjs"),
  choose: () => Promise<boolean> = () => tf.setBackend("wasm"),
): Promise<void> {
  Object.defineProperty(tf.engine(), "backend", { get: backendOrAdvice, configurable: true });
  const started = await choose();
  Reflect.deleteProperty(tf.engine(), "backend");
  if (!started) {
    throw new Error("Expected the WebAssembly engine to start, received a refusal: install the dependencies again.");
  }
  replaceWasmKernels(tf);
}
