/** The door for `import`: waits until the engine is ready, so that a notebook can make tensors at once. */
import { engine } from "gradbook-engine/tensor";

await engine.ready;

export * from "./index.js";
