import { describe, expect, it } from "vitest";
import { chooseEngine } from "../../../engine/setup/choice.js";

describe("chooseEngine", () => {
  it("takes the native engine where it is ready", () => {
    for (const wanted of [undefined, "", "native"]) {
      expect(chooseEngine(wanted, undefined)).toEqual({ name: "native" });
    }
  });

  it("takes wasm where the native engine is not ready, and says why", () => {
    const { name, reason } = chooseEngine(undefined, "it is not set up");
    expect(name).toBe("wasm");
    expect(reason).toContain("it is not set up");
  });

  it("takes wasm on demand", () => {
    expect(chooseEngine("wasm", undefined)).toEqual({ name: "wasm", reason: "GRADBOOK_ENGINE=wasm" });
  });

  it("refuses to replace a native engine that was demanded", () => {
    expect(() => chooseEngine("native", "it is not set up")).toThrow(/received: it is not set up.*gradbook setup/);
  });

  it("refuses an unknown name", () => {
    expect(() => chooseEngine("gpu", undefined)).toThrow('Expected "native" or "wasm", received "gpu"');
  });
});
