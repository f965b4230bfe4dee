/**
 * Tests of what only the native engine can do: graphs. Compiled functions run on WebAssembly too, as they are, and so do the
 * tests of what they give.
 */
import { describe, it, type TestFunction, type TestOptions } from "vitest";
import { engine } from "../../lib/tensor.js";
import "./tensors.js";

const isNative = engine.name === "native";
const need = "[needs Python and a compiler]";

/** As `describe`; where WebAssembly computes, the tests inside are skipped with their need. */
export const describeNative = (name: string, tests: () => void) => describe.runIf(isNative)(`${name} ${need}`, tests);

/** As `it`; where WebAssembly computes, the test is skipped with its need. */
export const itNative = (name: string, test: TestFunction, options: TestOptions = {}) =>
  it.runIf(isNative)(`${name} ${need}`, options, test);
