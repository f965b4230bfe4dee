/** The `gradbook` command as a user types it: one clear message and an exit code for whatever is wrong. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../helpers/needs.js";
import { gradbook } from "../helpers/notebook.js";

const cwd = mkdtempSync(join(tmpdir(), "gradbook-main-"));
const run = (...args: string[]) => gradbook(args, { cwd });

describe("gradbook", () => {
  it.each([
    [["dance"], "error: unknown command 'dance'"],
    [["run"], "error: missing required argument 'in'"],
    [["run", "a.ipynb", "--fast"], "error: unknown option '--fast'"],
    [["kernel"], "error: required option '--connection-file <file>' not specified"],
    [["kernel", "--connection-file", "none.json"], "gradbook: Expected a connection file, received none.json: ENOENT"],
    [
      ["kernel", "--connection-file", "port.json"],
      '"tcp" or "ipc" in transport of the connection file port.json, received nothing',
    ],
    [["score", "none.csv"], "none.csv: expected a CSV file"],
    [["score", "twice.csv"], "received 1461 more than once"],
    [["score", "text.csv"], "text.csv"],
  ])("refuses %j with one message and exit code 1", (args, message) => {
    writeFileSync(join(cwd, "port.json"), "{}");
    writeFileSync(join(cwd, "twice.csv"), "Id,SalePrice\n1461,1\n1461,2\n");
    writeFileSync(join(cwd, "text.csv"), "Id,SalePrice\n1461,cheap\n");
    const { status, stdout, stderr } = run(...args);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it("tells its version and its commands", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(run("--version").stdout).toBe(`${version}\n`);
    const help = run("--help");
    expect(help.status).toBe(0);
    for (const command of ["run", "score", "setup", "doctor", "kernel", "install", "uninstall", "lab"]) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    }
  });

  it.each([
    ["run"],
    ["run", "a.ipynb"],
    ["score"],
    ["setup"],
    ["doctor"],
    ["kernel"],
    ["worker"],
    ["install"],
    ["uninstall"],
    ["lab"],
    ["lab", "notebooks", "--no-browser"],
  ])("%s %s %s tells of itself with --help and -h, and does nothing else", (...words) => {
    const given = words.filter((word) => word !== undefined);
    // Neither a Jupyter nor a Python is to be found, nor a place to put anything.
    const home = mkdtempSync(join(tmpdir(), "gradbook-help-"));
    const work = join(home, "work");
    mkdirSync(work);
    const env = { PATH: "", HOME: home, GRADBOOK_CACHE: join(home, "cache"), JUPYTER_DATA_DIR: join(home, "jupyter") };
    for (const help of ["--help", "-h"]) {
      const { status, stdout, stderr } = gradbook([...given, help], { cwd: work, env });
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(new RegExp(`^Usage: gradbook ${given[0]} `));
    }
    expect([readdirSync(home), readdirSync(work)]).toEqual([["work"], []]);
  });

  it("scores the true prices with 0, against those that ship and against those of a file", () => {
    copyFileSync(join(root, "data/ames/solution.csv"), join(cwd, "best.csv"));
    expect(run("score", "best.csv").stdout).toBe("logRmse of best.csv: 0.00000\n");
    const prices = (price: number) => `Id,SalePrice\n7,${price}\n`;
    writeFileSync(join(cwd, "mine.csv"), prices(100 * Math.E));
    writeFileSync(join(cwd, "true.csv"), prices(100));
    expect(run("score", "mine.csv", "true.csv").stdout).toBe("logRmse of mine.csv: 1.00000\n");
  });

  it("names the engine that a setup leads to", () => {
    expect(gradbook(["setup"], { env: { GRADBOOK_ENGINE: "wasm" } }).stdout).toBe("Engine: WebAssembly\n");
  });
});
