import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { doctor, renderReport } from "../../../engine/setup/doctor.js";
import { bindingPath } from "../../../engine/setup/load-test.js";
import { cachedEngineFolder } from "../../../engine/setup/paths.js";
import { setUpEngine } from "../../../engine/setup/setup.js";
import { damage, emptyMachine, noEngine, realEngine } from "../../helpers/engine.js";
import { needing } from "../../helpers/needs.js";

afterEach(() => vi.unstubAllEnvs());

/** The check of that name. */
const check = async (name: string, ...places: Parameters<typeof doctor>) =>
  (await doctor(...places)).find((one) => one.name === name)!;

describe("the doctor", () => {
  it("reports on everything the set-up depends on", async () => {
    const checks = await doctor();
    expect(checks.map(({ name }) => name)).toEqual([
      "Node.js",
      "system",
      "engine in use",
      "native engine",
      "wasm engine",
      "Python with pip",
      "C++ compiler",
      "cache folder",
    ]);
    expect(checks[0]).toEqual({ name: "Node.js", state: "found", detail: process.version });
    expect(checks.find(({ name }) => name === "wasm engine")).toMatchObject({ state: "found" });
    for (const { state, mend } of checks) expect(mend === undefined).toBe(state === "found");
  });

  needing("Python and a compiler")("finds the native engine whole and loading", async () => {
    const checks = await doctor();
    const detail = (name: string) => checks.find((one) => one.name === name)!.detail;
    expect(detail("native engine")).toMatch(/^TensorFlow 2.21.0 from .* every file intact, loads and computes$/);
    expect(detail("engine in use")).toBe("native");
  });

  needing("Python and a compiler", "all")(
    "notices a native engine with changed bytes, which its advice mends",
    async () => {
      const machine = emptyMachine();
      await setUpEngine({ ...machine, makers: [realEngine()] });
      damage(join(cachedEngineFolder(machine.cache), bindingPath));
      const checks = await doctor(machine.tfjsNode, machine.cache);
      expect(checks.find(({ name }) => name === "native engine")).toMatchObject({
        state: "broken",
        detail: expect.stringMatching(/tfjs_binding.node: expected sha256/),
        mend: expect.stringContaining("gradbook setup --retry"),
      });
      expect(checks.find(({ name }) => name === "engine in use")?.detail).toMatch(/^wasm \(/);
      await setUpEngine({ ...machine, retry: true, makers: [realEngine()] });
      expect(await check("native engine", machine.tfjsNode, machine.cache)).toMatchObject({ state: "found" });
    },
  );

  it("tells why the set-up failed", { tags: "all" }, async () => {
    const machine = emptyMachine();
    await setUpEngine({ ...machine, makers: [noEngine()] });
    expect(await check("native engine", machine.tfjsNode, machine.cache)).toMatchObject({
      state: "missing",
      detail: "it is not set up; the test's way: the moon is not full",
    });
  });

  it("names what is missing on a machine with nothing, and how to mend it", async () => {
    const machine = emptyMachine();
    vi.stubEnv("PATH", machine.folder);
    const checks = await doctor(machine.tfjsNode, join(machine.folder, "none"));
    for (const name of ["Python with pip", "C++ compiler", "native engine", "cache folder"]) {
      expect(checks.find((one) => one.name === name)?.state, name).toBe("missing");
    }
    const text = renderReport(checks);
    expect(text).toMatch(/^found {4}Node.js /);
    expect(text).toMatch(/missing {2}Python with pip .*\n +to mend it: /);
  });

  it("repeats what is wrong with GRADBOOK_ENGINE, and tells the size of the cache", async () => {
    const { folder, tfjsNode } = emptyMachine();
    vi.stubEnv("GRADBOOK_ENGINE", "gpu");
    const cache = join(folder, "cache");
    mkdirSync(cache);
    writeFileSync(join(cache, "file"), Buffer.alloc(3_000_000));
    const checks = await doctor(tfjsNode, cache);
    expect(checks.find(({ name }) => name === "engine in use")).toMatchObject({
      state: "broken",
      detail: expect.stringContaining('received "gpu"'),
    });
    expect(checks.find(({ name }) => name === "cache folder")?.detail).toContain(`${cache}, 3 MB`);
  });
});
