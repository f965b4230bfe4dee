/**
 * The package as others get it: packed, installed in an empty folder far from this repository, used there. Needs npm's
 * registry or cache, like any installation.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNotebook } from "../kernel/runner/notebook-file.js";
import { run, startTslab } from "./helpers/kernel.js";
import { root } from "./helpers/needs.js";
import { code, writeTestNotebook } from "./helpers/notebook.js";

const folder = mkdtempSync(join(tmpdir(), "gradbook-package-"));
const home = join(folder, "home");
const windows = process.platform === "win32";
let packed: { filename: string; size: number; files: { path: string }[] };

/** Runs a command in `home`; gives what it wrote. `status` is the exit code. */
function sh(command: string, args: string[], cwd = home) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8", shell: windows });
  if (error) throw error;
  return { status, stdout, stderr };
}
const npm = (args: string[], cwd?: string) => sh("npm", args, cwd);
const gradbook = (...args: string[]) => sh(join(home, "node_modules", ".bin", "gradbook"), args);
const node = (code: string) => sh(process.execPath, ["--input-type=module", "-e", code]);

beforeAll(() => {
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), '{ "name": "elsewhere", "private": true }\n');
  const pack = npm(["pack", "--json", "--pack-destination", folder], root);
  expect(pack.status, pack.stderr).toBe(0);
  [packed] = JSON.parse(pack.stdout);
  const quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  const install = npm(["install", ...quiet, join(folder, packed.filename)]);
  expect(install.status, install.stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the packed package", () => {
  it("is under 5 MB", () => {
    expect(packed.size).toBeLessThan(5e6);
  });

  it("holds the compiled code, the data, the notebooks and the licences, and no tests or scripts", () => {
    const paths = packed.files.map(({ path }) => path);
    for (const path of [
      "dist/lib/index.js",
      "dist/lib/index.d.ts",
      "dist/kernel/main.js",
      "data/ames/train.csv",
      "data/batchnorm/sweep.json",
      "data/mnist/README.md",
      "data/mnist/train-first1000-images-idx3-ubyte.gz",
      "LICENSE",
    ]) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path) => /^(test|scripts|node_modules|out)\//.test(path))).toEqual([]);
  });
});

describe("installed in an empty folder", () => {
  it("asks for danfo only when danfo is used", () => {
    const { status, stderr } = node(`import * as danfo from "gradbook/danfo"; new danfo.DataFrame([[1]])`);
    expect(stderr).toContain("npm install danfojs-node");
    expect(status).not.toBe(0);
  });

  it("gives the command", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(gradbook("--version").stdout.trim()).toBe(version);
  });

  it("sets up the engine and computes with it", () => {
    const setup = gradbook("setup");
    expect(setup.stdout, setup.stderr).toMatch(/^Engine: (native TensorFlow|WebAssembly)$/m);
    const backend = setup.stdout.includes("native") ? "tensorflow" : "wasm";
    const used = node(
      `import { tf } from "gradbook"; console.log(tf.getBackend(), tf.tensor1d([1, 2]).sum().arraySync());`,
    );
    expect(used.stdout.trim(), used.stderr).toBe(`${backend} 3`);
  });

  it("can be required from CommonJS", () => {
    const { stdout, stderr } = sh(process.execPath, ["-e", `console.log(typeof require("gradbook").Dense)`]);
    expect(stdout.trim(), stderr).toBe("function");
  });

  it("has a doctor", () => {
    const { status, stdout, stderr } = gradbook("doctor");
    expect(status, stderr).toBe(0);
    expect(stdout).toContain(process.version);
  });

  it("runs a notebook that imports the library and another TypeScript file", () => {
    writeFileSync(join(home, "double.ts"), "export const double = (x: number): number => 2 * x;\n");
    const cells = [
      code('import { tf } from "gradbook";\nimport { double } from "./double.ts";\nlet n = 1;', "parameters"),
      code('const sum = tf.tensor1d([1, double(n)]).sum().dataSync()[0];\nconsole.log("sum", sum);', "summary"),
    ];
    writeTestNotebook(join(home, "in.ipynb"), cells);
    const { status, stdout, stderr } = gradbook("run", "in.ipynb", "-p", "n", "4");
    expect([status, stderr.match(/failed|Expected/)], stderr).toEqual([0, null]);
    expect(stdout).toContain("sum 9\n");
    expect(readNotebook(join(home, "out", "in.ipynb")).cells).toHaveLength(3);
  });

  it("works in tslab's kernel too, with its types", async () => {
    const kernel = await startTslab(home);
    try {
      const cells = [
        'import * as gb from "gradbook";\nawait gb.engine.ready;',
        "const model = new gb.Sequential(new gb.Dense(2, 1));\nconsole.log(gb.predict(model, gb.tf.ones([3, 2])).shape);",
        "const wrong: string = gb.Dense;",
      ];
      const outcomes = [];
      for (const cell of cells) outcomes.push(await run(kernel, cell));
      expect(outcomes.map(({ reply, stdout }) => [reply.status, stdout])).toEqual([
        ["ok", ""],
        ["ok", "[ 3, 1 ]\n"],
        ["error", ""],
      ]);
      expect(outcomes[2]!.stderr).toContain("not assignable to type 'string'");
    } finally {
      await kernel.kill();
    }
  });
});
