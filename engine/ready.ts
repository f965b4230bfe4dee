/** The door for `import`: waits until the engine is ready, so that tensors can be made at once. */
import { engine } from "./tensor.js";

await engine.ready;

export * from "./index.js";
