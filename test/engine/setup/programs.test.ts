import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { run, runNow } from "../../../engine/setup/programs.js";
import { emptyMachine } from "../../helpers/engine.js";
import { root } from "../../helpers/needs.js";

/** Folders of a PATH that cannot be looked into, each for another reason. */
function closedFolders(folder: string): string[] {
  const [file, loop, closed] = [join(folder, "file"), join(folder, "loop"), join(folder, "closed")];
  writeFileSync(file, "");
  symlinkSync(loop, loop);
  mkdirSync(closed, { mode: 0 });
  return [file, loop, closed, join(folder, "x".repeat(300)), join(folder, "none")];
}

/** What a module's text reports in a process to which file modes apply, as they do not to an administrator. */
function asUser(text: string): unknown {
  const words = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : [];
  const [program = "", ...more] = [...words, process.execPath, "--input-type=module", "-e", text];
  return JSON.parse(execFileSync(program, more, { cwd: root, encoding: "utf8" }).trim());
}

describe("looking for a program", () => {
  it("passes over folders of the PATH that cannot be looked into, in the doctor and the set-up too", () => {
    const { folder, cache, tfjsNode } = emptyMachine();
    const bin = join(folder, "bin");
    mkdirSync(join(bin, "g++"), { recursive: true });
    symlinkSync(process.execPath, join(bin, "chromium"));
    const text = `
import { doctor } from "./engine/dist/setup/doctor.js";
import { findProgram } from "./engine/dist/setup/programs.js";
import { setUpEngine } from "./engine/dist/setup/setup.js";
process.env.PATH = ${JSON.stringify([...closedFolders(folder), bin, "/bin"].join(delimiter))};
const makers = [{ name: "no way", make: () => Promise.reject(new Error("none")) }];
const tfjsNode = ${JSON.stringify(tfjsNode)};
const { reasons } = await setUpEngine({ cache: ${JSON.stringify(cache)}, tfjsNode, makers });
const { checkRest } = await import("./dist/cli/doctor.js");
const checks = await doctor(tfjsNode, ${JSON.stringify(join(folder, "closed", "cache"))});
const states = Object.fromEntries([...checks, ...(await checkRest())].map(({ name, state }) => [name, state]));
const programs = [findProgram("none", "chromium"), findProgram("g++") ?? "none"];
console.log(JSON.stringify({ programs, reasons, browser: states.browser, cache: states["cache folder"] }));`;
    expect(asUser(text)).toEqual({
      programs: [join(bin, "chromium"), expect.not.stringContaining(bin)],
      reasons: ["no way: none"],
      browser: "found",
      cache: "broken",
    });
    chmodSync(join(folder, "closed"), 0o700);
  });
});

describe("running a program", () => {
  const never = join(dirname(process.execPath), "no such program");

  it("gives its output, and the gist of its errors when it fails", async () => {
    expect(await run(process.execPath, ["-p", "1 + 1"])).toBe("2\n");
    await expect(run(process.execPath, ["-e", "throw new Error('broken')"])).rejects.toThrow(
      /-e: expected exit code 0, received 1: Error: broken$/,
    );
    await expect(run(never, [])).rejects.toThrow("ENOENT");
  });

  it("does so too while everything waits", () => {
    expect(runNow(process.execPath, ["-p", "process.env.word"], { word: "two" })).toBe("two\n");
    const fail = (text: string) => () => runNow(process.execPath, ["-e", text], {});
    expect(fail("throw new Error('broken')")).toThrow(/-e: expected exit code 0, received 1: Error: broken$/);
    expect(fail("process.kill(process.pid, 'SIGKILL')")).toThrow(/expected exit code 0, received SIGKILL$/);
    expect(() => runNow(never, [], {})).toThrow("ENOENT");
  });
});
