import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { manifestPath, readManifest, writeManifest } from "../../../lib/engine/manifest.js";
import { temporaryFolder } from "../../helpers/engine.js";

/** A folder like an engine's, with its manifest. */
async function engineFolder(): Promise<string> {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "lib", "napi-v8"), { recursive: true });
  mkdirSync(join(folder, "deps", "lib"), { recursive: true });
  writeFileSync(join(folder, "lib", "napi-v8", "tfjs_binding.node"), "binding");
  writeFileSync(join(folder, "deps", "lib", "library"), "library");
  await writeManifest(folder, "a test", "2.21.0");
  return folder;
}
const library = (folder: string) => join(folder, "deps", "lib", "library");

describe("an engine's manifest", () => {
  it("lists every file with size and hash", async () => {
    const manifest = readManifest(await engineFolder());
    expect(manifest).toMatchObject({ source: "a test", tensorflow: "2.21.0" });
    expect((manifest as { files: unknown }).files).toEqual([
      {
        path: "lib/napi-v8/tfjs_binding.node",
        size: 7,
        sha256: "80f70afeef3caa57646fd20afb95be9c3f2c03d38e091906de31838813dcc22e",
      },
      {
        path: "deps/lib/library",
        size: 7,
        sha256: "b718f1354f7247312eca086d9a024afe5fa717ddea5adeddd6f12bcf945b2e8c",
      },
    ]);
  });

  it("notices a truncated file, a missing one, one that cannot be looked at and a missing manifest", async () => {
    const folder = await engineFolder();
    truncateSync(library(folder), 3);
    expect(readManifest(folder)).toBe("deps/lib/library: expected 7 bytes, received 3");
    rmSync(library(folder));
    expect(readManifest(folder)).toBe("deps/lib/library: expected 7 bytes, received no file");
    symlinkSync(library(folder), library(folder));
    expect(readManifest(folder)).toContain("deps/lib/library: expected 7 bytes, received ELOOP");
    rmSync(join(folder, manifestPath));
    expect(readManifest(folder)).toBe("it is not set up");
  });

  it("notices a damaged manifest and one of another platform", async () => {
    const folder = await engineFolder();
    for (const text of ["", "{", "{}", "null", '{"files":[]}']) {
      writeFileSync(join(folder, manifestPath), text);
      expect(readManifest(folder)).toBe("its manifest is damaged");
    }
    writeFileSync(join(folder, manifestPath), '{"platform":"plan9-mips","files":[{"path":"x","size":1}]}');
    expect(readManifest(folder)).toContain("it is for plan9-mips");
  });
});
