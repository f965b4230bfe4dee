/**
 * Matrix products with one factor transposed, which backward needs. WebAssembly's kernel multiplies transposed matrices seven
 * times as slowly as it transposes them first; native TensorFlow does not mind.
 */
import { engine, type Tensor2D, tf } from "gradbook-engine/tensor";

/** aᵀ · b */
export const transposedTimes = (a: Tensor2D, b: Tensor2D): Tensor2D =>
  engine.name === "wasm" ? tf.matMul(tf.transpose(a), b) : tf.matMul(a, b, true, false);

/** a · bᵀ */
export const timesTransposed = (a: Tensor2D, b: Tensor2D): Tensor2D =>
  engine.name === "wasm" ? tf.matMul(a, tf.transpose(b)) : tf.matMul(a, b, false, true);
