import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { cachedEngineFolder, cacheFolder } from "../../../engine/setup/paths.js";
import { needing } from "../../helpers/needs.js";

afterEach(() => vi.unstubAllEnvs());

describe("the cache folder", () => {
  it("is where GRADBOOK_CACHE says", () => {
    vi.stubEnv("GRADBOOK_CACHE", join("some", "where"));
    expect(cacheFolder()).toBe(resolve("some", "where"));
    expect(isAbsolute(cachedEngineFolder())).toBe(true);
  });

  it("is of the user's own, below the home folder", () => {
    vi.stubEnv("GRADBOOK_CACHE", "");
    vi.stubEnv("XDG_CACHE_HOME", undefined);
    expect(cacheFolder().startsWith(homedir())).toBe(true);
    expect(cacheFolder()).toContain("gradbook");
  });

  it("tells engines of different platforms and versions apart", () => {
    expect(cachedEngineFolder("cache")).toContain(`4.22.0-napi8-${process.platform}-${process.arch}`);
  });
});

needing("Linux")("the cache folder is below XDG_CACHE_HOME", async () => {
  vi.stubEnv("GRADBOOK_CACHE", "");
  vi.stubEnv("XDG_CACHE_HOME", join("/", "caches"));
  // env-paths reads the environment when it is first imported.
  vi.resetModules();
  const fresh = await import("../../../engine/setup/paths.js");
  expect(fresh.cacheFolder()).toBe(join("/", "caches", "gradbook"));
});
