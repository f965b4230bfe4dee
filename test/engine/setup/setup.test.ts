import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { linkEngine } from "../../../engine/setup/link.js";
import { bindingPath, testLoading } from "../../../engine/setup/load-test.js";
import { type Manifest, manifestPath, readManifest, writeManifest } from "../../../engine/setup/manifest.js";
import { cachedEngineFolder } from "../../../engine/setup/paths.js";
import { setUpEngine } from "../../../engine/setup/setup.js";
import {
  crashing,
  damage,
  emptyMachine,
  falseEngine,
  installed,
  noEngine,
  realEngine,
  smallLibrary,
} from "../../helpers/engine.js";
import { needing } from "../../helpers/needs.js";

afterEach(() => vi.unstubAllEnvs());

const native = { name: "native", reasons: [] };
const withNative = needing("Python and a compiler");
const inTestAll = needing("Python and a compiler", "all");

describe("setting up the native engine", () => {
  withNative("makes it, tries it and links it; then there is nothing left to do", async () => {
    const machine = emptyMachine();
    const maker = realEngine();
    expect(await setUpEngine({ ...machine, makers: [maker] })).toEqual(native);
    expect(await testLoading(machine.tfjsNode, installed)).toBe("2.21.0");
    expect(readdirSync(machine.cache)).toEqual(["proofs", basename(cachedEngineFolder(machine.cache))]);
    expect(await setUpEngine({ ...machine, makers: [maker] })).toEqual(native);
    expect(maker.asked).toBe(1);
  });

  withNative("serves another checkout from the cache", async () => {
    const first = emptyMachine();
    await setUpEngine({ ...first, makers: [realEngine()] });
    const second = { ...emptyMachine(), cache: first.cache };
    const maker = noEngine();
    expect(await setUpEngine({ ...second, makers: [maker] })).toEqual(native);
    expect(maker.asked).toBe(0);
    expect(await testLoading(second.tfjsNode, installed)).toBe("2.21.0");
  });

  withNative("makes it once for two processes that ask at the same time", async () => {
    const first = emptyMachine();
    const second = { ...emptyMachine(), cache: first.cache };
    const maker = realEngine();
    const both = [first, second].map((machine) => setUpEngine({ ...machine, makers: [maker] }));
    expect(await Promise.all(both)).toEqual([native, native]);
    expect(maker.asked).toBe(1);
  });

  inTestAll("goes on where a killed process stopped: stale lock, half-finished folder", async () => {
    const machine = emptyMachine();
    const half = join(machine.cache, "staging-killed");
    mkdirSync(join(half, "lib"), { recursive: true });
    const lock = join(machine.cache, "lock");
    mkdirSync(lock);
    utimesSync(lock, new Date(0), new Date(0));
    expect(await setUpEngine({ ...machine, makers: [realEngine()] })).toEqual(native);
    expect(existsSync(half)).toBe(false);
    expect(existsSync(lock)).toBe(false);
  });

  inTestAll("makes a cached engine anew when a file of it is cut short", async () => {
    const first = emptyMachine();
    await setUpEngine({ ...first, makers: [realEngine()] });
    truncateSync(join(cachedEngineFolder(first.cache), bindingPath), 1000);
    expect(readManifest(first.tfjsNode)).toContain("expected");
    const maker = realEngine();
    expect(await setUpEngine({ ...first, makers: [maker] })).toEqual(native);
    expect(maker.asked).toBe(1);
    expect(first.lines.join("\n")).toMatch(
      /is broken \(lib\/napi-v8\/tfjs_binding.node: expected \d+ bytes, received 1000\)/,
    );
    expect(await testLoading(first.tfjsNode, installed)).toBe("2.21.0");
  });

  for (const [part, retry] of [
    [bindingPath, true],
    [smallLibrary, false],
  ] as const) {
    const asked = retry ? "asked to try again" : "run once more";
    inTestAll(`makes the engine anew when bytes of ${basename(part)} have changed and it is ${asked}`, async () => {
      const machine = emptyMachine();
      await setUpEngine({ ...machine, makers: [realEngine()] });
      const second = { ...emptyMachine(), cache: machine.cache };
      await setUpEngine({ ...second, makers: [] });
      damage(join(cachedEngineFolder(machine.cache), part));
      const maker = realEngine();
      expect(await setUpEngine({ ...machine, retry, makers: [maker] })).toEqual(native);
      expect(maker.asked).toBe(1);
      expect(machine.lines.at(-3)).toMatch(/ is broken \(.*: expected sha256 \w+, received \w+\); it is made anew\.$/);
      // The other checkout has it too, without a set-up of its own.
      expect(await testLoading(second.tfjsNode, installed)).toBe("2.21.0");
    });
  }

  inTestAll("makes the engine anew when loading it crashes", async () => {
    const machine = emptyMachine();
    await setUpEngine({ ...machine, makers: [realEngine()] });
    const entry = cachedEngineFolder(machine.cache);
    const { source, tensorflow } = readManifest(entry) as Manifest;
    crashing(entry, join(machine.folder, "loads"));
    await writeManifest(entry, source, tensorflow);
    const maker = realEngine();
    expect(await setUpEngine({ ...machine, retry: true, makers: [maker] })).toEqual(native);
    expect(maker.asked).toBe(1);
    expect(machine.lines.at(-3)).toMatch(
      / is broken \(.*: expected exit code 0, received SIG\w+\); it is made anew\.$/,
    );
  });

  inTestAll("finds a whole engine whole when asked to try again", async () => {
    const machine = emptyMachine();
    await setUpEngine({ ...machine, makers: [realEngine()] });
    const maker = noEngine();
    expect(await setUpEngine({ ...machine, retry: true, makers: [maker] })).toEqual(native);
    expect(maker.asked).toBe(0);
  });

  /** Makes the engine in the cache one of before recipes had numbers. */
  const makeOlder = (machine: { cache: string }) => {
    const file = join(cachedEngineFolder(machine.cache), manifestPath);
    const { recipe: _, ...manifest } = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    writeFileSync(file, JSON.stringify(manifest));
  };

  inTestAll("makes the engine of an older Gradbook anew, for all checkouts", async () => {
    const machine = emptyMachine();
    await setUpEngine({ ...machine, makers: [realEngine()] });
    const second = { ...emptyMachine(), cache: machine.cache };
    await setUpEngine({ ...second, makers: [] });
    makeOlder(machine);
    const maker = realEngine();
    expect(await setUpEngine({ ...machine, makers: [maker] })).toEqual(native);
    expect(maker.asked).toBe(1);
    expect(machine.lines.join("\n")).toContain("is that of an older Gradbook; it is made anew");
    expect(await setUpEngine({ ...second, makers: [noEngine()] })).toEqual(native);
    expect(readManifest(second.tfjsNode)).toHaveProperty("recipe");
  });

  withNative("keeps the engine of an older Gradbook where a new one cannot be had, and says so", async () => {
    const machine = emptyMachine();
    await setUpEngine({ ...machine, makers: [realEngine()] });
    makeOlder(machine);
    const maker = noEngine();
    for (let i = 0; i < 2; i++) {
      expect(await setUpEngine({ ...machine, makers: [maker] })).toEqual(native);
      expect(machine.lines.at(-2)).toContain("stays that of an older Gradbook");
      expect(machine.lines.at(-1)).toContain("the moon is not full");
    }
    expect(maker.asked).toBe(1);
    expect(await testLoading(machine.tfjsNode, installed)).toBe("2.21.0");
  });

  withNative("accepts an engine that npm's own install has put there, once it loads", async () => {
    const machine = emptyMachine();
    await realEngine().make({ folder: machine.tfjsNode, tfjsNode: installed, progress: machine.progress });
    const maker = noEngine();
    expect(await setUpEngine({ ...machine, makers: [maker] })).toEqual(native);
    expect(maker.asked).toBe(0);
    expect(readManifest(machine.tfjsNode)).toMatchObject({ source: "npm's install of the package" });
  });

  inTestAll("replaces one that npm's own install has put there and that does not load", async () => {
    const machine = emptyMachine();
    await falseEngine().make({ folder: machine.tfjsNode, tfjsNode: installed, progress: machine.progress });
    expect(await setUpEngine({ ...machine, makers: [realEngine()] })).toEqual(native);
    expect(machine.lines[0]).toContain("does not work");
    expect(await testLoading(machine.tfjsNode, installed)).toBe("2.21.0");
  });

  it("never accepts an engine that does not load", async () => {
    const machine = emptyMachine();
    const { name, reasons } = await setUpEngine({ ...machine, makers: [falseEngine()] });
    expect(name).toBe("wasm");
    expect(reasons).toEqual([expect.stringMatching(/^the test's way: .*tfjs_binding\.node/)]);
    expect(existsSync(cachedEngineFolder(machine.cache))).toBe(false);
    expect(existsSync(join(machine.tfjsNode, manifestPath))).toBe(false);
  });

  it("tries the ways in order and tells why each failed", async () => {
    const machine = emptyMachine();
    const makers = [
      { ...noEngine(), name: "first" },
      { ...noEngine(), name: "second" },
    ];
    const { reasons } = await setUpEngine({ ...machine, makers });
    expect(reasons).toEqual(["first: the moon is not full", "second: the moon is not full"]);
    expect(machine.lines.slice(-4)).toEqual([
      expect.stringContaining("WebAssembly computes"),
      "  first: the moon is not full",
      "  second: the moon is not full",
      expect.stringContaining("gradbook setup --retry"),
    ]);
  });

  it("tries the wheel first, and the binary that nobody vouches for last", async () => {
    const machine = emptyMachine();
    vi.stubEnv("PATH", machine.folder);
    const { reasons } = await setUpEngine(machine);
    expect(reasons).toEqual([
      expect.stringMatching(/^the TensorFlow wheel: /),
      expect.stringMatching(/^the official binary \(unverified\): /),
    ]);
  });

  it("remembers a failure and tries again only on demand or when something has changed", async () => {
    const machine = emptyMachine();
    const maker = noEngine();
    const options = { ...machine, makers: [maker] };
    const failed = await setUpEngine(options);
    expect(await setUpEngine(options)).toEqual(failed);
    expect(maker.asked).toBe(1);
    await setUpEngine({ ...options, retry: true });
    expect(maker.asked).toBe(2);
    vi.stubEnv("PATH", dirname(process.execPath));
    await setUpEngine(options);
    expect(maker.asked).toBe(3);
  });

  it("says so when it cannot note that it failed", async () => {
    const machine = emptyMachine();
    mkdirSync(join(machine.cache, "failure.json"), { recursive: true });
    const { name, reasons } = await setUpEngine({ ...machine, makers: [noEngine()] });
    expect(name).toBe("wasm");
    expect(reasons).toEqual(["the test's way: the moon is not full", expect.stringMatching(/^this cannot be noted: /)]);
  });

  it("does without where the cache folder cannot be used", async () => {
    const machine = emptyMachine();
    const file = join(machine.folder, "file");
    writeFileSync(file, "");
    const loop = join(machine.folder, "loop");
    symlinkSync(loop, loop);
    for (const cache of [join(file, "cache"), join(loop, "cache"), join(machine.folder, "x".repeat(300))]) {
      const { name, reasons } = await setUpEngine({ ...machine, cache, makers: [realEngine()] });
      expect(name).toBe("wasm");
      expect(reasons[0]).toContain(`the cache folder ${cache} cannot be used`);
    }
  });

  it("sets nothing up when wasm is demanded", async () => {
    const machine = emptyMachine();
    vi.stubEnv("GRADBOOK_ENGINE", "wasm");
    const maker = noEngine();
    expect(await setUpEngine({ ...machine, makers: [maker] })).toMatchObject({ name: "wasm" });
    expect(maker.asked).toBe(0);
    expect(existsSync(machine.cache)).toBe(false);
  });
});

describe("linkEngine", () => {
  it("replaces what was there, link or folder, and leaves the cache alone", async () => {
    const { folder, tfjsNode } = emptyMachine();
    for (const version of ["old", "new"]) {
      for (const part of ["lib", "deps"]) {
        mkdirSync(join(folder, version, part), { recursive: true });
        writeFileSync(join(folder, version, part, "file"), version);
      }
    }
    mkdirSync(join(tfjsNode, "deps", "lib"), { recursive: true });
    await linkEngine(join(folder, "old"), tfjsNode);
    await linkEngine(join(folder, "new"), tfjsNode);
    expect(realpathSync(join(tfjsNode, "lib", "file"))).toBe(join(folder, "new", "lib", "file"));
    expect(realpathSync(join(tfjsNode, "deps", "file"))).toBe(join(folder, "new", "deps", "file"));
    expect(existsSync(join(folder, "old", "lib", "file"))).toBe(true);
  });
});
