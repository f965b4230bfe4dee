/**
 * What code asks for that may be turned into a graph (see `compile/compile.ts`) and need not know of it: numbers that change from
 * step to step, and values of tensors that are only to be checked. Like `tensor.ts` a part of the door to TensorFlow.js.
 */
import { type Scalar, type Tensor, tf } from "./tensor.js";

/** What is told, while it traces a function, of what the function asks for. */
export interface Tracer {
  /** A placeholder for what `value` gives at each call. */
  live(value: () => number, dtype: "float32" | "int32"): Scalar;
  /** Refuses a look at `what`, which the graph would keep as it is now. */
  refuse(what: string): never;
}

let tracer: Tracer | undefined;

/** From now on `next` traces; none when it is left out. */
export function setTracer(next?: Tracer): void {
  tracer = next;
}

/** Whether a function is being made a graph at this moment. */
export const isTracing = (): boolean => tracer !== undefined;

/**
 * A number that may differ from call to call: a learning rate that follows a schedule, the number of the step. Inside a
 * compiled function `value` is asked once at each call, in the order of the trace, and not while tracing. Elsewhere this is
 * `tf.scalar(value())`.
 *
 * @example
 * ```ts
 * import { compile, live, type Tensor, tf } from "gradbook";
 *
 * let rate = 0.1;
 * const scale = compile((x: Tensor) => tf.mul(x, live(() => rate)));
 * scale(tf.tensor1d([10]));
 * rate = 0.5; // A plain `rate` in the function would have stayed 0.1.
 * console.log(scale(tf.tensor1d([10])).arraySync()); // [ 5 ]
 * ```
 */
export function live(value: () => number, dtype: "float32" | "int32" = "float32"): Scalar {
  return tracer ? tracer.live(value, dtype) : tf.scalar(value(), dtype);
}

/** `value`, called `what`, which changes from step to step: a compiled function may look at it inside of `live` only. */
export function changing<Value>(value: Value, what: string): Value {
  return tracer ? tracer.refuse(what) : value;
}

/** The values of `tensor`, row after row; undefined in a function that is being compiled, where they come later. */
export function knownValues(tensor: Tensor): ArrayLike<number> | undefined {
  return tracer ? undefined : tensor.dataSync();
}
