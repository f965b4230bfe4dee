/** What a program imports from "gradbook-engine": TensorFlow.js on the engine of this machine, and `compile`. */
export { type Compiled, type CompileOptions, compile, type Nested } from "./compile/compile.js";
export { TraceError } from "./compile/trace-error.js";
export { live } from "./live.js";
export { Random, type RandomState, seed } from "./random.js";
export * from "./tensor.js";
