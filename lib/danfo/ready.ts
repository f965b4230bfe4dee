/** The door for `import` from "gradbook/danfo": waits until the engine is ready, as `ready.ts` does for the library. */
import { engine } from "gradbook-engine/tensor";

await engine.ready;

export * from "./danfo.js";
