/** Tests of what only the native engine can do: compiled functions. */
import { describe } from "vitest";
import { engine } from "../../engine/tensor.js";
import "./tensors.js";

/** As `describe`; where WebAssembly computes, the tests inside are skipped with their need. */
export const describeNative = (name: string, tests: () => void) =>
  describe.runIf(engine.name === "native")(`${name} [needs Python and a compiler]`, tests);
