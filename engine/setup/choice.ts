/**
 * Chooses the engine: the native one where it is ready, else WebAssembly, unless `GRADBOOK_ENGINE` says which. The rule
 * alone, without loading anything; `tensor.ts` loads what is chosen.
 */

export type EngineName = "native" | "wasm";

export interface Choice {
  name: EngineName;
  /** Why the engine is not the native one. */
  reason?: string;
}

/**
 * @param wanted the value of `GRADBOOK_ENGINE`; unset or empty leaves the choice open
 * @param problem what keeps the native engine from being used; `undefined` when it is ready
 * @throws Error for an unknown value, and when the native engine is demanded but not ready
 */
export function chooseEngine(wanted: string | undefined, problem: string | undefined): Choice {
  if (wanted && wanted !== "native" && wanted !== "wasm") {
    throw new Error(`GRADBOOK_ENGINE: Expected "native" or "wasm", received "${wanted}": correct it or unset it.`);
  }
  if (wanted === "wasm") return { name: "wasm", reason: "GRADBOOK_ENGINE=wasm" };
  if (problem === undefined) return { name: "native" };
  if (wanted === "native") {
    throw new Error(
      `GRADBOOK_ENGINE=native: Expected the native engine to be ready, received: ${problem}. ` +
        "Run `gradbook setup --retry` to set it up, or `gradbook doctor` to see what is missing.",
    );
  }
  return {
    name: "wasm",
    reason: `the native engine is not ready: ${problem}; \`gradbook doctor\` tells how to mend it`,
  };
}
