import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { bindingPath } from "../../../engine/setup/load-test.js";
import { writeManifest } from "../../../engine/setup/manifest.js";
import { proveEngine, provenEngine } from "../../../engine/setup/proof.js";
import { crashing, damage, emptyMachine, realEngine, smallLibrary } from "../../helpers/engine.js";
import { has, needing, root } from "../../helpers/needs.js";

/** An engine in a folder of its own that nobody has loaded yet, and an empty cache. */
async function unproven() {
  const { cache, tfjsNode, folder, progress } = emptyMachine();
  await realEngine().make({ folder: tfjsNode, tfjsNode, progress });
  const manifest = await writeManifest(tfjsNode, "a test", "2.21.0");
  return { cache, tfjsNode, folder, manifest, prove: () => provenEngine(tfjsNode, tfjsNode, cache) };
}
const proofs = (cache: string) => readdirSync(join(cache, "proofs"));
const test = needing("Python and a compiler");

describe("the proof that an engine works", () => {
  test("is given once, and again only when a file has been written to", async () => {
    const { cache, tfjsNode, manifest, prove } = await unproven();
    expect(prove()).toEqual(manifest);
    const [proof] = proofs(cache);
    // The note is believed: this one says something else than the engine would.
    writeFileSync(join(cache, "proofs", proof!), '{"problem":"as noted"}');
    expect(prove()).toBe("as noted");
    expect(await proveEngine(tfjsNode, tfjsNode, cache)).toEqual(manifest);
    expect(prove()).toEqual(manifest);
    // The same bytes and the same times, written anew.
    const small = join(tfjsNode, smallLibrary);
    utimesSync(small, 1, 1);
    expect(prove()).toEqual(manifest);
    expect(proofs(cache)).toHaveLength(2);
  });

  test("fails for bytes that have changed, whatever the file's size and times say", async () => {
    const { tfjsNode, prove } = await unproven();
    for (const part of [bindingPath, smallLibrary]) {
      expect(prove()).toMatchObject({ source: "a test" });
      const file = join(tfjsNode, part);
      const bytes = readFileSync(file);
      damage(file);
      utimesSync(file, 1, 1);
      const expected = expect.stringMatching(new RegExp(`^${part}: expected sha256 \\w{64}, received \\w{64}$`));
      expect([prove(), prove()]).toEqual([expected, expected]);
      writeFileSync(file, bytes);
    }
  });

  test("fails for an engine that crashes, which is loaded once", async () => {
    const { tfjsNode, folder, prove } = await unproven();
    const loads = join(folder, "loads");
    crashing(tfjsNode, loads);
    await writeManifest(tfjsNode, "a test", "2.21.0");
    const expected = expect.stringMatching(/expected exit code 0, received SIG/);
    expect([prove(), prove()]).toEqual([expected, expected]);
    expect(readFileSync(loads, "utf8")).toBe(".");
  });

  needing("Python and a compiler", "all")("is given at every start where it cannot be noted", async () => {
    const { cache, manifest, prove } = await unproven();
    writeFileSync(cache, "a file in the folder's place");
    expect([prove(), prove()]).toEqual([manifest, manifest]);
  });

  needing("Linux", "all")("holds for a processor with the same instructions only", async () => {
    if (!has("Python and a compiler")) return;
    const { cache, tfjsNode, folder, manifest, prove } = await unproven();
    expect(prove()).toEqual(manifest);
    const cpuinfo = join(folder, "cpuinfo");
    const text = `
import { provenEngine } from "./engine/dist/setup/proof.js";
console.log(provenEngine(...${JSON.stringify([tfjsNode, tfjsNode, cache])}).source);`;
    for (const [flags, count] of [
      ["flags : sse2", 2],
      ["flags : sse2 avx", 3],
      ["flags : sse2", 3],
    ] as const) {
      writeFileSync(cpuinfo, `processor : 0\n${flags}\ncpu MHz : ${Math.random()}\n`);
      const script = `mount --bind ${cpuinfo} /proc/cpuinfo && exec "$0" --input-type=module -e "$1"`;
      const words = ["-rm", "sh", "-c", script, process.execPath, text];
      expect(execFileSync("unshare", words, { cwd: root, encoding: "utf8" })).toBe("a test\n");
      expect(proofs(cache)).toHaveLength(count);
    }
  });
});
